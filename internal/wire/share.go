package wire

import (
	"bytes"
	"strings"
)

// repeats holds the fields whose values come back from task to task.
const repeats = 1<<fieldTaskNo | 1<<fieldTaskType | 1<<fieldTaskTypeDescription |
	1<<fieldTaskStatus | 1<<fieldErrorMsg | 1<<fieldFailReason

// prose holds the fields that are text for people, who may be shown it in lines.
const prose = 1<<fieldTaskTypeDescription | 1<<fieldErrorMsg | 1<<fieldFailReason | 1<<fieldTaskResult

// maxPinned bounds what a shared value may keep alive: the text of the task
// that had it first.
const maxPinned = 512

// sharer makes the strings of tasks. Equal values of different tasks are one
// string where they came a few tasks apart.
type sharer struct {
	recent [taskTexts][4]string // different values of each field, the last one first
	turn   [taskTexts]uint8     // says which of the others makes room next
}

// texts turns the string fields of a task into strings, in out, which is all
// empty. Those that are not shared are parts of one string, so a task costs one
// allocation and keeps nothing alive but its own text.
func (s *sharer) texts(rec *record, out *[taskTexts]string) {
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
		if repeats&(1<<field) != 0 {
			if out[field] = s.share(field, text); out[field] != "" {
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
		if repeats&(1<<field) != 0 && size <= maxPinned {
			s.remember(field, out[field])
		}
	}
}

// share returns the string that a recent task has for text, "" if none has.
func (s *sharer) share(field int, text []byte) string {
	recent := &s.recent[field]
	for i := range recent {
		if string(text) == recent[i] {
			recent[0], recent[i] = recent[i], recent[0]
			return recent[0]
		}
	}
	return ""
}

func (s *sharer) remember(field int, value string) {
	recent := &s.recent[field]
	recent[1+s.turn[field]%3] = recent[0]
	recent[0] = value
	s.turn[field]++
}

// withoutLayout is text without the white space around it if that begins with a
// line end, which some serializers put around the text of an element. A
// TaskDetailNo with a line end in it could not be sent back.
func withoutLayout(text []byte) []byte {
	if start := skipWhite(text, 0); !bytes.ContainsAny(text[:start], "\r\n") {
		return text
	}
	return trim(text)
}
