package main

import (
	"errors"
	"time"

	"github.com/domaintask/domaintask"
)

// period is when tasks were last updated. Both ends may be open.
type period struct {
	since time.Time // zero = the beginning
	until time.Time // the first instant after it; zero = no end
}

func (p period) bounded() bool { return !p.since.IsZero() || !p.until.IsZero() }

// holds reports whether task was updated in the period. known is false where
// the task does not say when: to leave it out could hide a failure.
func (p period) holds(task domaintask.TaskDetail) (holds, known bool) {
	at, err := task.Updated()
	if err != nil {
		return true, false
	}
	return !at.Before(p.since) && (p.until.IsZero() || at.Before(p.until)), true
}

// serviceZone is what the service writes times in, and so what they are
// compared with and given in here.
var serviceZone = time.FixedZone("UTC+8", 8*60*60)

// span is what text names: a day, a minute or a second of UTC+8.
func span(text string) (begin, end time.Time, err error) {
	for layout, lasts := range map[string]time.Duration{
		time.DateOnly:         24 * time.Hour, // UTC+8 knows no daylight saving
		"2006-01-02 15:04":    time.Minute,
		"2006-01-02T15:04":    time.Minute,
		time.DateTime:         time.Second,
		"2006-01-02T15:04:05": time.Second,
	} {
		if at, err := time.ParseInLocation(layout, text, serviceZone); err == nil {
			return at, at.Add(lasts), nil
		}
	}
	return begin, end, errors.New(`must be like 2026-01-31, "2026-01-31 15:04" or "2026-01-31 15:04:05", in UTC+8`)
}
