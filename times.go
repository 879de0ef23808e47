package domaintask

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// serviceZone is UTC+8 by measure: a sibling operation gives the same instants
// as epoch milliseconds, and they differ from these texts by exactly that.
var serviceZone = time.FixedZone("UTC+8", 8*60*60)

// parseTime reads the text of the given field, as Created says.
func parseTime(field, text string) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateTime, text, serviceZone); err == nil { // nearly always
		return t, nil
	}
	trimmed := strings.TrimSpace(text)
	if t, ok := parseUnix(trimmed); ok {
		return t, nil
	}
	if t, ok := parseISO(trimmed); ok {
		return t, nil
	}
	const most = 64
	return time.Time{}, fmt.Errorf("domaintask: %s: %q is not a time", field, text[:min(len(text), most)])
}

// parseUnix reads milliseconds or seconds since 1970. They differ in the number
// of digits for all times from 2001 to 2286.
func parseUnix(text string) (time.Time, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case len(text) == len("1509528171000"):
		return time.UnixMilli(int64(n)).In(serviceZone), true
	case len(text) == len("1509528171"):
		return time.Unix(int64(n), 0).In(serviceZone), true
	}
	return time.Time{}, false
}

// parseISO reads ISO 8601 with a T or a blank between date and time, and a zone
// or none.
func parseISO(text string) (time.Time, bool) {
	const date = len(time.DateOnly)
	if len(text) <= date || !strings.ContainsRune("Tt ", rune(text[date])) {
		return time.Time{}, false
	}
	clock, zone := strings.TrimSpace(text[date+1:]), ""
	if i := strings.IndexAny(clock, "Zz+-"); i >= 0 {
		clock, zone = strings.TrimSpace(clock[:i]), strings.ToUpper(clock[i:])
	}
	text = text[:date] + "T" + clock + zone
	for _, layout := range [...]string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		for _, offset := range [...]string{"", "Z07:00", "Z0700", "Z07"} {
			if t, err := time.ParseInLocation(layout+offset, text, serviceZone); err == nil {
				return t.In(serviceZone), true
			}
		}
	}
	return time.Time{}, false
}
