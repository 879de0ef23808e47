package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// unparsed lists pairs of a field and its raw text, of one task.
func unparsed(task int, detailNo string, pairs ...string) (list []wire.Unparsed) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, wire.Unparsed{Task: task, TaskDetailNo: detailNo, Field: pairs[i], Raw: pairs[i+1]})
	}
	return list
}

// One odd value never costs the page: the task is kept without it, the value
// is listed, and the tasks before and after are as they were.
func TestOddValuesOfTasks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		json, xml string
		want      wire.Task
		listed    []string
	}{
		"object for text":        {`"TaskDetailNo":"d","TaskResult":{"a":1}`, ``, wire.Task{TaskDetailNo: "d", TaskResult: `{"a":1}`}, []string{"TaskResult", `{"a":1}`}},
		"list for text":          {`"TaskResult":[ "x" ],"TaskNo":"t"`, ``, wire.Task{TaskNo: "t", TaskResult: `[ "x" ]`}, []string{"TaskResult", `[ "x" ]`}},
		"element for text":       {``, `<TaskDetailNo>d</TaskDetailNo><TaskResult>` + "\n" + `<a>1</a></TaskResult>`, wire.Task{TaskDetailNo: "d", TaskResult: `<a>1</a>`}, []string{"TaskResult", `<a>1</a>`}},
		"elements in text":       {``, `<ErrorMsg b="">a <b>c</b> &amp; d</ErrorMsg >`, wire.Task{ErrorMsg: `a <b>c</b> &amp; d`}, []string{"ErrorMsg", `a <b>c</b> &amp; d`}},
		"empty element for text": {``, `<TaskNo>t</TaskNo><FailReason><a/></FailReason>`, wire.Task{TaskNo: "t", FailReason: `<a/>`}, []string{"FailReason", `<a/>`}},
		"not UTF-8":              {"\"ErrorMsg\":\"a\xffb\xe4\xb8\"", "<ErrorMsg>a\xffb\xe4\xb8</ErrorMsg>", wire.Task{ErrorMsg: "a\uFFFDb\uFFFD\uFFFD"}, []string{"ErrorMsg", "a\xffb\xe4\xb8"}},
		"not UTF-8, escapes":     {"\"ErrorMsg\":\"\\u0041\xc0\x80\\n\"", "", wire.Task{ErrorMsg: "A\uFFFD\uFFFD\n"}, []string{"ErrorMsg", "\\u0041\xc0\x80\\n"}},
		"not UTF-8, references":  {"", "<ErrorMsg>&lt;\xed\xa0\x80\r\n<![CDATA[\xff]]></ErrorMsg>", wire.Task{ErrorMsg: "<\uFFFD\uFFFD\uFFFD\n\uFFFD"}, []string{"ErrorMsg", "&lt;\xed\xa0\x80\r\n<![CDATA[\xff]]>"}},
		"not UTF-8 in an object": {"\"ErrorMsg\":[\"\xff\"]", "", wire.Task{ErrorMsg: "[\"\uFFFD\"]"}, []string{"ErrorMsg", "[\"\xff\"]"}},
		"not UTF-8 in elements":  {"", "<ErrorMsg><a>\xff</a></ErrorMsg>", wire.Task{ErrorMsg: "<a>\uFFFD</a>"}, []string{"ErrorMsg", "<a>\xff</a>"}},
		"halves of pairs":        {`"TaskNo":"\ud83d.\ude00\ud83d\ud83d\ude00\ud83dx"`, ``, wire.Task{TaskNo: "\uFFFD.\uFFFD\uFFFD😀\uFFFDx"}, []string{"TaskNo", `\ud83d.\ude00\ud83d\ud83d\ude00\ud83dx`}},
		"no characters":          {``, `<TaskNo>&#xD83D;.&#xDE00;&#x110000;&#99999999999999999999;&#x10000000000000041;</TaskNo>`, wire.Task{TaskNo: "\uFFFD.\uFFFD\uFFFD\uFFFD\uFFFD"}, []string{"TaskNo", `&#xD83D;.&#xDE00;&#x110000;&#99999999999999999999;&#x10000000000000041;`}},
		"U+FFFD as sent":         {`"TaskNo":"\ufffd\uFFFD"`, `<TaskNo>&#xFFFD;&#65533;</TaskNo>`, wire.Task{TaskNo: "\uFFFD\uFFFD"}, nil},
		"text for numbers":       {`"TaskNo":"t","TryCount":"N/A","TaskStatusCode":" SUCCESS "`, `<TaskNo>t</TaskNo><TryCount>N/A</TryCount><TaskStatusCode> SUCCESS </TaskStatusCode>`, wire.Task{TaskNo: "t"}, []string{"TaskStatusCode", "SUCCESS", "TryCount", "N/A"}},
		"nothing but a number":   {`"TryCount":"N/A"`, `<TryCount>N/A</TryCount>`, wire.Task{}, []string{"TryCount", "N/A"}},
		"boolean, too large":     {`"TryCount":true,"TaskStatusCode":1e400`, `<TryCount>true</TryCount><TaskStatusCode>1e400</TaskStatusCode>`, wire.Task{}, []string{"TaskStatusCode", "1e400", "TryCount", "true"}},
		"fraction":               {`"TryCount":1.5,"TaskStatusCode":"2.1"`, `<TryCount>1.5</TryCount><TaskStatusCode>2.1</TaskStatusCode>`, wire.Task{}, []string{"TaskStatusCode", "2.1", "TryCount", "1.5"}},
		"objects for numbers":    {`"TryCount":{"a":1},"TaskStatusCode":[3]`, ``, wire.Task{}, []string{"TaskStatusCode", "[3]", "TryCount", `{"a":1}`}},
		"elements for numbers":   {``, `<TryCount><a>1</a></TryCount><TaskStatusCode>3<b/></TaskStatusCode>`, wire.Task{}, []string{"TaskStatusCode", "3<b/>", "TryCount", "<a>1</a>"}},
		"twice":                  {`"TaskNo":"a","TaskNo":"b","TryCount":1,"TryCount":2`, `<TaskNo>a</TaskNo><TaskNo>b</TaskNo><TryCount>1</TryCount><TryCount>2</TryCount>`, wire.Task{TaskNo: "b", TryCount: 2}, []string{"TaskNo", "a", "TryCount", "1"}},
		"twice, not in a row":    {`"TaskNo":"a","TaskType":"t","TaskNo":"b"`, `<TaskNo>a</TaskNo><TaskType>t</TaskType><TaskNo>b</TaskNo>`, wire.Task{TaskNo: "b", TaskType: "t"}, []string{"TaskNo", "a"}},
		"twice, odd":             {`"TaskNo":"a","TaskNo":{"b":1}`, ``, wire.Task{TaskNo: `{"b":1}`}, []string{"TaskNo", "a", "TaskNo", `{"b":1}`}},
		"exact name first":       {`"TaskNo":"a","taskNo":"b","TASKNO":"c"`, `<TaskNo>a</TaskNo><taskNo>b</taskNo><TASKNO>c</TASKNO>`, wire.Task{TaskNo: "a"}, []string{"TaskNo", "b", "TaskNo", "c"}},
		"exact name last":        {`"taskNo":"b","TASKNO":"c","TaskNo":"a"`, `<taskNo>b</taskNo><TASKNO>c</TASKNO><TaskNo>a</TaskNo>`, wire.Task{TaskNo: "a"}, []string{"TaskNo", "b", "TaskNo", "c"}},
		"exact name of a number": {`"trycount":"N/A","TryCount":2`, `<trycount>N/A</trycount><TryCount>2</TryCount>`, wire.Task{TryCount: 2}, []string{"TryCount", "N/A"}},
		"text between elements":  {``, "<TaskNo>t</TaskNo>, <TaskType>u</TaskType>\n<![CDATA[x]]>&amp;", wire.Task{TaskNo: "t", TaskType: "u"}, []string{"", ", ", "", "<![CDATA[x]]>", "", "&amp;"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			json := `{"Data":{"TaskDetail":[{"TaskNo":"1","TryCount":1},{` + test.json + `},{"TaskNo":"2","TryCount":2}]}}`
			xml := `<PollTaskResultResponse><Data><TaskDetail><TaskNo>1</TaskNo><TryCount>1</TryCount></TaskDetail><TaskDetail>` + test.xml +
				`</TaskDetail><TaskDetail><TaskNo>2</TaskNo><TryCount>2</TryCount></TaskDetail></Data></PollTaskResultResponse>`
			for doc, content := range map[string]string{json: test.json, xml: test.xml} {
				if content == "" {
					continue
				}
				got, err := decodePage(doc)
				require.NoError(t, err, doc)
				require.Equal(t, []wire.Task{{TaskNo: "1", TryCount: 1}, test.want, {TaskNo: "2", TryCount: 2}}, got.Tasks, doc)
				require.Equal(t, unparsed(1, test.want.TaskDetailNo, test.listed...), got.Page.Unparsed, doc)
				require.Equal(t, len(test.listed)/2, got.Page.UnparsedTotal, doc)
			}
		})
	}
}

