package wire

// others implements outliner.
func (x *xmlReader) others(rec *record, o *outline) error {
	for {
		child, err := x.child()
		if err != nil || child == noChild {
			return err
		}
		if child == textChild {
			rec.note(none, x.doc[x.start:x.pos])
			continue
		}
		if field, exact := rec.fields.lookup(x.local); field < len(rec.fields.names) {
			err = x.member(rec, field, exact)
		} else {
			err = x.other(o)
		}
		if err != nil {
			return err
		}
	}
}

// other reads an element that is not known. Several of one name are a list.
func (x *xmlReader) other(o *outline) error {
	start, m := x.start, o.add(x.local)
	if err := x.skip(); err != nil {
		return err
	}
	m.list = len(m.values) > 0
	o.keep(m, x.doc[start:x.pos])
	return nil
}

// outline implements outliner. The value has been read once, so that it cannot
// be broken.
func (x *xmlReader) outline(value []byte, limit int) (outline, bool) {
	o, rec := outline{limit: limit}, record{fields: &noFields}
	inner := xmlReader{doc: value}
	inner.startTag()
	inner.others(&rec, &o)
	return o, len(o.members) > 0 || rec.odds == 0
}
