package wire_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/domaintask/domaintask/internal/wire"
)

// The reference decodes documents a second time, written for simplicity alone:
// the standard library makes a tree of the document, and the rules are applied
// to the tree.

type node struct {
	name    string // in its parent
	scalar  bool
	null    bool
	list    bool // a JSON array; children are its elements
	mixed   bool // an XML element with children and text
	text    string
	members []node
	depth   int // of what is open inside
}

var errReference = errors.New("refused by the reference")

// errUnsure marks what the reference is too simple to judge.
var errUnsure = errors.New("not judged by the reference")

func parseJSON(doc []byte) (node, error) {
	doc = bytes.TrimPrefix(doc, []byte("\xEF\xBB\xBF"))
	if !json.Valid(doc) {
		return node{}, errReference
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	n, err := parseJSONValue(d)
	if err == nil && (n.scalar || n.list || n.depth > 64) {
		err = errReference
	}
	return n, err
}

func parseJSONValue(d *json.Decoder) (n node, err error) {
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
			member, err := parseJSONValue(d)
			if err != nil {
				return n, err
			}
			member.name = name
			n.depth = max(n.depth, member.depth)
			n.members = append(n.members, member)
		}
		n.depth++
		_, err = d.Token()
		return n, err
	case string:
		return node{scalar: true, text: token}, nil
	case json.Number:
		return node{scalar: true, text: token.String()}, nil
	case bool:
		return node{scalar: true, text: strconv.FormatBool(token)}, nil
	}
	return node{scalar: true, null: true}, nil
}

func parseXML(doc []byte) (node, error) {
	doc = bytes.TrimPrefix(doc, []byte("\xEF\xBB\xBF"))
	d := xml.NewDecoder(bytes.NewReader(doc))
	roots := node{}
	open := []*node{&roots}
	for {
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
			at.members = append(at.members, node{name: token.Name.Local})
			open = append(open, &at.members[len(at.members)-1])
		case xml.EndElement:
			at.scalar = len(at.members) == 0
			at.mixed = !at.scalar && strings.Trim(at.text, " \t\r\n") != ""
			open = open[:len(open)-1]
		case xml.CharData:
			at.text += string(token)
		case xml.Directive:
			return node{}, errReference
		}
	}
	if len(roots.members) != 1 || strings.Trim(roots.text, " \t\r\n") != "" {
		return node{}, errReference
	}
	return roots.members[0], nil
}

// find returns the members of n by their known names, and refuses two of one.
func (n node) find(names ...string) (map[string]node, error) {
	found := map[string]node{}
	for _, member := range n.members {
		for _, name := range names {
			if !strings.EqualFold(name, member.name) {
				continue
			}
			if _, twice := found[name]; twice {
				return nil, errReference
			}
			found[name] = member
		}
	}
	return found, nil
}