// The same holds for values outside of tasks.
func TestOddValuesOfPages(t *testing.T) {
	t.Parallel()
	no := false
	tasks := func(numbers ...string) (list []wire.Task) {
		for _, number := range numbers {
			list = append(list, wire.Task{TaskNo: number})
		}
		return list
	}
	for name, test := range map[string]struct {
		json, xml string
		want      wire.Page
		tasks     []wire.Task
		listed    []string
	}{
		"numbers":                    {`"CurrentPageNum":"N/A","PageSize":1.5,"TotalPageNum":true,"TotalItemNum":1e400,"Data":{}`, `<CurrentPageNum>N/A</CurrentPageNum><PageSize>1.5</PageSize><TotalPageNum>true</TotalPageNum><TotalItemNum>1e400</TotalItemNum><Data/>`, wire.Page{}, nil, []string{"CurrentPageNum", "N/A", "PageSize", "1.5", "TotalPageNum", "true", "TotalItemNum", "1e400"}},
		"objects for numbers":        {`"PageSize":{"a":1},"TotalItemNum":[5],"Data":{}`, ``, wire.Page{}, nil, []string{"PageSize", `{"a":1}`, "TotalItemNum", "[5]"}},
		"booleans":                   {`"Data":[],"PrePage":"yes","NextPage":2`, `<Data/><PrePage>yes</PrePage><NextPage>2</NextPage>`, wire.Page{}, nil, []string{"PrePage", "yes", "NextPage", "2"}},
		"objects for booleans":       {`"Data":[],"PrePage":[true],"NextPage":{"a":false}`, ``, wire.Page{}, nil, []string{"PrePage", "[true]", "NextPage", `{"a":false}`}},
		"two spellings":              {`"requestId":"x","RequestId":"R","NextPage":false,"nextpage":true,"TotalItemNum":3,"totalItemNum":4`, `<requestId>x</requestId><RequestId>R</RequestId><NextPage>false</NextPage><nextpage>true</nextpage><TotalItemNum>3</TotalItemNum><totalItemNum>4</totalItemNum>`, wire.Page{Envelope: wire.Envelope{RequestID: "R"}, TotalItemNum: 3, NextPage: &no}, nil, []string{"RequestId", "x", "NextPage", "true", "TotalItemNum", "4"}},
		"object for the envelope":    {`"RequestId":{"a":"R"},"Data":[]`, ``, wire.Page{Envelope: wire.Envelope{RequestID: `{"a":"R"}`}}, nil, []string{"RequestId", `{"a":"R"}`}},
		"text for Data":              {`"TotalItemNum":2,"Data":"none"`, `<TotalItemNum>2</TotalItemNum><Data>none</Data>`, wire.Page{TotalItemNum: 2}, nil, []string{"Data", "none"}},
		"number for Data":            {`"TotalItemNum":2,"Data":0`, `<TotalItemNum>2</TotalItemNum><Data>0</Data>`, wire.Page{TotalItemNum: 2}, nil, []string{"Data", "0"}},
		"boolean for Data":           {`"Data":false,"TotalItemNum":2`, ``, wire.Page{TotalItemNum: 2}, nil, []string{"Data", "false"}},
		"Data without TaskDetail":    {`"Data":{"Other":[{"TaskNo":"x"}]}`, ``, wire.Page{}, nil, []string{"Data", `{"Other":[{"TaskNo":"x"}]}`}},
		"Data without TaskDetails":   {``, `<Data><Other><TaskNo>x</TaskNo></Other></Data>`, wire.Page{}, nil, []string{"Data", `<Other><TaskNo>x</TaskNo></Other>`}},
		"Data that is a task":        {`"Data":{"TaskNo":"x"}`, ``, wire.Page{}, nil, []string{"Data", `{"TaskNo":"x"}`}},
		"Data that are tasks":        {``, `<Data><TaskNo>x</TaskNo></Data><Data><TaskNo>y</TaskNo></Data>`, wire.Page{}, nil, []string{"Data", `<TaskNo>x</TaskNo>`, "Data", `<TaskNo>y</TaskNo>`}},
		"text for TaskDetail":        {`"Data":{"TaskDetail":"x"}`, ``, wire.Page{}, nil, []string{"TaskDetail", "x"}},
		"blank text for TaskDetail":  {`"Data":{"TaskDetail":" "}`, ``, wire.Page{}, nil, []string{"TaskDetail", " "}},
		"number for TaskDetail":      {`"Data":{"TaskDetail":7}`, ``, wire.Page{}, nil, []string{"TaskDetail", "7"}},
		"text in TaskDetail":         {``, `<Data><TaskDetail>x</TaskDetail><TaskDetail> 7 </TaskDetail></Data>`, wire.Page{}, nil, []string{"TaskDetail", "<TaskDetail>x</TaskDetail>", "TaskDetail", "<TaskDetail> 7 </TaskDetail>"}},
		"no tasks between tasks":     {`"Data":[{"TaskNo":"1"},5,"x",true,[{"TaskNo":"0"}],{"New":1},{"New":null},{"TaskNo":"2"}]`, ``, wire.Page{}, tasks("1", "2"), []string{"TaskDetail", "5", "TaskDetail", "x", "TaskDetail", "true", "TaskDetail", `[{"TaskNo":"0"}]`, "TaskDetail", `{"New":1}`, "TaskDetail", `{"New":null}`}},
		"no tasks among the tasks":   {``, `<Data><TaskDetail><TaskNo>1</TaskNo></TaskDetail><TaskDetail><New>1</New></TaskDetail><TaskDetail a=""><TaskDetail><TaskNo>0</TaskNo></TaskDetail></TaskDetail><TaskDetail><TaskNo>2</TaskNo></TaskDetail></Data>`, wire.Page{}, tasks("1", "2"), []string{"TaskDetail", `<TaskDetail><New>1</New></TaskDetail>`, "TaskDetail", `<TaskDetail a=""><TaskDetail><TaskNo>0</TaskNo></TaskDetail></TaskDetail>`}},
		"a task without values":      {`"Data":[{"TaskNo":null,"TryCount":""}]`, ``, wire.Page{}, nil, []string{"TaskDetail", `{"TaskNo":null,"TryCount":""}`}},
		"an element without values":  {``, `<Data><TaskDetail><TaskNo/><TaskType> </TaskType></TaskDetail></Data>`, wire.Page{}, nil, []string{"TaskDetail", `<TaskDetail><TaskNo/><TaskType> </TaskType></TaskDetail>`}},
		"text between tasks":         {``, `<Data>a<TaskDetail><TaskNo>1</TaskNo></TaskDetail>, <TaskDetail><TaskNo>2</TaskNo></TaskDetail><![CDATA[]]>&amp;</Data>`, wire.Page{}, tasks("1", "2"), []string{"Data", "a", "Data", ", ", "Data", "&amp;"}},
		"text between fields":        {``, `a<PageSize>1</PageSize>b &amp;<Data/>`, wire.Page{PageSize: 1}, nil, []string{"", "a", "", "b &amp;"}},
		"lists in two spellings":     {`"data":[{"TaskNo":"1"},{"TaskNo":"2"}],"Data":[{"TaskNo":"3"}]`, ``, wire.Page{}, tasks("3"), []string{"TaskDetail", `{"TaskNo":"1"}`, "TaskDetail", `{"TaskNo":"2"}`}},
		"lists in other spellings":   {`"DATA":[{"TaskNo":"1"}],"data":{"taskdetail":{"TaskNo":"2"}}`, `<DATA><TaskDetail><TaskNo>1</TaskNo></TaskDetail></DATA><data><taskdetail><TaskNo>2</TaskNo></taskdetail></data>`, wire.Page{}, tasks("1", "2"), nil},
		"exact list first":           {`"Data":{"TaskDetail":[{"TaskNo":"1"}],"taskDetail":[{"TaskNo":"2"}]}`, ``, wire.Page{}, tasks("1"), []string{"TaskDetail", `{"TaskNo":"2"}`}},
		"exact list last":            {`"Data":{"taskDetail":[{"TaskNo":"2","TryCount":"x"}],"TaskDetail":[{"TaskNo":"1"}]}`, ``, wire.Page{}, tasks("1"), []string{"TaskDetail", `{"TaskNo":"2","TryCount":"x"}`}},
		"an exact list without task": {`"data":[{"TaskNo":"1"}],"Data":[{}]`, `<data><TaskDetail><TaskNo>1</TaskNo></TaskDetail></data><Data><TaskDetail/></Data>`, wire.Page{}, tasks("1"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			json, xml := inPage(test.json, test.xml)
			for _, doc := range []string{json, xml} {
				if doc == "" {
					continue
				}
				got, err := decodePage(doc)
				require.NoError(t, err, doc)
				want := test.want
				want.Unparsed, want.UnparsedTotal = unparsed(-1, "", test.listed...), len(test.listed)/2
				require.Equal(t, answer{want, test.tasks}, got, doc)
			}
		})
	}
}

