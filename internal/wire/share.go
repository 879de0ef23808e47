package wire

import (
	"bytes"
	"strings"
)

// internedFields holds the fields whose values recur from task to task.
const internedFields = 1<<fieldTaskNo | 1<<fieldTaskType | 1<<fieldTaskTypeDescription |
	1<<fieldTaskStatus | 1<<fieldErrorMsg | 1<<fieldFailReason

// prose holds the fields with text for people, which may have line breaks.
const prose = 1<<fieldTaskTypeDescription | 1<<fieldErrorMsg | 1<<fieldFailReason | 1<<fieldTaskResult

// maxPinned bounds the memory that a shared value may keep alive: the text of the
// task that had it first.
const maxPinned = 512

// interner makes the strings of tasks. Equal values of tasks close to each other
// share one string.
type interner struct {
	recent [taskTexts][4]string // different values of each field, the latest first
	turn   [taskTexts]uint8     // which of the others is replaced next
}

// texts sets out, which must be empty, to the string fields of a task. Strings that
// are not shared are parts of one string, so a task costs one allocation and keeps
// only its own text alive.
func (in *interner) texts(rec *record, out *[taskTexts]string) {
	var own [taskTexts]int
	owned, size := 0, 0
	for field := range taskTexts {
		text := rec.text(field)
		if len(text) == 0 {
			continue
		}
		if isWhite(text[0]) && prose&(1<<field) == 0 {
			text = withoutLayout(text)
			rec.values[field] = text
		}
		if internedFields&(1<<field) != 0 {
			if out[field] = in.share(field, text); out[field] != "" {
				continue
			}
		}
		own[owned] = field
		owned++
		size += len(text)
	}

	var b strings.Builder
	b.Grow(size)
	for _, field := range own[:owned] {
		b.Write(rec.values[field])
	}
	all := b.String()
	for _, field := range own[:owned] {
		n := len(rec.values[field])
		out[field], all = all[:n], all[n:]
		if internedFields&(1<<field) != 0 && size <= maxPinned {
			in.remember(field, out[field])
		}
	}
}

// share returns the string that a recent task has for text, or "" if none has.
func (in *interner) share(field int, text []byte) string {
	recent := &in.recent[field]
	for i := range recent {
		if string(text) == recent[i] {
			recent[0], recent[i] = recent[i], recent[0]
			return recent[0]
		}
	}
	return ""
}

func (in *interner) remember(field int, value string) {
	recent := &in.recent[field]
	recent[1+in.turn[field]%3] = recent[0]
	recent[0] = value
	in.turn[field]++
}

// withoutLayout returns text without the white space around it if that begins with
// a line end, as some serializers write it around the text of an element. A
// TaskDetailNo with a line end in it could not be sent back.
func withoutLayout(text []byte) []byte {
	if start := skipWhite(text, 0); !bytes.ContainsAny(text[:start], "\r\n") {
		return text
	}
	return trim(text)
}
