// Package comparison runs clients of the service against the same faults, for the
// table in the README. Each client is tested in the module that requires it.
package comparison

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// RequireColumn runs a client and requires its results to equal the column of that
// title in the README's table.
func RequireColumn(t *testing.T, title string, newPeer NewPeer) {
	t.Helper()
	cell := map[bool]string{true: "yes", false: "no"}
	got := map[string]string{}
	for _, property := range properties {
		got[property.name] = cell[property.holds(t, newPeer)]
	}
	require.Equal(t, column(t, title), got, "README.md, column %s", title)
}

// column reads a column of the README's table.
func column(t *testing.T, title string) map[string]string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	cells := map[string]string{}
	at := -1
	for line := range strings.Lines(string(readme)) {
		row := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		switch {
		case row[0] == "" && slices.Contains(row, title):
			at = slices.Index(row, title)
		case len(row) <= max(at, 1):
			at = -1
		case at > 0 && row[0] != "---":
			cells[row[0]] = row[at]
		}
	}
	return cells
}

// Peer is one client of one service.
type Peer interface {
	// Method returns the function that makes a call, for its type.
	Method() any
	// Poll reads the first 20 tasks. If again, it reuses the request of the
	// previous call, with another name.
	Poll(domainName string, again bool) (tasks int, more bool, err error)
	// Code returns the service's error code.
	Code(err error) string
	// Credentials returns the value that holds the credentials of the client.
	Credentials() any
}

// NewPeer returns a client with default settings, except that retries are enabled.
// If transport is nil, the client reaches srv. srv is nil if there is no service.
type NewPeer func(t *testing.T, srv *domaintasktest.Server, format domaintask.Format, transport http.RoundTripper) Peer

var properties = []struct {
	name  string
	holds func(*testing.T, NewPeer) bool
}{
	{"a call takes a context", func(t *testing.T, newPeer NewPeer) bool {
		call := reflect.TypeOf(newPeer(t, newService(t), domaintask.FormatJSON, nil).Method())
		return call.In(0) == reflect.TypeFor[context.Context]()
	}},
	{"the second page is known of where the service leaves NextPage out", func(t *testing.T, newPeer NewPeer) bool {
		srv := newServer(t, domaintasktest.Options{OmitPageFlags: true}, domaintasktest.Tasks(40, 1)...)
		tasks, more, err := newPeer(t, srv, domaintask.FormatJSON, nil).Poll("", false)
		require.NoError(t, err)
		require.Equal(t, 20, tasks)
		return more
	}},
	{"a success with nothing in it, or an error, is an error", func(t *testing.T, newPeer NewPeer) bool {
		return fails(domaintasktest.EmptySuccess())(t, newPeer) && fails(domaintasktest.APIError(http.StatusOK, "Forbidden.RAM", "denied"))(t, newPeer)
	}},
	{"an answer without end is cut off", fails(domaintasktest.LargeAnswer(domaintask.DefaultMaxResponseBytes + 1))},
	{"XML can be asked for, and an error in it keeps its code", func(t *testing.T, newPeer NewPeer) bool {
		srv := newService(t, domaintasktest.APIError(http.StatusForbidden, "Forbidden.RAM", "denied"))
		p := newPeer(t, srv, domaintask.FormatXML, nil)
		_, _, err := p.Poll("", false)
		require.Error(t, err)
		return srv.Requests()[0].Format == "XML" && p.Code(err) == "Forbidden.RAM"
	}},
	{"a call that was throttled, or met a 503, is repeated no sooner than the service asks", func(t *testing.T, newPeer NewPeer) bool {
		return repeats(t, newPeer, domaintasktest.Throttle(0)) && repeats(t, newPeer, domaintasktest.ServiceUnavailable())
	}},
	{"a clock that is off by hours is made up for", func(t *testing.T, newPeer NewPeer) bool {
		srv := newServer(t, domaintasktest.Options{Now: func() time.Time { return time.Now().Add(2 * time.Hour) }})
		_, _, err := newPeer(t, srv, domaintask.FormatJSON, nil).Poll("", false)
		return err == nil
	}},
	{"errors of the connection hold no signature", func(t *testing.T, newPeer NewPeer) bool {
		srv := newService(t)
		srv.Close()
		_, _, err := newPeer(t, srv, domaintask.FormatJSON, nil).Poll("", false)
		require.Error(t, err)
		return !strings.Contains(err.Error(), "Signature=")
	}},
	{"a signed request does not follow redirects", func(t *testing.T, newPeer NewPeer) bool {
		var arrived atomic.Int64
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived.Add(1) }))
		t.Cleanup(other.Close)
		srv := newService(t)
		srv.InjectAlways(domaintasktest.Redirect(http.StatusFound, other.URL))
		newPeer(t, srv, domaintask.FormatJSON, nil).Poll("", false) // what it makes of the other's answer is no matter here
		return arrived.Load() == 0
	}},
	{"https is the default", func(t *testing.T, newPeer NewPeer) bool {
		var scheme string
		newPeer(t, nil, domaintask.FormatJSON, RoundTrip(func(r *http.Request) (*http.Response, error) {
			scheme = r.URL.Scheme
			return nil, errors.New("not sent")
		})).Poll("", false)
		return scheme == "https"
	}},
	{"credentials are printed without their secrets", func(t *testing.T, newPeer NewPeer) bool {
		return !strings.Contains(fmt.Sprintf("%+v", newPeer(t, newService(t), domaintask.FormatJSON, nil).Credentials()), domaintasktest.DefaultAccessKeySecret)
	}},
	{"a filter that was cleared is not sent again", func(t *testing.T, newPeer NewPeer) bool {
		srv := newService(t)
		p := newPeer(t, srv, domaintask.FormatJSON, nil)
		for _, name := range []string{"example.com", ""} {
			_, _, err := p.Poll(name, name == "")
			require.NoError(t, err)
		}
		sent := srv.Requests()
		require.Equal(t, "example.com", sent[0].Params.Get("DomainName"))
		return sent[1].Params.Get("DomainName") == ""
	}},
}