// The number of values and the size of each are bounded, and the page comes
// before its tasks.
func TestUnparsedIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 200)
	json := `{"Data":[` + strings.Repeat(`{"TaskNo":"t","TryCount":"`+long+`"},`, 999) + `{"TryCount":["x"],` + strings.Repeat(`"TaskNo":1,"TaskNo":2,`, 100) + `"TaskNo":"t"}],"NextPage":"x` + long + `"}`
	xml := `<PollTaskResultResponse><Data>` + strings.Repeat(`<TaskDetail><TaskNo>t</TaskNo><TryCount>`+long+`</TryCount></TaskDetail>`, 999) +
		`<TaskDetail><TryCount>x</TryCount>` + strings.Repeat(`<TaskNo>1</TaskNo><TaskNo>2</TaskNo>`, 100) + `<TaskNo>t</TaskNo></TaskDetail></Data><NextPage>x` + long + `</NextPage></PollTaskResultResponse>`
	for _, doc := range []string{json, xml} {
		got, err := decodePage(doc)
		require.NoError(t, err)
		require.Len(t, got.Tasks, 1000)
		require.Equal(t, 1+999+1+200, got.Page.UnparsedTotal)
		require.Len(t, got.Page.Unparsed, 100)
		require.Equal(t, wire.Unparsed{Task: -1, Field: "NextPage", Raw: "x" + strings.Repeat("é", 127)}, got.Page.Unparsed[0])
		require.Equal(t, wire.Unparsed{Task: 0, Field: "TryCount", Raw: strings.Repeat("é", 128)}, got.Page.Unparsed[1])
		require.Equal(t, 98, got.Page.Unparsed[99].Task)
	}
}

