package wire

// others implements outliner.
func (j *jsonReader) others(rec *record, o *outline) error {
	for first := true; ; first = false {
		name, more, err := j.key(first)
		if err != nil || !more {
			return err
		}
		if field, exact := rec.fields.lookup(name); field < len(rec.fields.names) {
			err = j.member(rec, field, exact)
		} else {
			err = j.other(name, o)
		}
		if err != nil {
			return err
		}
	}
}

// other reads the value of a member that is not known.
func (j *jsonReader) other(name []byte, o *outline) error {
	if j.peek() == 'n' { // null is absent
		return j.literal("null")
	}
	m := o.add(name)
	if j.peek() != '[' {
		start := j.pos
		err := j.skip()
		o.keep(m, j.doc[start:j.pos])
		return err
	}
	m.list = true
	j.open()
	for first := true; ; first = false {
		more, err := j.separator(first, ']')
		if err != nil || !more {
			return err
		}
		start, null := j.pos, j.peek() == 'n'
		if err := j.skip(); err != nil {
			return err
		}
		if !null {
			o.keep(m, j.doc[start:j.pos])
		}
	}
}

// outline implements outliner. The value has been read once, so that it cannot
// be broken.
func (j *jsonReader) outline(value []byte, limit int) (outline, bool) {
	o := outline{limit: limit}
	switch {
	case value[0] == '{':
		inner := jsonReader{doc: value, pos: 1, depth: 1}
		inner.others(&record{fields: &noFields}, &o)
		return o, true
	case value[0] == '[':
		inner := jsonReader{doc: value}
		inner.other(nil, &o)
		return o, true
	}
	return o, string(value) == `""`
}
