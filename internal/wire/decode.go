package wire

import "bytes"

// reader pulls one answer out of a document of either format.
type reader interface {
	// root enters the outermost object and returns its name, "" in JSON.
	root() (string, error)
	// members reads the current object into rec, up to its end or up to a
	// nested field, whose tasks are next. It goes on where it stopped.
	members(rec *record) (nested bool, err error)
	// task enters the next task of a nested field, for members to read.
	// It returns false behind the last one.
	task() (bool, error)
	// offset is how much of the document has been read.
	offset() int
	// end makes sure that nothing follows the outermost object.
	end() error
}

// The XML roots. An error has the same one whatever was asked for.
const (
	pageRoot  = "PollTaskResultResponse"
	ackRoot   = "AcknowledgeTaskResultResponse"
	errorRoot = "Error"
)

// newReader tells the format by the first byte that is not white space: the
// Content-Type of the service and of what stands before it is no proof, and
// either format is understood whichever was asked for.
func newReader(doc []byte) (reader, error) {
	bom := []byte("\xEF\xBB\xBF")
	doc = bytes.TrimPrefix(doc, bom)
	i := skipWhite(doc, 0)
	switch {
	case i == len(doc):
		return nil, ErrEmpty
	case doc[i] == '{':
		return &jsonReader{doc: doc}, nil
	case doc[i] == '<' && !isHTML(doc[i:]):
		return &xmlReader{doc: doc}, nil
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
	return valueError(-1, "root "+quoteName(root)+" instead of <"+want+">")
}

// open enters a document of which the XML root has to be want, "" for any.
func open(doc []byte, want string) (r reader, root string, err error) {
	if r, err = newReader(doc); err != nil {
		return nil, "", err
	}
	if root, err = r.root(); err == nil && want != "" {
		err = checkRoot(root, want)
	}
	return r, root, err
}

// readFlat reads a whole document of which only scalars of the top level are
// known.
func readFlat(doc []byte, want string, fields *fieldSet) (top record, root string, err error) {
	r, root, err := open(doc, want)
	if err != nil {
		return top, "", err
	}
	top.fields = fields
	if _, err = r.members(&top); err == nil {
		err = r.end()
	}
	return top, root, err
}

// decodeEnvelope takes any root if want is empty.
func decodeEnvelope(doc []byte, want string) (Envelope, string, error) {
	top, root, err := readFlat(doc, want, &envelopeFields)
	if err != nil {
		return Envelope{}, "", err
	}
	env, err := envelope(&top, root)
	return env, root, err
}

// decodeAcknowledgement wants a Result: without it nothing says that anything
// was confirmed.
func decodeAcknowledgement(doc []byte) (ack Acknowledgement, err error) {
	top, root, err := readFlat(doc, ackRoot, &ackFields)
	if err != nil {
		return ack, err
	}
	if ack.Envelope, err = envelope(&top, root); err != nil {
		return ack, err
	}
	seen := false
	if ack.Result, seen, err = top.integer(fieldResult); err == nil && !seen {
		err = valueError(-1, "no Result")
	}
	return ack, err
}

// decodePage alternates between the members of the top level and, where Data
// stops them, the tasks, so that neither has to come first.
func decodePage[T any](doc []byte, convert func(*Task) T) (Page, []T, error) {
	r, root, err := open(doc, pageRoot)
	if err != nil {
		return Page{}, nil, err
	}
	top := record{fields: &pageFields}
	var tasks []T
	hasData := false
	for {
		nested, err := r.members(&top)
		if err != nil {
			return Page{}, nil, err
		}
		if !nested {
			break
		}
		hasData = true
		if tasks, err = readTasks(r, len(doc), convert); err != nil {
			return Page{}, nil, err
		}
	}
	if err := r.end(); err != nil {
		return Page{}, nil, err
	}
	page, err := assemblePage(&top, root, hasData)
	return page, tasks, err
}
