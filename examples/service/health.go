package main

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// health reports whether the worker gets anywhere, by the last success: a page
// that was read while nothing was left to acknowledge, or tasks that were
// acknowledged. One error says little, since the next round may succeed. Many in
// a row are no success for a while.
type health struct {
	stale time.Duration // how old the last success may be

	mu       sync.Mutex
	last     time.Time // zero = there was none
	stopping bool
}

// ServeHTTP answers /healthz, in one line. The line holds no error: those may
// name accounts and domains, and are in the log.
func (h *health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if reason := h.trouble(); reason != "" {
		http.Error(w, reason, http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ok\n")
}

// trouble is what is wrong; "" is nothing.
func (h *health) trouble() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	age := time.Since(h.last)
	switch {
	case h.stopping:
		return "stopping"
	case h.last.IsZero():
		return "nothing has succeeded since the start; the log tells more"
	case age > h.stale:
		return "the last success was " + age.Round(time.Second).String() + " ago; the log tells more"
	}
	return ""
}

// succeed notes a success.
func (h *health) succeed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = time.Now()
}

// stop makes health bad for good: nobody should count on a service that leaves.
func (h *health) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopping = true
}

// lastSuccess is for the metrics: in seconds since 1970; 0 = there was none.
func (h *health) lastSuccess() any {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last.IsZero() {
		return 0
	}
	return h.last.Unix()
}