// newService returns a service that meets its first requests with the faults.
func newService(t *testing.T, faults ...domaintasktest.Fault) *domaintasktest.Server {
	t.Helper()
	srv := newServer(t, domaintasktest.Options{}, domaintasktest.Tasks(3, 1)...)
	srv.Inject(faults...)
	return srv
}

// fails returns a property: a lasting fault is an error.
func fails(fault domaintasktest.Fault) func(*testing.T, NewPeer) bool {
	return func(t *testing.T, newPeer NewPeer) bool {
		srv := newService(t)
		srv.InjectAlways(fault)
		_, _, err := newPeer(t, srv, domaintask.FormatJSON, nil).Poll("", false)
		return err != nil
	}
}

// repeats reports whether a temporary fault is no error, and the service is not
// called again before the time that it named.
func repeats(t *testing.T, newPeer NewPeer, fault domaintasktest.Fault) bool {
	const named = 200 * time.Millisecond
	srv := newService(t, fault.WithHeader("X-Ratelimit-User", fmt.Sprintf("TimeLeft:%d", named.Milliseconds())))
	var answered time.Time
	var waited time.Duration
	_, _, err := newPeer(t, srv, domaintask.FormatJSON, RoundTrip(func(r *http.Request) (*http.Response, error) {
		if !answered.IsZero() {
			waited = time.Since(answered)
		}
		resp, err := srv.Config().HTTPClient.Transport.RoundTrip(r)
		answered = time.Now()
		return resp, err
	})).Poll("", false)
	return err == nil && waited >= named
}

// RoundTrip is a function that is an http.RoundTripper.
type RoundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls f.
func (f RoundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func newServer(t *testing.T, opts domaintasktest.Options, tasks ...domaintask.TaskDetail) *domaintasktest.Server {
	t.Helper()
	srv := domaintasktest.NewServerWith(opts, tasks...)
	t.Cleanup(srv.Close)
	return srv
}