// Too many tasks are an error that states the limit, in one list or in several.
func TestTasksAreBounded(t *testing.T) {
	t.Parallel()
	task := `{"TaskNo":1},`
	element := `<TaskDetail><TaskNo>1</TaskNo></TaskDetail>`
	full := `{"Data":[` + strings.Repeat(task, pageLimit) + `null]}`
	got, err := decodePage(full)
	require.NoError(t, err)
	require.Len(t, got.Tasks, pageLimit)
	for _, doc := range []string{
		strings.Replace(full, "null", strings.TrimSuffix(task, ","), 1),
		`{"Data":{"TaskDetail":[` + strings.Repeat(task, pageLimit) + `null],"TaskDetail":[` + task + `null]}}`,
		`{"data":[` + strings.Repeat(task, pageLimit) + `null],"DATA":[` + task + `null]}`,
		`<PollTaskResultResponse><Data>` + strings.Repeat(element, pageLimit+1) + `</Data></PollTaskResultResponse>`,
		`<PollTaskResultResponse>` + strings.Repeat(`<Data>`+element+`</Data>`, pageLimit+1) + `</PollTaskResultResponse>`,
	} {
		got, err := decodePage(doc)
		require.ErrorIs(t, err, wire.ErrTooMany)
		require.ErrorContains(t, err, "the limit is 1000")
		require.Zero(t, got)
	}
}

