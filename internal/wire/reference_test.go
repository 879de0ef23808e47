package wire_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/domaintask/domaintask/internal/wire"
)

// The reference decodes documents a second time in the simplest way: tolerated
// faults are repaired, the standard library parses the repaired document into a
// tree, and the rules are applied to the tree.

type node struct {
	name    string // in its parent
	xml     bool
	scalar  bool
	null    bool
	list    bool     // a JSON array; children are its elements
	damaged bool     // something in the text was replaced
	text    string   // of a scalar
	raw     string   // the value as written; for an XML element its content
	stray   []string // text between elements
	members []node
	depth   int // of the open elements inside
}

var errReference = errors.New("refused by the reference")

// errUnsure marks documents that the reference is too simple for.
var errUnsure = errors.New("not judged by the reference")

// blank is the white space of both formats.
const blank = " \t\r\n"

func trimStart(doc []byte) []byte {
	doc = bytes.TrimPrefix(bytes.TrimLeft(doc, blank), []byte("\xEF\xBB\xBF"))
	return bytes.TrimLeft(doc, blank)
}

func parseJSON(doc []byte) (node, error) {
	doc = trimStart(doc)
	repaired := repairJSON(doc)
	if !json.Valid(repaired) {
		return node{}, errReference
	}
	d := json.NewDecoder(bytes.NewReader(repaired))
	d.UseNumber()
	n, err := parseJSONValue(d, repaired)
	if err == nil && (n.scalar || n.list || n.depth > 64) {
		err = errReference
	}
	if err == nil && (!bytes.Equal(doc, repaired) && n.hasRaw() || bytes.Contains(bytes.ToLower(doc), []byte("ufffd"))) {
		err = errUnsure
	}
	return n, err
}

// hasRaw reports whether a document might keep something as written.
func (n node) hasRaw() bool {
	return strings.Count(n.raw, "{")+strings.Count(n.raw, "[")+strings.Count(n.raw, "</") > 1
}

func parseJSONValue(d *json.Decoder, doc []byte) (n node, err error) {
	start := d.InputOffset()
	token, err := d.Token()
	if err != nil {
		return n, err
	}
	switch token := token.(type) {
	case json.Delim:
		n.list = token == '['
		for d.More() {
			name := ""
			if !n.list {
				key, err := d.Token()
				if err != nil {
					return n, err
				}
				name = key.(string)
			}
			member, err := parseJSONValue(d, doc)
			if err != nil {
				return n, err
			}
			member.name = name
			n.depth = max(n.depth, member.depth)
			n.members = append(n.members, member)
		}
		n.depth++
		if _, err = d.Token(); err != nil {
			return n, err
		}
	case string:
		n = node{scalar: true, text: token}
	case json.Number:
		n = node{scalar: true, text: token.String()}
	case bool:
		n = node{scalar: true, text: strconv.FormatBool(token)}
	default:
		n = node{scalar: true, null: true}
	}
	n.raw = strings.TrimLeft(string(doc[start:d.InputOffset()]), blank+",:")
	n.damaged = n.scalar && strings.Count(n.text, "\uFFFD") != strings.Count(n.raw, "\uFFFD")
	return n, nil
}

