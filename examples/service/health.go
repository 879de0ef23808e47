package main

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// health reports whether the worker makes progress, by the last success: a page
// that was read while nothing was left to acknowledge, or tasks that were
// acknowledged. One error means little, since the next round may succeed. After
// many in a row, the last success is old.
type health struct {
	stale time.Duration // maximum age of the last success

	mu       sync.Mutex
	last     time.Time // zero if there was none
	stopping bool
}

// ServeHTTP serves /healthz, in one line. The line holds no error: errors may name
// accounts and domains, and are in the log.
func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if reason := h.trouble(); reason != "" {
		http.Error(w, reason, http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ok\n")
}

// trouble returns what is wrong, or "".
func (h *health) trouble() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	age := time.Since(h.last)
	switch {
	case h.stopping:
		return "stopping"
	case h.last.IsZero():
		return "nothing has succeeded since the start; see the log"
	case age > h.stale:
		return "the last success was " + age.Round(time.Second).String() + " ago; see the log"
	}
	return ""
}

// succeed notes a success.
func (h *health) succeed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = time.Now()
}

// stop makes health fail from now on: nobody should rely on a service that stops.
func (h *health) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopping = true
}

// lastSuccess returns the last success for the metrics, in seconds since 1970, or 0 if there was
// none.
func (h *health) lastSuccess() any {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last.IsZero() {
		return 0
	}
	return h.last.Unix()
}
