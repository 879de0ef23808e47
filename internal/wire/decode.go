package wire

import "bytes"

// reader reads one response from a document of either format.
type reader interface {
	// root enters the outermost object and returns its name, "" in JSON.
	root() (string, error)
	// members reads the current object into rec, up to its end or up to a nested
	// field, whose tasks are next. It continues where it stopped.
	members(rec *record) (nested bool, err error)
	// task enters the next task of a nested field, for members to read. Other
	// content of the field is noted.
	task() (step, error)
	// raw returns the task that was entered last, once it has been read.
	raw() []byte
	// offset returns how many bytes of the document have been read.
	offset() int
	// end returns an error if anything follows the outermost object.
	end() error
}

// step is what a reader found next in a nested field.
type step int

const (
	noTask step = iota // the end
	noList             // the end, and the field had no list
	exactTask
	otherTask // in a list whose names are not spelled as the service does
)

func spelled(exact bool) step {
	if exact {
		return exactTask
	}
	return otherTask
}

// The XML roots. Errors of all operations have the same root.
const (
	ackRoot   = "AcknowledgeTaskResultResponse"
	errorRoot = "Error"
)

// newReader detects the format by the first byte that is not white space: the
// Content-Type of the service, and of gateways before it, is no proof. Either
// format is accepted, even if the other was requested.
func newReader(doc []byte, n *notes) (reader, error) {
	doc = bytes.TrimPrefix(doc[skipWhite(doc, 0):], []byte(bomUTF8))
	i := skipWhite(doc, 0)
	switch {
	case i == len(doc):
		return nil, ErrEmpty
	case doc[i] == '{':
		return &jsonReader{doc: doc, notes: n}, nil
	case doc[i] == '<' && !isHTML(doc[i:]):
		return &xmlReader{doc: doc, notes: n}, nil
	}
	return nil, ErrNotDocument
}

// isHTML reports whether doc is the HTML page of a gateway, for an error that says
// so. A page that it misses is refused as XML.
func isHTML(doc []byte) bool {
	for _, start := range [...]string{"<!doctype", "<html"} {
		if len(doc) >= len(start) && bytes.EqualFold(doc[:len(start)], []byte(start)) {
			return true
		}
	}
	return false
}

// checkRoot returns an error if root is the XML root of another response. JSON has none.
func checkRoot(root, want string) error {
	if root == "" || root == want || root == errorRoot {
		return nil
	}
	return valueError(-1, "root "+quoteName(root, "<>")+" instead of <"+want+">")
}

// open enters a document whose XML root must be want. If want is empty, any root will do.
func open(doc []byte, want string, n *notes) (r reader, root string, err error) {
	if r, err = newReader(doc, n); err != nil {
		return nil, "", err
	}
	if root, err = r.root(); err == nil && want != "" {
		err = checkRoot(root, want)
	}
	return r, root, err
}

// readFlat reads a whole document of which only scalars of the top level are known.
// top holds everything that was read before an error.
func readFlat(doc []byte, want string, top *record) (root string, err error) {
	r, root, err := open(doc, want, nil)
	if err != nil {
		return root, err
	}
	if _, err = r.members(top); err == nil {
		err = r.end()
	}
	return root, err
}

func decodeEnvelope(doc []byte) (Envelope, string, error) {
	top := record{fields: &envelopeFields}
	root, err := readFlat(doc, "", &top)
	if err != nil {
		return Envelope{}, "", err
	}
	env, err := envelope(&top, root)
	return env, root, err
}

// decodePrefix reads the envelope of a document as far as possible, and returns an
// error if there is no Code up to there.
func decodePrefix(doc []byte, want string) (Envelope, error) {
	top := record{fields: &envelopeFields}
	root, err := readFlat(doc, want, &top)
	if top.trimmed(fieldCode) == nil {
		if err == nil {
			err = valueError(-1, "neither a success nor an error code")
		}
		return Envelope{}, err
	}
	return envelope(&top, root)
}

// decodeAcknowledgement requires a Result: without it nothing shows that anything
// was acknowledged. Even an unreadable Result shows that something was.
func decodeAcknowledgement(doc []byte) (ack Acknowledgement, err error) {
	top := record{fields: &ackFields}
	root, err := readFlat(doc, ackRoot, &top)
	if err != nil {
		return ack, err
	}
	if ack.Envelope, err = envelope(&top, root); err != nil {
		return ack, err
	}
	if top.trimmed(fieldResult) == nil {
		return ack, valueError(-1, "no Result")
	}
	ack.Result, _ = top.integer(fieldResult)
	var n notes
	n.take(-1, "", &top)
	ack.Unparsed, ack.UnparsedTotal = n.list, n.total
	return ack, nil
}

// decodePage alternates between the members of the top level and, when it reaches
// Data, the tasks, so that neither must come first.
func decodePage[T any](doc []byte, want string, limit int, convert func(*Task) T) (Page, []T, error) {
	list := taskList[T]{size: len(doc), limit: limit}
	r, root, err := open(doc, want, &list.notes)
	if err != nil {
		return Page{}, nil, err
	}
	top := record{fields: &pageFields}
	list.assembler.rec.fields = &taskFields
	hasList := false
	for {
		nested, err := r.members(&top)
		if err != nil {
			return Page{}, nil, err
		}
		if !nested {
			break
		}
		found, err := list.read(r, convert)
		if err != nil {
			return Page{}, nil, err
		}
		hasList = hasList || found
	}
	if err := r.end(); err != nil {
		return Page{}, nil, err
	}
	page, err := assemblePage(&top, root, hasList)
	if err != nil {
		return Page{}, nil, err
	}
	// Notes on the whole page come first: the list is bounded.
	var ofPage notes
	ofPage.take(-1, "", &top)
	all := ofPage.before(list.notes).before(list.ofTasks)
	page.Unparsed, page.UnparsedTotal = all.list, all.total
	return page, list.tasks, nil
}