// An acknowledgement with an unreadable Result counts as performed.
func TestOddAcknowledgements(t *testing.T) {
	t.Parallel()
	for doc, listed := range map[string][]string{
		`{"Result":"N/A"}`:                    {"Result", "N/A"},
		`{"Result":true}`:                     {"Result", "true"},
		`{"Result":1.5}`:                      {"Result", "1.5"},
		`{"Result":{"a":1}}`:                  {"Result", `{"a":1}`},
		`{"RequestId":[1],"Result":[1]}`:      {"RequestId", "[1]", "Result", "[1]"},
		`{"result":"x","Result":0}`:           {"Result", "x"},
		"{\"Result\":0,\"Message\":\"\xff\"}": {"Message", "\xff"},
		`<AcknowledgeTaskResultResponse><Result>N/A</Result></AcknowledgeTaskResultResponse>`:        {"Result", "N/A"},
		`<AcknowledgeTaskResultResponse><Result><a/></Result>x</AcknowledgeTaskResultResponse>`:      {"", "x", "Result", "<a/>"},
		`<AcknowledgeTaskResultResponse><Result>0</Result><result/></AcknowledgeTaskResultResponse>`: nil,
	} {
		got, err := wire.DecodeAcknowledgement([]byte(doc))
		require.NoError(t, err, doc)
		require.Zero(t, got.Result, doc)
		require.Equal(t, unparsed(-1, "", listed...), got.Unparsed, doc)
		require.Equal(t, len(listed)/2, got.UnparsedTotal, doc)
	}
}