func parseXML(doc []byte) (node, error) {
	doc = trimStart(doc)
	repaired := repairXML(doc)
	if bytes.ContainsFunc(doc, func(r rune) bool { return r >= mark && r <= lost || r == 0xFFFF }) {
		return node{}, errUnsure // no repair possible
	}
	d := xml.NewDecoder(bytes.NewReader(repaired))
	roots := node{}
	open := []*node{&roots}
	starts := []int64{0}
	for {
		before := d.InputOffset()
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return node{}, err
		}
		at := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			at.members = append(at.members, node{name: token.Name.Local, xml: true})
			open = append(open, &at.members[len(at.members)-1])
			starts = append(starts, d.InputOffset())
		case xml.EndElement:
			at.scalar = len(at.members) == 0
			at.raw = string(repaired[starts[len(starts)-1]:max(before, starts[len(starts)-1])])
			open, starts = open[:len(open)-1], starts[:len(starts)-1]
		case xml.CharData:
			text, damaged := undoRepair(string(token))
			at.text += text
			at.damaged = at.damaged || damaged
			if strings.Trim(text, blank) != "" {
				at.stray = append(at.stray, text)
			}
		case xml.Directive:
			return node{}, errReference
		}
	}
	if len(roots.members) != 1 || strings.Trim(roots.text, blank) != "" {
		return node{}, errReference
	}
	if root := roots.members[0]; !bytes.Equal(doc, repaired) && root.hasRaw() {
		return root, errUnsure
	}
	return roots.members[0], nil
}

// noted is a place with content that was not understood.
type noted struct {
	task     int
	detailNo string
	field    string
}

// fields holds the members of an object with known names, and the names of those
// that were not understood.
type fields struct {
	values map[string]string
	odd    []string
}

// read returns the fields of an object: texts that hold text, and others.
func (n node) read(texts []string, others ...string) fields {
	f := fields{values: map[string]string{}}
	exact := map[string]bool{}
	for _, member := range n.members {
		for i, name := range append(texts[:len(texts):len(texts)], others...) {
			if !strings.EqualFold(name, member.name) {
				continue
			}
			text, odd := member.value()
			old, isExact := f.values[name], name == member.name
			wins := isExact || !exact[name] || old == ""
			if text == "" {
				break
			}
			if old != "" && old != text {
				f.odd = append(f.odd, name)
			}
			if wins {
				f.values[name], exact[name] = text, isExact
				if odd && i < len(texts) {
					f.odd = append(f.odd, name)
				}
			}
			break
		}
	}
	if !n.scalar {
		f.odd = append(f.odd, make([]string, len(n.stray))...)
	}
	return f
}

