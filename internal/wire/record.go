package wire

import "bytes"

// record holds the contents of one object: the text of each known field.
// Absent, null and empty are the same to its users, so nil stands for all.
type record struct {
	fields  *fieldSet
	seen    uint32            // a bit for each known field that was present
	other   uint32            // a bit for each field whose value had another spelling of the name
	members bool              // any member was present, known or not
	values  [maxFields][]byte // valid only if seen; parts of the document or of scratch
	scratch scratch
	odd     []oddValue          // at most maxUnparsed
	odds    int                 // number of odd values
	slot    int                 // the element of next that predicts the next member
	next    [maxFields + 2]lead // one before the first member, one after each field, one after unknown fields
}

// oddValue is content that was not understood. Its field is none for text between
// XML elements.
type oddValue struct {
	field int
	text  []byte
}

// lead predicts a member. Objects in a list mostly repeat the field order and white
// space of the previous one, so the bytes between two fields recur and one
// comparison replaces parsing them.
//
// This is sound because the slot determines everything that parsing depends on: the
// reader's position, and in XML also the next end tag. The same bytes read from the
// same position mean the same. Only exact names have leads.
type lead struct {
	text  []byte // nil means none
	field int
}

// found reports whether the document continues with the lead.
func (l *lead) found(rest []byte) bool {
	return len(l.text) > 0 && bytes.HasPrefix(rest, l.text)
}

// reset clears r for the next object of the same kind, which probably has the same
// leads.
func (r *record) reset() {
	r.seen, r.other, r.members, r.slot = 0, 0, false, 0
	r.odd, r.odds = r.odd[:0], 0
	r.scratch.reset()
}

// has reports whether the field was present.
func (r *record) has(field int) bool { return r.seen&(1<<field) != 0 }

// set stores the first value of a field, under its exact name.
func (r *record) set(field int, text []byte) {
	r.seen |= 1 << field
	r.values[field] = text
}

// put stores a value of a field that may have one already. A value under the exact
// name replaces one under another spelling, otherwise the last one wins, as in
// encoding/json. An empty value replaces nothing. raw is the value in the document
// if it is not understood as text, or nil.
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
	if raw != nil && field < r.fields.texts { // integer and boolean note their own
		r.note(field, raw)
	}
	r.values[field] = text
	r.other |= bit
	if exact {
		r.other &^= bit
	}
}

// cut stores the beginning of a value in which the document ends. Only a message is
// useful if it is incomplete.
func (r *record) cut(field int, text []byte) {
	text = bytes.TrimRight(text, "\uFFFD") // a character that was cut off
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

// text returns the value of a field, or nil if it is absent, null or empty.
func (r *record) text(field int) []byte {
	if !r.has(field) || len(r.values[field]) == 0 {
		return nil
	}
	return r.values[field]
}

// trimmed returns the value of a field without white space around it, or nil if it
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

// integer reads a number. If there is none, ok is false. An invalid one is noted.
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

// boolean reads true or false, and returns nil if there is neither. An invalid
// value is noted.
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
