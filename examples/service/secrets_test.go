package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// wire records what the client sends.
type wire struct {
	http.RoundTripper
	mu         sync.Mutex
	signatures []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.signatures = append(w.signatures, r.URL.Query().Get("Signature"))
	w.mu.Unlock()
	return w.RoundTripper.RoundTrip(r)
}

// The service recovers from every fault, and reveals no secret in the log, the
// metrics and the health.
func TestFaultsRevealNoSecret(t *testing.T) {
	t.Parallel()
	const secret, token = "Kq7pXw3ZsR9mT2vLb8Yd", "CAISgQJ1q6Ft5B2yfSjIr5b"
	for _, fault := range domaintasktest.Faults() {
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := new(wire)
				r := setup{
					emulator: domaintasktest.Options{AccessKeySecret: secret, SecurityToken: token},
					tasks:    domaintasktest.Tasks(5, 1),
					send: func(transport http.RoundTripper) http.RoundTripper {
						sent.RoundTripper = transport
						return sent
					},
					before: func(r *running) {
						// At a poll, and then at an acknowledgement, retries included.
						r.emulator.Inject(fault, domaintasktest.Fault{}, fault, fault, fault)
					},
				}.start(t)
				r.after(5 * time.Minute)
				r.requireHealth(http.StatusOK, "ok")
				require.Len(t, r.emulator.Acknowledged(), 5)
				_, vars := r.get("/debug/vars")
				_, health := r.get("/healthz")
				require.NoError(t, r.end(moment))

				for _, line := range clitest.Lines(r.log.String()) {
					require.True(t, json.Valid([]byte(line)), line)
				}
				told := r.log.String() + vars + health
				for _, hidden := range append(sent.signatures, secret, token) {
					require.GreaterOrEqual(t, len(hidden), 20)
					require.NotContains(t, told, hidden)
					require.NotContains(t, told, url.QueryEscape(hidden))
				}
				require.NotContains(t, strings.ToLower(told), "signature=")
			})
		})
	}
}
