package main

import (
	"expvar"
	"strings"
	"sync"
)

const (
	// maxLabels is more than the service has error codes that a worker meets.
	maxLabels = 40
	// maxLabel is longer than any of them.
	maxLabel = 64
	// other is the label of what has none of its own.
	other = "other"
)

// labels are numbers by label. What a label says comes from the service, or
// from whatever answers in its place, and every new one costs memory here and
// in what collects the numbers: there are only so many of them, of plain
// letters, and the rest is counted together.
type labels struct {
	expvar.Map
	mu    sync.Mutex
	known int
}

// add counts one more.
func (l *labels) add(label string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Get(label) == nil {
		if l.known == maxLabels || !plain(label) {
			label = other
		} else {
			l.known++
		}
	}
	l.Add(label, 1)
}

// plain reports whether label looks like the outcomes that are expected.
func plain(label string) bool {
	return len(label) <= maxLabel && !strings.ContainsFunc(label, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(" .-_", r))
	})
}