func texts(found map[string]node, into map[string]*string) error {
	for name, p := range into {
		n, ok := found[name]
		if ok && !n.scalar {
			return errReference
		}
		*p = n.text
	}
	return nil
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE]([+-]?[0-9]+))?$`)

// integer returns false when there is none.
func integer(found map[string]node, name string, p *int) (bool, error) {
	n, ok := found[name]
	text := strings.Trim(n.text, " \t\r\n")
	switch {
	case ok && !n.scalar:
		return false, errReference
	case text == "":
		return false, nil
	}
	parts := jsonNumber.FindStringSubmatch(text)
	if parts == nil {
		return false, errReference
	}
	if exponent, err := strconv.Atoi(parts[4]); parts[4] != "" && (err != nil || exponent < -1000 || exponent > 1000) {
		return false, errUnsure
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok || !value.IsInt() || !value.Num().IsInt64() || int64(int(value.Num().Int64())) != value.Num().Int64() {
		return false, errReference
	}
	*p = int(value.Num().Int64())
	if (parts[2] != "" || parts[3] != "") && (int64(*p) > 1<<53 || int64(*p) < -1<<53) {
		return false, errReference
	}
	return true, nil
}

func boolean(found map[string]node, name string) (*bool, error) {
	n, ok := found[name]
	text := strings.Trim(n.text, " \t\r\n")
	value := strings.ToLower(text) == "true"
	switch {
	case ok && !n.scalar:
		return nil, errReference
	case text == "":
		return nil, nil
	case !value && strings.ToLower(text) != "false":
		return nil, errReference
	}
	return &value, nil
}

func referenceEnvelope(root node) (env wire.Envelope, err error) {
	found, err := root.find("RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail")
	if err == nil {
		err = texts(found, map[string]*string{"RequestId": &env.RequestID, "HostId": &env.HostID, "Code": &env.Code, "Message": &env.Message, "Recommend": &env.Recommend})
	}
	if err == nil {
		env.Denied, err = referenceDenied(found["AccessDeniedDetail"])
	}
	if root.mixed || root.name != "" && root.scalar && strings.Trim(root.text, " \t\r\n") != "" {
		err = errReference
	}
	if root.name == "Error" && strings.Trim(env.Code, " \t\r\n") == "" {
		err = errReference
	}
	if err != nil {
		return wire.Envelope{}, err
	}
	return env, nil
}

func referenceDenied(detail node) (denied wire.AccessDenied, err error) {
	text := strings.Trim(detail.text, " \t\r\n")
	switch {
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "<"):
		return denied, errUnsure // it is read as a document
	case detail.list || text != "":
		return denied, nil
	}
	fields := map[string]*string{
		"AuthAction": &denied.AuthAction, "AuthPrincipalType": &denied.AuthPrincipalType, "AuthPrincipalDisplayName": &denied.AuthPrincipalDisplayName,
		"AuthPrincipalOwnerId": &denied.AuthPrincipalOwnerID, "NoPermissionType": &denied.NoPermissionType, "PolicyType": &denied.PolicyType,
		"EncodedDiagnosticMessage": &denied.EncodedDiagnosticMessage,
	}
	found, err := detail.find(slices.Collect(maps.Keys(fields))...)
	if err == nil {
		err = texts(found, fields)
	}
	if err != nil {
		return denied, errUnsure // what comes before the fault is kept
	}
	for _, p := range fields {
		*p = strings.Trim(*p, " \t\r\n")
	}
	return denied, nil
}

func referenceFailed(root node, env wire.Envelope) bool {
	return root.name == "Error" || env.Failed()
}

func referenceAcknowledgement(root node) (ack wire.Acknowledgement, err error) {
	if root.name != "" && root.name != "Error" && root.name != "AcknowledgeTaskResultResponse" {
		return ack, errReference
	}
	env, err := referenceEnvelope(root)
	if err != nil || referenceFailed(root, env) {
		return wire.Acknowledgement{Envelope: env}, err
	}
	found, err := root.find("Result")
	if err != nil {
		return ack, err
	}
	n := 0
	if seen, err := integer(found, "Result", &n); err != nil {
		return ack, err
	} else if !seen {
		return ack, errReference
	}
	return wire.Acknowledgement{Envelope: env, Result: n}, nil
}

func referencePage(root node) (got answer, err error) {
	if root.name != "" && root.name != "Error" && root.name != "PollTaskResultResponse" {
		return answer{}, errReference
	}
	env, err := referenceEnvelope(root)
	if err != nil || referenceFailed(root, env) {
		return answer{Page: wire.Page{Envelope: env}}, err
	}
	found, err := root.find("CurrentPageNum", "PageSize", "TotalPageNum", "TotalItemNum", "PrePage", "NextPage", "Data")
	if err != nil {
		return answer{}, err
	}
	page := wire.Page{Envelope: env}
	proven := false
	for name, p := range map[string]*int{"CurrentPageNum": &page.CurrentPageNum, "PageSize": &page.PageSize, "TotalPageNum": &page.TotalPageNum, "TotalItemNum": &page.TotalItemNum} {
		seen, err := integer(found, name, p)
		if err != nil {
			return answer{}, err
		}
		proven = proven || name == "TotalItemNum" && seen
	}
	if page.PrePage, err = boolean(found, "PrePage"); err != nil {
		return answer{}, err
	}
	if page.NextPage, err = boolean(found, "NextPage"); err != nil {
		return answer{}, err
	}
	var tasks []wire.Task
	if data, ok := found["Data"]; ok && !data.null {
		proven = true
		if tasks, err = referenceTasks(data, root.name != ""); err != nil {
			return answer{}, err
		}
	}
	if !proven {
		return answer{}, errReference
	}
	return answer{page, tasks}, nil
}

func referenceTasks(data node, isXML bool) ([]wire.Task, error) {
	list := []node{}
	switch {
	case data.scalar || data.mixed:
		if data.mixed || strings.Trim(data.text, " \t\r\n") != "" || !isXML && data.text != "" {
			return nil, errReference
		}
	case data.list:
		list = data.members
	case isXML:
		for _, member := range data.members {
			if strings.EqualFold(member.name, "TaskDetail") {
				list = append(list, member)
			}
		}
	default:
		found, err := data.find("TaskDetail")
		if err != nil {
			return nil, err
		}
		detail := found["TaskDetail"]
		switch {
		case detail.list:
			list = detail.members
		case detail.scalar && detail.text != "":
			return nil, errReference
		case len(detail.members) > 0:
			list = append(list, detail)
		}
	}
	var tasks []wire.Task
	for _, n := range list {
		blank := isXML && strings.Trim(n.text, " \t\r\n") == ""
		if n.list || n.mixed || n.scalar && !n.null && !blank {
			return nil, errReference
		}
		if len(n.members) == 0 {
			continue
		}
		task, err := referenceTask(n)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

func referenceTask(n node) (task wire.Task, err error) {
	strings := map[string]*string{
		"TaskNo": &task.TaskNo, "TaskDetailNo": &task.TaskDetailNo, "TaskType": &task.TaskType, "TaskTypeDescription": &task.TaskTypeDescription,
		"InstanceId": &task.InstanceID, "DomainName": &task.DomainName, "TaskStatus": &task.TaskStatus, "CreateTime": &task.CreateTime, "UpdateTime": &task.UpdateTime,
		"ErrorMsg": &task.ErrorMsg, "FailReason": &task.FailReason, "TaskResult": &task.TaskResult,
	}
	names := []string{"TaskStatusCode", "TryCount"}
	for name := range strings {
		names = append(names, name)
	}
	found, err := n.find(names...)
	if err != nil {
		return task, err
	}
	if err := texts(found, strings); err != nil {
		return task, err
	}
	if _, err := integer(found, "TaskStatusCode", &task.TaskStatusCode); err != nil {
		return task, err
	}
	_, err = integer(found, "TryCount", &task.TryCount)
	return task, err
}
