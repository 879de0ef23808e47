package wire

import "bytes"

// record is what a reader found in one object: the text of each known field.
// Absent, null and empty are the same to its users, so nil stands for all.
type record struct {
	fields  *fieldSet
	seen    uint32              // a bit for each known field that was there
	members bool                // there was any member, known or not
	values  [maxFields][]byte   // only where seen; they point into the document or into scratch
	scratch []byte              // values that differ from their form in the document
	slot    int                 // which element of next foretells the next member
	next    [maxFields + 2]lead // one before the first member, one after each field, one after unknown ones
}

// lead foretells a member. Objects of a list mostly repeat the order and the
// white space of the one before, so the bytes that led from one field to the
// next will do so again, and one comparison replaces reading them.
//
// That is sound because the slot tells all that reading them depends on: where
// the reader stands, and in XML also which end tag is due. The same bytes read
// from the same place mean the same.
type lead struct {
	text  []byte // nil for none
	field int
}

// found reports whether the document goes on with the lead.
func (l *lead) found(rest []byte) bool {
	return len(l.text) > 0 && bytes.HasPrefix(rest, l.text)
}

// reset makes room for the next object of the same kind, which is likely to
// have the same leads.
func (r *record) reset() {
	r.seen, r.members, r.slot = 0, false, 0
	r.scratch = r.scratch[:0]
}

// mark notes that a known field is there; false means for the second time.
func (r *record) mark(field int) bool {
	bit := uint32(1) << field
	again := r.seen&bit != 0
	r.seen |= bit
	return !again
}

// text is the value of a field, nil when it is absent, null or empty.
func (r *record) text(field int) []byte {
	if r.seen&(1<<field) == 0 || len(r.values[field]) == 0 {
		return nil
	}
	return r.values[field]
}

// name is the service's name of a known field.
func (r *record) name(field int) string { return r.fields.names[field] }

// duplicate refuses a field that is there twice: either value may be meant.
func (r *record) duplicate(field, offset int) error {
	return valueError(offset, r.name(field)+" twice in one object")
}

// integer reads a number; ok is false when the field is absent or blank.
func (r *record) integer(field int) (n int, ok bool, err error) {
	text := r.text(field)
	if text == nil {
		return 0, false, nil
	}
	if n, ok = parseInt(text); ok {
		return n, true, nil
	}
	if text = trim(text); len(text) == 0 {
		return 0, false, nil
	}
	if n, ok = parseInt(text); !ok {
		return 0, false, valueError(-1, r.name(field)+" is not an integer in range")
	}
	return n, true, nil
}

// boolean reads true or false; nil when the field is absent or blank.
func (r *record) boolean(field int) (*bool, error) {
	text := trim(r.text(field))
	if len(text) == 0 {
		return nil, nil
	}
	value, ok := parseBool(text)
	if !ok {
		return nil, valueError(-1, r.name(field)+" is neither true nor false")
	}
	return &value, nil
}
