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
	for _, good := range [...]string{"", "200", "OK", "Success"} {
		if strings.EqualFold(e.Code, good) {
			return false
		}
	}
	return true
}

// Page is a page of a list without its elements. A number that the service
// left out is 0, and PrePage and NextPage are nil then.
type Page struct {
	Envelope
	CurrentPageNum, PageSize, TotalPageNum, TotalItemNum int
	PrePage, NextPage                                    *bool

	Unparsed      []Unparsed // at most 100
	UnparsedTotal int        // how many there were
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
	Result int // 0 if it was not understood, which Unparsed says then

	Unparsed      []Unparsed // at most 100
	UnparsedTotal int        // how many there were
}

// DecodePage reads a page of at most limit tasks, whose XML root is named root.
// It calls convert for each task as it is read, with a Task that is only valid
// during the call; its strings may be kept. An answer that is an error of the
// service gives a Page that holds its Envelope and nothing else.
func DecodePage[T any](doc []byte, root string, limit int, convert func(*Task) T) (Page, []T, error) {
	page, tasks, err := decodePage(doc, root, limit, convert)
	if err != nil {
		page.Envelope, err = failure(doc, root, err)
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
	env, root, err = decodeEnvelope(doc)
	if err != nil {
		return Envelope{}, "", err
	}
	return env, root, nil
}

// DecodeEnvelopePrefix reads the top level of an error of the service as far as
// the document can be read: it may be cut off or broken after the Code. If it is
// cut off within the Message, the Message is what there is of it. It returns an
// error if no Code can be read.
func DecodeEnvelopePrefix(doc []byte) (Envelope, error) {
	return decodePrefix(doc, "")
}

// failure reads a document again that did not decode for the given cause. If
// the service says there what went wrong, that comes before what is wrong with
// the rest of the document, wherever either stands in it.
func failure(doc []byte, root string, cause error) (Envelope, error) {
	env, err := decodePrefix(doc, root)
	if err != nil || !env.Failed() {
		return Envelope{}, cause
	}
	return env, nil
}
