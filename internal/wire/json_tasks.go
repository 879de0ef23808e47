package wire

import "bytes"

// place is the reader's position between two tasks.
type place int

const (
	beforeData place = iota
	inData           // in Data, an object
	inList           // in the list of tasks, which is TaskDetail or Data
	afterData
)

// task finds the next task in the value of Data: in its TaskDetail, one or a list
// of them, or in Data itself if that is the list.
func (j *jsonReader) task() (found step, err error) {
	for found == noTask && err == nil && j.in != afterData {
		switch j.in {
		case beforeData:
			found, err = j.openData()
		case inData:
			found, err = j.taskInData()
		case inList:
			found, err = j.taskInList()
		}
	}
	return found, err
}

// openData enters the value of Data, which in an empty page may also be an
// empty string.
func (j *jsonReader) openData() (step, error) {
	switch j.peek() {
	case '{':
		j.enter(inData)
	case '[':
		j.around, j.spell = afterData, spelled(j.data.exact)
		j.enter(inList)
	default:
		j.in = afterData
		odd, err := j.noTask("Data")
		if odd {
			return noList, err
		}
		return noTask, err
	}
	return noTask, nil
}

// taskInData reads one member of Data. It finds a task if TaskDetail is one.
func (j *jsonReader) taskInData() (step, error) {
	key, more, err := j.key(j.first)
	if err != nil {
		return noTask, err
	}
	if !more {
		j.in = afterData
		if !j.first && !j.listed {
			j.notes.add(-1, "", "Data", j.doc[j.data.start:j.pos])
		}
		return noTask, nil
	}
	j.first = false
	if !bytes.EqualFold(key, []byte(listName)) {
		return noTask, j.skip()
	}
	j.listed = true
	j.spell = spelled(j.data.exact && string(key) == listName)
	switch j.peek() {
	case '{':
		return j.openTask(), nil
	case '[':
		j.around = inData
		j.enter(inList)
		return noTask, nil
	}
	_, err = j.noTask(listName)
	return noTask, err
}

// taskInList reads one element of the list.
func (j *jsonReader) taskInList() (step, error) {
	more, err := j.separator(j.first, ']')
	if err != nil {
		return noTask, err
	}
	j.first = false
	if !more {
		j.in = j.around
		return noTask, nil
	}
	if j.peek() == '{' {
		return j.openTask(), nil
	}
	_, err = j.noTask(listName)
	return noTask, err
}

func (j *jsonReader) openTask() step {
	j.start = j.pos
	j.open()
	return j.spell
}

// noTask reads a value in place of a task or a list of them. It reports whether
// there is anything in it.
func (j *jsonReader) noTask(field string) (odd bool, err error) {
	j.buf.reset()
	text, raw, err := j.value(&j.buf)
	if raw == nil {
		raw = text
	}
	if err != nil || len(raw) == 0 {
		return false, err
	}
	j.notes.add(-1, "", field, raw)
	return true, nil
}

// raw implements reader.
func (j *jsonReader) raw() []byte { return j.doc[j.start:j.pos] }

// enter opens the object or list that contains tasks.
func (j *jsonReader) enter(in place) {
	j.open()
	j.in, j.first = in, true
}
