package wire

import "bytes"

// reader pulls one answer out of a document of either format.
type reader interface {
	// root enters the outermost object and returns its name, "" in JSON.
	root() (string, error)
	// members reads the current object into rec, up to its end or up to a
	// nested field, whose tasks are next. It goes on where it stopped.
	members(rec *record) (nested bool, err error)
	// task enters the next task of a nested field, for members to read. What
	// else stands there goes into the notes.
	task() (step, error)
	// raw is the task that was entered last, once it has been read.
	raw() []byte
	// offset is how much of the document has been read.
	offset() int
	// end makes sure that nothing follows the outermost object.
	end() error
}

// step is what a reader came to on the way through a nested field.
type step int

const (
	noTask step = iota // the end
	noList             // the end, and the field had nothing of a list
	exactTask
	otherTask // in a list that is not spelled as the service does
)

func spelled(exact bool) step {
	if exact {
		return exactTask
	}
	return otherTask
}

// The XML roots. An error has the same one whatever was asked for.
const (
	ackRoot   = "AcknowledgeTaskResultResponse"
	errorRoot = "Error"
)

// newReader tells the format by the first byte that is not white space: the
// Content-Type of the service and of what stands before it is no proof, and
// either format is understood whichever was asked for.
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

// isHTML recognises the pages of gateways, for an error that says so; what it
// misses is refused as XML.
func isHTML(doc []byte) bool {
	for _, start := range [...]string{"<!doctype", "<html"} {
		if len(doc) >= len(start) && bytes.EqualFold(doc[:len(start)], []byte(start)) {
			return true
		}
	}
	return false
}

// checkRoot refuses the XML root of another answer. JSON has none.
func checkRoot(root, want string) error {
	if root == "" || root == want || root == errorRoot {
		return nil
	}
	return valueError(-1, "root "+quoteName(root, "<>")+" instead of <"+want+">")
}

// open enters a document of which the XML root has to be want, "" for any.
func open(doc []byte, want string, n *notes) (r reader, root string, err error) {
	if r, err = newReader(doc, n); err != nil {
		return nil, "", err
	}
	if root, err = r.root(); err == nil && want != "" {
		err = checkRoot(root, want)
	}
	return r, root, err
}

// readFlat reads a whole document of which only scalars of the top level are
// known. What it read before an error is in top.
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

// decodePrefix reads the envelope of a document as far as it can be read, and
// returns an error if there is no Code up to there.
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

// decodeAcknowledgement wants a Result: without it nothing says that anything
// was confirmed. One that is not understood says that something was.
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

// decodePage alternates between the members of the top level and, where Data
// stops them, the tasks, so that neither has to come first.
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
	// What concerns the whole page comes first: the list is bounded.
	var ofPage notes
	ofPage.take(-1, "", &top)
	all := ofPage.before(list.notes).before(list.ofTasks)
	page.Unparsed, page.UnparsedTotal = all.list, all.total
	return page, list.tasks, nil
}
