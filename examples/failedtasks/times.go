package main

import (
	"errors"
	"time"

	"github.com/domaintask/domaintask"
)

// period is a range of update times. Both ends may be open.
type period struct {
	since time.Time // zero means no beginning
	until time.Time // the first instant after it; zero means no end
}

func (p period) bounded() bool { return !p.since.IsZero() || !p.until.IsZero() }

// holds reports whether task was updated in the period. known is false if the task
// has no time: omitting it could hide a failure.
func (p period) holds(task domaintask.TaskDetail) (holds, known bool) {
	at, err := task.Updated()
	if err != nil {
		return true, false
	}
	return !at.Before(p.since) && (p.until.IsZero() || at.Before(p.until)), true
}

// serviceZone is the time zone of the service's times and of the flags.
var serviceZone = time.FixedZone("UTC+8", 8*60*60)

// span returns the day, minute or second of UTC+8 that text names.
func span(text string) (begin, end time.Time, err error) {
	for layout, lasts := range map[string]time.Duration{
		time.DateOnly:         24 * time.Hour, // UTC+8 has no daylight saving
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
