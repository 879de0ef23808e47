package wire

import "strings"

// Envelope is what any answer of the service may carry at its top level.
type Envelope struct {
	RequestID, HostID, Code, Message, Recommend string

	Denied AccessDenied // zero if the answer has no AccessDeniedDetail

	errorRoot bool // the XML root was Error, whatever Code says
}

// Failed reports whether the answer is an error of the service. Codes by which
// sibling services say that all went well are not errors.
func (e Envelope) Failed() bool {
	if e.errorRoot {
		return true
	}
	code := strings.TrimSpace(e.Code)
	for _, good := range [...]string{"", "200", "OK", "Success"} {
		if strings.EqualFold(code, good) {
			return false
		}
	}
	return true
}

// Page is a PollTaskResult answer without its tasks. A number that the service
// left out is 0, and PrePage and NextPage are nil then.
type Page struct {
	Envelope
	CurrentPageNum, PageSize, TotalPageNum, TotalItemNum int
	PrePage, NextPage                                    *bool
}

// Task is one element of Data.TaskDetail. What the service left out is zero.
type Task struct {
	TaskNo, TaskDetailNo, TaskType, TaskTypeDescription string
	InstanceID, DomainName, TaskStatus                  string
	TaskStatusCode                                      int
	CreateTime, UpdateTime                              string
	TryCount                                            int
	ErrorMsg, FailReason, TaskResult                    string
}

// Acknowledgement is an AcknowledgeTaskResult answer.
type Acknowledgement struct {
	Envelope
	Result int
}

// DecodePage reads a PollTaskResult answer. It calls convert for each task as
// it is read, with a Task that is only valid during the call; its strings may
// be kept. An answer that is an error of the service gives a Page that holds
// its Envelope and nothing else.
func DecodePage[T any](doc []byte, convert func(*Task) T) (Page, []T, error) {
	page, tasks, err := decodePage(doc, convert)
	if err != nil {
		page.Envelope, err = failure(doc, pageRoot, err)
	}
	if err != nil || page.Failed() {
		return Page{Envelope: page.Envelope}, nil, err
	}
	return page, tasks, nil
}

// DecodeAcknowledgement reads an AcknowledgeTaskResult answer. An answer that
// is an error of the service gives its Envelope and nothing else.
func DecodeAcknowledgement(doc []byte) (Acknowledgement, error) {
	ack, err := decodeAcknowledgement(doc)
	if err != nil {
		ack.Envelope, err = failure(doc, ackRoot, err)
	}
	if err != nil || ack.Failed() {
		return Acknowledgement{Envelope: ack.Envelope}, err
	}
	return ack, nil
}

// DecodeEnvelope reads the top level of any answer and checks that the whole
// document is well-formed. root is the local name of the XML root, "" in JSON.
func DecodeEnvelope(doc []byte) (env Envelope, root string, err error) {
	env, root, err = decodeEnvelope(doc, "")
	if err != nil {
		return Envelope{}, "", err
	}
	return env, root, nil
}

// failure reads a document again that did not decode for the given cause. If
// the service says there what went wrong, that comes before what is wrong with
// the rest of the document, wherever either stands in it.
func failure(doc []byte, root string, cause error) (Envelope, error) {
	env, _, err := decodeEnvelope(doc, root)
	if err != nil || !env.Failed() {
		return Envelope{}, cause
	}
	return env, nil
}
