package wire

import "bytes"

// record holds the contents of one object: the text of each known field.
// Absent, null and empty are the same to its users, so nil stands for all.
type record struct {
	fields  *fieldSet
	seen    uint32            // a bit for each known field that was there
	other   uint32            // a bit for each whose value came under another spelling
	members bool              // there was any member, known or not
	values  [maxFields][]byte // only where seen; parts of the document or of scratch
	scratch scratch
	odd     []oddValue          // at most maxUnparsed
	odds    int                 // how many odd values there were
	slot    int                 // which element of next predicts the next member
	next    [maxFields + 2]lead // one before the first member, one after each field, one after unknown ones
}

// oddValue is content that the object lists as not understood. Its field is
// none for text between the elements of XML.
type oddValue struct {
	field int
	text  []byte
}

// lead predicts a member. Objects of a list mostly repeat the order and the
// white space of the one before, so the bytes that led from one field to the
// next will do so again, and one comparison replaces reading them.
//
// That is sound because the slot tells all that reading them depends on: where
// the reader stands, and in XML also which end tag is due. The same bytes read
// from the same place mean the same. Only exact names have leads.
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
	r.seen, r.other, r.members, r.slot = 0, 0, false, 0
	r.odd, r.odds = r.odd[:0], 0
	r.scratch.reset()
}

// has reports whether the field was there.
func (r *record) has(field int) bool { return r.seen&(1<<field) != 0 }

// set stores the first value of a field, which came under its exact name.
func (r *record) set(field int, text []byte) {
	r.seen |= 1 << field
	r.values[field] = text
}

// put stores a value of a field that may have one already. A value under the
// exact name replaces one under another spelling, otherwise the last one wins,
// as in encoding/json. An empty value replaces nothing. raw is the form in the
// document of a value that is not understood as text, or nil.
func (r *record) put(field int, exact bool, text, raw []byte) {
	bit := uint32(1) << field
	old := r.text(field)
	r.seen |= bit
	wins := exact || r.other&bit != 0 || len(old) == 0
	differs := len(old) > 0 && !bytes.Equal(old, text)
	switch {
	case len(text) == 0:
		r.values[field] = old
		return
	case !wins && differs:
		r.note(field, text)
		return
	case !wins:
		return
	case differs:
		r.note(field, old)
	}
	if raw != nil && field < r.fields.texts { // integer and boolean note theirs
		r.note(field, raw)
	}
	r.values[field] = text
	r.other |= bit
	if exact {
		r.other &^= bit
	}
}

// cut stores the beginning of a value in which the document ends. Only a
// message is of use when it is not complete.
func (r *record) cut(field int, text []byte) {
	text = bytes.TrimRight(text, "\uFFFD") // a character that was cut, too
	if r.fields == &envelopeFields && field == fieldMessage && len(text) > 0 && !r.has(field) {
		r.set(field, text)
	}
}

// note lists a value as not understood.
func (r *record) note(field int, text []byte) {
	if r.odds++; len(r.odd) < maxUnparsed {
		r.odd = append(r.odd, oddValue{field, text})
	}
}

// text is the value of a field, nil when it is absent, null or empty.
func (r *record) text(field int) []byte {
	if !r.has(field) || len(r.values[field]) == 0 {
		return nil
	}
	return r.values[field]
}

// trimmed is the value of a field that no white space belongs to, nil when it
// is absent, null or blank.
func (r *record) trimmed(field int) []byte {
	if text := trim(r.text(field)); len(text) > 0 {
		return text
	}
	return nil
}

// filled reports whether any field has a value.
func (r *record) filled() bool {
	for field := range r.fields.names {
		if r.trimmed(field) != nil {
			return true
		}
	}
	return false
}

// integer reads a number; ok is false when there is none. One that is not
// understood is noted.
func (r *record) integer(field int) (n int, ok bool) {
	text := r.text(field)
	if text == nil {
		return 0, false
	}
	if n, ok = parseInt(text); ok {
		return n, true
	}
	if text = trim(text); len(text) == 0 {
		return 0, false
	}
	if n, ok = parseInt(text); !ok {
		r.note(field, text)
		return 0, false
	}
	return n, true
}

// boolean reads true or false; nil when there is none. One that is not
// understood is noted.
func (r *record) boolean(field int) *bool {
	text := r.trimmed(field)
	if text == nil {
		return nil
	}
	value, ok := parseBool(text)
	if !ok {
		r.note(field, text)
		return nil
	}
	return &value
}
