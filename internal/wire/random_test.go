package wire_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Readers predict members from previous ones. These pages, which vary in order,
// white space, spelling and shape from task to task to make predictions fail, are
// compared with the reference.
func TestRandomPages(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		w := &writer{random: rand.New(rand.NewPCG(seed, 1)), xml: seed%2 == 1}
		doc := w.page()
		checkPage(t, []byte(doc), false)
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, doc)
		}
	}
}

// writer writes documents, most of which are valid pages.
type writer struct {
	random *rand.Rand
	xml    bool
}

func (w *writer) one(of ...string) string { return of[w.random.IntN(len(of))] }

func (w *writer) often() bool { return w.random.IntN(8) > 0 }

// space mostly returns the same white space.
func (w *writer) space() string {
	if w.often() {
		return ""
	}
	if w.xml {
		return w.one(" ", "\n\t", "<!-- c -->", "\r\n", "<?p i?>")
	}
	return w.one(" ", "\n\t", "\r\n")
}

func (w *writer) page() string {
	tasks := make([]string, w.random.IntN(8))
	names := []string{"TaskNo", "TaskDetailNo", "TaskType", "ErrorMsg", "TryCount", "TaskStatusCode", "TaskResult"}
	for i := range tasks {
		if !w.often() {
			w.random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		}
		tasks[i] = w.task(names)
		if w.random.IntN(20) == 0 {
			tasks[i] = w.noTask()
		}
	}
	if w.xml {
		return `<PollTaskResultResponse><Data>` + strings.Join(tasks, w.space()) + `</Data></PollTaskResultResponse>`
	}
	return `{"Data":{"TaskDetail":[` + strings.Join(tasks, w.space()+","+w.space()) + `]}}`
}

// noTask returns a value that may replace a task.
func (w *writer) noTask() string {
	if w.xml {
		return w.one("<TaskDetail/>", "<TaskDetail>x</TaskDetail>", "<TaskDetail><New/></TaskDetail>", "<taskDetail><TaskNo>1</TaskNo></taskDetail>", "<Other/>", "text", "<![CDATA[x]]>")
	}
	return w.one("null", "{}", "[]", `""`, "5", `"x"`, "[{}]", `{"New":1}`, `{"TaskNo":null}`)
}

func (w *writer) task(names []string) string {
	var members []string
	for _, name := range names {
		if w.random.IntN(10) == 0 {
			continue
		}
		if w.random.IntN(20) == 0 {
			members = append(members, w.unknown())
		}
		spelled := name
		if w.random.IntN(20) == 0 {
			spelled = w.one(strings.ToLower(name), strings.ToUpper(name), name+"s")
		}
		members = append(members, w.member(spelled, name == "TryCount" || name == "TaskStatusCode"))
		if w.random.IntN(200) == 0 {
			members = append(members, w.member(name, false))
		}
	}
	if w.xml {
		return w.one("<TaskDetail>", "<TaskDetail>", "<TaskDetail >") + strings.Join(members, w.space()) + w.space() + "</TaskDetail>"
	}
	return "{" + w.space() + strings.Join(members, w.space()+","+w.space()) + w.space() + "}"
}

func (w *writer) member(name string, number bool) string {
	value := w.one("a", "CHG_DNS", "a longer value than a word", "修改DNS", "two\nlines", `<"&\>`, "", "7", "2", " ", "a\x01b", "a\xffb", `a\qb`, "AT&T", "&nbsp;")
	if number {
		value = w.one("0", "1", "2", "3", "20.0", "1e1", "", " 4 ", "N/A", "1.5", "1e400", "true")
	}
	if !w.xml {
		quoted, _ := json.Marshal(value)
		if w.random.IntN(4) == 0 {
			quoted = []byte(`"` + strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(value) + `"`)
		}
		if number && strings.Trim(value, " ") == value && value != "" && w.often() {
			quoted = []byte(value)
		}
		if w.random.IntN(30) == 0 {
			quoted = []byte(w.one("null", "true", "[]", "{}", "12", `{"a":[1]}`, "[ ]", "1e400"))
		}
		return fmt.Sprintf("%q%s:%s%s", name, w.space(), w.space(), quoted)
	}
	text := strings.NewReplacer("<", "&lt;", "&", w.one("&amp;", "&"), "\n", w.one("\n", "&#10;", "\r\n")).Replace(value)
	switch w.random.IntN(30) {
	case 0:
		text = "<![CDATA[" + value + "]]>"
	case 1:
		text += "<!-- c -->"
	case 2:
		return "<" + name + "/>"
	case 3:
		return "<" + name + " a='b'>" + text + "</" + name + ">"
	case 4:
		return "<p:" + name + ">" + text + "</p:" + name + ">"
	case 5:
		return "<" + name + ">" + text + "</" + name + " >"
	case 6:
		return "<" + name + ">" + text + w.one("<a/>", "</TaskNo>", "")
	}
	return "<" + name + ">" + text + "</" + name + ">"
}

func (w *writer) unknown() string {
	if w.xml {
		return w.one("<New/>", "<New>1</New>", "<New><TaskNo>1</TaskNo></New>")
	}
	return w.one(`"New":1`, `"New":{"TaskNo":"x"}`, `"New" : [1,{}]`, `"Other":null`)
}
