package main

import (
	"expvar"
	"strings"
	"sync"
)

const (
	// maxLabels is more than the number of error codes that a worker meets.
	maxLabels = 40
	// maxLabel is longer than any of these codes.
	maxLabel = 64
	// other is the label of everything without its own label.
	other = "other"
)

// labels are numbers by label. The text of a label comes from the service, or from
// a gateway, and every new one costs memory here and in the metrics collector. So
// their number is bounded, they have plain letters only, and the rest is counted
// together.
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

// plain reports whether label looks like an expected outcome.
func plain(label string) bool {
	return len(label) <= maxLabel && !strings.ContainsFunc(label, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(" .-_", r))
	})
}