// value returns the text of n for a text field, and reports whether it is odd.
func (n node) value() (string, bool) {
	switch {
	case n.scalar:
		return n.text, n.damaged
	case n.xml:
		return string([]rune(strings.Trim(n.raw, blank))), true
	case len(n.members) == 0:
		return "", false
	}
	return string([]rune(n.raw)), true
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE]([+-]?[0-9]+))?$`)

// integer returns false if there is none.
func (f *fields) integer(name string) (int, bool) {
	text := strings.Trim(f.values[name], blank)
	if text == "" {
		return 0, false
	}
	n, ok := parseReference(text)
	if !ok {
		f.odd = append(f.odd, name)
	}
	return n, ok
}

func parseReference(text string) (int, bool) {
	parts := jsonNumber.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	if exponent, err := strconv.Atoi(parts[4]); parts[4] != "" && (err != nil || exponent < -1000 || exponent > 1000) {
		return 0, strings.Trim(parts[1]+parts[2], "0.") == "" // only zero fits
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok || !value.IsInt() || !value.Num().IsInt64() || int64(int(value.Num().Int64())) != value.Num().Int64() {
		return 0, false
	}
	n := int(value.Num().Int64())
	return n, parts[2] == "" && parts[3] == "" || int64(n) <= 1<<53 && int64(n) >= -1<<53
}

func (f *fields) boolean(name string) *bool {
	text := strings.ToLower(strings.Trim(f.values[name], blank))
	n, ok := parseReference(text)
	value := text == "true" || ok && n == 1
	switch {
	case text == "":
		return nil
	case !value && text != "false" && (!ok || n != 0):
		f.odd = append(f.odd, name)
		return nil
	}
	return &value
}

var envelopeTexts = []string{"RequestId", "HostId", "Code", "Message", "Recommend"}

func referenceEnvelope(root node) (env wire.Envelope, err error) {
	f := root.read(envelopeTexts)
	trimmed := func(name string) string { return strings.Trim(f.values[name], blank) }
	env = wire.Envelope{RequestID: trimmed("RequestId"), HostID: trimmed("HostId"), Code: trimmed("Code"), Message: trimmed("Message"), Recommend: trimmed("Recommend")}
	if root.name == "Error" && env.Code == "" {
		return wire.Envelope{}, errReference
	}
	details := 0
	for _, member := range root.members {
		if strings.EqualFold(member.name, "AccessDeniedDetail") {
			details++
			env.Denied, err = referenceDenied(member)
		}
	}
	if details > 1 {
		err = errUnsure
	}
	return env, err
}

func referenceDenied(detail node) (wire.AccessDenied, error) {
	text := strings.Trim(detail.text, blank)
	switch {
	case text != "" && (!detail.scalar || strings.ContainsAny(text[:1], "{<")):
		return wire.AccessDenied{}, errUnsure // it is read as a document
	case detail.list:
		return wire.AccessDenied{}, nil
	}
	f := detail.read([]string{"AuthAction", "AuthPrincipalType", "AuthPrincipalDisplayName", "AuthPrincipalOwnerId", "NoPermissionType", "PolicyType", "EncodedDiagnosticMessage"})
	trimmed := func(name string) string { return strings.Trim(f.values[name], blank) }
	return wire.AccessDenied{
		AuthAction: trimmed("AuthAction"), AuthPrincipalType: trimmed("AuthPrincipalType"), AuthPrincipalDisplayName: trimmed("AuthPrincipalDisplayName"),
		AuthPrincipalOwnerID: trimmed("AuthPrincipalOwnerId"), NoPermissionType: trimmed("NoPermissionType"), PolicyType: trimmed("PolicyType"),
		EncodedDiagnosticMessage: trimmed("EncodedDiagnosticMessage"),
	}, nil
}

func referenceFailed(root node, env wire.Envelope) bool {
	return root.name == "Error" || env.Failed()
}

func referenceAcknowledgement(root node) (ack wire.Acknowledgement, err error) {
	if root.xml && root.name != "Error" && root.name != "AcknowledgeTaskResultResponse" {
		return ack, errReference
	}
	env, err := referenceEnvelope(root)
	if err != nil || referenceFailed(root, env) {
		return wire.Acknowledgement{Envelope: env}, err
	}
	f := root.read(envelopeTexts, "Result")
	if strings.Trim(f.values["Result"], blank) == "" {
		return ack, errReference
	}
	n, _ := f.integer("Result")
	return wire.Acknowledgement{Envelope: env, Result: n, UnparsedTotal: len(f.odd)}, nil
}

// referenceList gathers the tasks and the notes.
type referenceList struct {
	tasks []wire.Task
	notes []noted
	other int // tasks in lists whose names are not spelled as the service does
	exact bool
	found bool // a list, even if empty
}

func (l *referenceList) note(field string) { l.notes = append(l.notes, noted{-1, "", field}) }

func referencePage(root node) (got answer, notes []noted, err error) {
	if root.xml && root.name != "Error" && root.name != "PollTaskResultResponse" {
		return answer{}, nil, errReference
	}
	env, err := referenceEnvelope(root)
	if err != nil || referenceFailed(root, env) {
		return answer{Page: wire.Page{Envelope: env}}, nil, err
	}
	f := root.read(envelopeTexts, "AccessDeniedDetail", "CurrentPageNum", "PageSize", "TotalPageNum", "TotalItemNum", "PrePage", "NextPage")
	page := wire.Page{Envelope: env}
	page.CurrentPageNum, _ = f.integer("CurrentPageNum")
	page.PageSize, _ = f.integer("PageSize")
	page.TotalPageNum, _ = f.integer("TotalPageNum")
	total, proven := f.integer("TotalItemNum")
	page.TotalItemNum = total
	page.PrePage, page.NextPage = f.boolean("PrePage"), f.boolean("NextPage")

	var list referenceList
	for _, member := range root.members {
		if strings.EqualFold(member.name, "Data") && !member.null {
			list.data(member)
		}
	}
	for _, name := range f.odd {
		list.note(name)
	}
	switch {
	case !proven && !list.found, len(list.tasks) > pageLimit:
		return answer{}, nil, errReference
	}
	page.UnparsedTotal = len(list.notes)
	return answer{page, list.tasks}, list.notes, nil
}

func (l *referenceList) data(data node) {
	exact := data.name == "Data"
	switch {
	case data.xml:
		for range data.stray {
			l.note("Data")
		}
		tasks := false
		for _, member := range data.members {
			if strings.EqualFold(member.name, "TaskDetail") {
				tasks = true
				l.task(member, exact && member.name == "TaskDetail")
			}
		}
		if len(data.members) > 0 && !tasks {
			l.note("Data")
		}
		l.found = l.found || len(data.members) > 0 || len(data.stray) == 0
		return
	case data.scalar && data.text != "":
		l.note("Data")
		return
	case data.list:
		for _, member := range data.members {
			l.task(member, exact)
		}
	case len(data.members) > 0:
		l.detail(data, exact)
	}
	l.found = true
}

func (l *referenceList) detail(data node, exact bool) {
	details := 0
	for _, member := range data.members {
		if !strings.EqualFold(member.name, "TaskDetail") {
			continue
		}
		details++
		exact := exact && member.name == "TaskDetail"
		if !member.list {
			l.task(member, exact)
			continue
		}
		for _, element := range member.members {
			l.task(element, exact)
		}
	}
	if details == 0 {
		l.note("Data")
	}
}

var taskTexts = []string{"TaskNo", "TaskDetailNo", "TaskType", "TaskTypeDescription", "InstanceId", "DomainName", "TaskStatus", "CreateTime", "UpdateTime", "ErrorMsg", "FailReason", "TaskResult"}

func (l *referenceList) task(n node, exact bool) {
	f := n.read(taskTexts, "TaskStatusCode", "TryCount")
	text := strings.Join(n.stray, "")
	if !n.xml {
		text = n.text
	}
	filled := false
	for _, value := range f.values {
		filled = filled || strings.Trim(value, blank) != ""
	}
	switch {
	case len(n.members) == 0 && text == "":
		return
	case n.list || n.scalar || !filled || !exact && l.exact:
		l.note("TaskDetail")
		return
	case exact && !l.exact:
		l.exact = true
		l.replace()
	case !exact:
		l.other++
	}
	value := func(name string) string {
		text := f.values[name]
		if start := len(text) - len(strings.TrimLeft(text, blank)); strings.ContainsAny(text[:start], "\r\n") {
			text = strings.Trim(text, blank)
		}
		return text
	}
	task := wire.Task{
		TaskNo: value("TaskNo"), TaskDetailNo: value("TaskDetailNo"), TaskType: value("TaskType"), TaskTypeDescription: f.values["TaskTypeDescription"],
		InstanceID: value("InstanceId"), DomainName: value("DomainName"), TaskStatus: value("TaskStatus"), CreateTime: value("CreateTime"), UpdateTime: value("UpdateTime"),
		ErrorMsg: f.values["ErrorMsg"], FailReason: f.values["FailReason"], TaskResult: f.values["TaskResult"],
	}
	task.TaskStatusCode, _ = f.integer("TaskStatusCode")
	task.TryCount, _ = f.integer("TryCount")
	for _, name := range f.odd {
		l.notes = append(l.notes, noted{len(l.tasks), task.TaskDetailNo, name})
	}
	l.tasks = append(l.tasks, task)
}

// replace drops the tasks of lists in another spelling.
func (l *referenceList) replace() {
	var kept []noted
	for _, n := range l.notes {
		if n.task < 0 {
			kept = append(kept, n)
		}
	}
	l.notes, l.tasks = kept, nil
	for range l.other {
		l.note("TaskDetail")
	}
}
