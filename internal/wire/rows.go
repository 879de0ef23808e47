package wire

import "strconv"

// DecodeRows reads one page of an operation with the envelope of a page and a
// list of any name, such as Data.TaskInfo. root is the name of the XML root. The
// rows are the elements of the list, as sent: parts of doc. A page with more than
// limit rows is refused. An answer that is an error of the service gives a Page
// that holds its Envelope and nothing else.
func DecodeRows(doc []byte, root string, limit int) (Page, [][]byte, error) {
	page, rows, err := decodeRows(doc, root, limit)
	if err != nil {
		page.Envelope, err = failure(doc, root, err)
	}
	if err != nil || page.Failed() {
		return Page{Envelope: page.Envelope}, nil, err
	}
	return page, rows, nil
}

// maxMembers bounds how many names of one object are distinguished in the search
// for the list. The answers of the service have less than forty.
const maxMembers = 64

// outline is an object by its members, for the search for a list in it. Members
// of the same name are one: in XML, that is how a list is written.
type outline struct {
	members []outlined
	limit   int // more values of one member are not kept, but for one
}

// outlined is a member of an outline.
type outlined struct {
	name   string
	list   bool     // an array, or an element that is repeated
	values [][]byte // the elements of the array, or each element of the name; not null
}

// add returns the member of that name, or one to drop if there are too many.
func (o *outline) add(name []byte) *outlined {
	for i := range o.members {
		if o.members[i].name == string(name) {
			return &o.members[i]
		}
	}
	if len(o.members) == maxMembers {
		return new(outlined)
	}
	o.members = append(o.members, outlined{name: string(name)})
	return &o.members[len(o.members)-1]
}

// keep adds a value to the member: one beyond the limit shows that there are
// more.
func (o *outline) keep(m *outlined, value []byte) {
	if len(m.values) <= o.limit {
		m.values = append(m.values, value)
	}
}

// outliner is what a format adds to its reader for a list of any name.
type outliner interface {
	reader
	// others reads the rest of the object that was entered: known fields into
	// rec, and all other members into o.
	others(rec *record, o *outline) error
	// outline returns the members of a value that was read. It returns none for
	// an empty value, and false for one that has something else than members.
	outline(value []byte, limit int) (outline, bool)
}

func decodeRows(doc []byte, want string, limit int) (Page, [][]byte, error) {
	r, root, err := open(doc, want, nil)
	if err != nil {
		return Page{}, nil, err
	}
	top, others := record{fields: &rowsFields}, outline{limit: limit}
	in := r.(outliner)
	if err := in.others(&top, &others); err != nil {
		return Page{}, nil, err
	}
	if err := r.end(); err != nil {
		return Page{}, nil, err
	}
	rows, hasList := findRows(in, others)
	if len(rows) > limit {
		return Page{}, nil, &documentError{ErrTooMany, -1, "the limit is " + strconv.Itoa(limit)}
	}
	page, err := assembleRows(&top, root, hasList)
	if err != nil {
		return Page{}, nil, err
	}
	var ofPage notes
	ofPage.take(-1, "", &top)
	page.Unparsed, page.UnparsedTotal = ofPage.list, ofPage.total
	return page, rows, nil
}

// likeness is how sure it is that something is the list.
type likeness int

const (
	unlike  likeness = iota // a value without members
	lone                    // an object of values: the only row of a list
	wrapped                 // an object in an object: the only row of a list
	listed                  // a list, or an object with nothing in it
)

// findRows returns the rows of the one list among the members of the top level:
// of the likeliest, and of those the longest. It reports whether there is any
// list.
func findRows(in outliner, top outline) (rows [][]byte, found bool) {
	best := unlike
	for _, m := range top.members {
		some, like := m.values, listed
		if !m.list {
			some, like = rowsOf(in, m.values[0], top.limit)
		}
		if like > best || like == best && len(some) > len(rows) {
			rows, best = some, like
		}
	}
	return rows, best > unlike
}

// rowsOf returns the rows in a value that is not a list itself. A list of objects
// in it comes first, of several the longest. Otherwise an object that has a value
// of its own is a row, and so is the object in an object that has none.
func rowsOf(in outliner, value []byte, limit int) ([][]byte, likeness) {
	object, ok := in.outline(value, limit)
	switch {
	case !ok:
		return nil, unlike
	case len(object.members) == 1 && object.members[0].list:
		return object.members[0].values, listed
	}
	var rows, single [][]byte
	values := false
	for _, m := range object.members {
		objects := false
		for _, v := range m.values {
			inner, ok := in.outline(v, 0)
			objects = objects || len(inner.members) > 0
			values = values || !ok
			if objects || values {
				break
			}
		}
		switch {
		case objects && m.list && len(m.values) > len(rows):
			rows = m.values
		case objects && single == nil:
			single = m.values
		}
	}
	switch {
	case rows != nil:
		return rows, listed
	case values:
		return [][]byte{value}, lone
	case single != nil:
		return single, wrapped
	}
	return nil, listed
}

// assembleRows makes the page of the top level. It wants proof that the document
// is one: a number of the envelope, or a list in an answer that has a RequestId.
func assembleRows(top *record, root string, hasList bool) (Page, error) {
	proven := hasList && top.trimmed(fieldRequestID) != nil
	for field := fieldCurrentPageNum; field < fieldData; field++ {
		proven = proven || top.trimmed(field) != nil
	}
	page, err := assemblePage(top, root, true)
	if err == nil && !proven && !page.Failed() {
		err = valueError(-1, "neither page numbers nor a list")
	}
	return page, err
}
