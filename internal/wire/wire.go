package wire

import "strings"

// Envelope holds the fields that any response of the service may have at its top level.
type Envelope struct {
	RequestID, HostID, Code, Message, Recommend string

	Denied AccessDenied // zero if there is no AccessDeniedDetail

	errorRoot bool // the XML root was Error, regardless of Code
}

// Failed reports whether the response is an error of the service. Codes by which
// sibling services report success are not errors.
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

// Page is a page of a list without its elements. Omitted numbers are 0, and
// omitted PrePage and NextPage are nil.
type Page struct {
	Envelope
	CurrentPageNum, PageSize, TotalPageNum, TotalItemNum int
	PrePage, NextPage                                    *bool

	Unparsed      []Unparsed // at most 100
	UnparsedTotal int        // how many there were
}

// Task is one element of Data.TaskDetail. Omitted fields are zero.
type Task struct {
	TaskNo, TaskDetailNo, TaskType, TaskTypeDescription string
	InstanceID, DomainName, TaskStatus                  string
	TaskStatusCode                                      int
	CreateTime, UpdateTime                              string
	TryCount                                            int
	ErrorMsg, FailReason, TaskResult                    string
}

// Acknowledgement is an AcknowledgeTaskResult response.
type Acknowledgement struct {
	Envelope
	Result int // 0 if it was not understood and is in Unparsed

	Unparsed      []Unparsed // at most 100
	UnparsedTotal int        // how many there were
}

// DecodePage reads a page of at most limit tasks, whose XML root is named root. It
// calls convert for each task as it is read. The Task is only valid during the call,
// but its strings may be kept. For an error of the service it returns a Page that
// holds only the Envelope.
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

// DecodeAcknowledgement reads an AcknowledgeTaskResult response. For an error of
// the service it returns only the Envelope.
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

// DecodeEnvelope reads the top level of any response and checks that the whole
// document is well-formed. root is the local name of the XML root, or "" for JSON.
func DecodeEnvelope(doc []byte) (env Envelope, root string, err error) {
	env, root, err = decodeEnvelope(doc)
	if err != nil {
		return Envelope{}, "", err
	}
	return env, root, nil
}

// DecodeEnvelopePrefix reads the top level of an error of the service as far as the
// document can be read: it may be cut off or broken after the Code. If it is cut
// off within the Message, the Message is incomplete. It returns an error if no Code
// can be read.
func DecodeEnvelopePrefix(doc []byte) (Envelope, error) {
	return decodePrefix(doc, "")
}

// failure rereads a document that did not decode because of cause. An error of the
// service in it takes precedence over any fault in the rest of the document, in
// whichever order they come.
func failure(doc []byte, root string, cause error) (Envelope, error) {
	env, err := decodePrefix(doc, root)
	if err != nil || !env.Failed() {
		return Envelope{}, cause
	}
	return env, nil
}
