package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// fixture is the world of one test: variables, a home directory, and one handler
// for every server. Nothing of the real environment is in it, and no request
// leaves the process.
type fixture struct {
	t    *testing.T
	home string
	logs bytes.Buffer

	mu       sync.Mutex
	vars     map[string]string
	handler  func(*http.Request) response
	requests []string // method and URL of each, without the query
	connects bool     // there is a connection even if there is no response
}

// response is the result of a handler. The zero value means no response.
type response struct {
	status int
	body   string
	header http.Header
}

func ok(body string) response { return response{status: http.StatusOK, body: body} }

// newFixture returns a world in which nothing is configured and no server responds.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	return &fixture{
		t: t, home: t.TempDir(), vars: map[string]string{},
		handler: func(*http.Request) response { return response{} },
	}
}

// opts makes a provider live in this world.
func (f *fixture) opts() []Option {
	return []Option{func(w *world) {
		w.getenv = f.getenv
		w.web, w.near = withoutRedirects(http.Client{Transport: f}), withoutRedirects(http.Client{Transport: f})
		w.logger = slog.New(slog.NewTextHandler(&f.logs, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
	}}
}

func (f *fixture) world() *world { return newWorld(f.opts()) }

func (f *fixture) getenv(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if name == "HOME" || name == "USERPROFILE" {
		return f.home
	}
	return f.vars[name]
}

// set sets variables, specified as NAME=value without the prefix.
func (f *fixture) set(vars ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		f.vars[envPrefix+name] = value
	}
}

// serve makes handler serve all later requests.
func (f *fixture) serve(handler func(*http.Request) response) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handler = handler
}

// sent returns the requests since the last call.
func (f *fixture) sent() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	sent := f.requests
	f.requests = nil
	return sent
}

// logged returns the log lines since the last call.
func (f *fixture) logged() string {
	defer f.logs.Reset()
	return f.logs.String()
}

// RoundTrip serves a request until its context ends.
func (f *fixture) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if req.Body == nil {
		req.Body = http.NoBody
	}
	if err := req.ParseForm(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.requests = append(f.requests, req.Method+" "+req.URL.Scheme+"://"+req.URL.Host+req.URL.Path)
	handler := f.handler
	f.mu.Unlock()
	if trace := httptrace.ContextClientTrace(req.Context()); f.connects && trace != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	done := make(chan response, 1)
	go func() { done <- handler(req) }()
	select {
	case r := <-done:
		if r.status == 0 {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}
		rec := httptest.NewRecorder()
		for name, values := range r.header {
			rec.Header()[name] = values
		}
		rec.WriteHeader(r.status)
		rec.WriteString(r.body)
		resp := rec.Result()
		resp.Request = req
		return resp, nil
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// write writes a file below the home directory, and returns its path.
func (f *fixture) write(name, text string) string {
	f.t.Helper()
	path := filepath.Join(f.home, filepath.FromSlash(name))
	require.NoError(f.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(f.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// The files of the places.
const (
	cliFile    = ".aliyun/config.json"
	iniFileAt  = ".alibabacloud/credentials"
	stsHostURL = "https://sts.aliyuncs.com/"
)

// profiles is a config.json whose current profile is the first. Each is a list of
// fields in JSON, of which the first is the name alone: `"p","mode":"AK"`.
func profiles(list ...string) string {
	current, _, _ := strings.Cut(list[0], ",")
	return `{"current":` + current + `,"profiles":[{"name":` + strings.Join(list, `},{"name":`) + `}],"meta_path":""}`
}

// akProfile is a profile of mode AK with the credentials of.
func akProfile(name, id string) string {
	return fmt.Sprintf(`%q,"mode":"AK","access_key_id":%q,"access_key_secret":"secret-of-%s"`, name, id, id)
}

// session is a response with credentials that are valid for an hour, as the
// metadata service and a credentials URI send it. more are names and values that
// differ; a value of "-" omits the field.
func session(id string, more ...string) string {
	fields := map[string]string{
		"Code": "Success", "AccessKeyId": id, "AccessKeySecret": "secret-of-" + id, "SecurityToken": "token-of-" + id,
		"Expiration": expiry(time.Hour),
	}
	for i := 0; i < len(more); i += 2 {
		if fields[more[i]] = more[i+1]; more[i+1] == "-" {
			delete(fields, more[i])
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// expiry is the time after d, as an Expiration.
func expiry(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }

// assumed is a response of STS with the same.
func assumed(id string, more ...string) string {
	return `{"RequestId":"R-1","Credentials":` + session(id, more...) + "}"
}

// of are the credentials in session and assumed.
func of(id string) domaintask.Credentials {
	return domaintask.NewCredentials(id, "secret-of-"+id, "token-of-"+id)
}

// key is the access key in akProfile.
func key(id string) domaintask.Credentials { return domaintask.NewCredentials(id, "secret-of-"+id, "") }

// invalidator is what the client looks for in a provider.
type invalidator = domaintask.CredentialsInvalidator

// requireCredentials requires a provider to return these credentials.
func requireCredentials(t *testing.T, want domaintask.Credentials, provider domaintask.CredentialsProvider) {
	t.Helper()
	got, err := provider.Credentials(t.Context())
	require.NoError(t, err)
	require.True(t, want == got, "want %s, got %s", want.AccessKeyID, got.AccessKeyID)
}

// requireFailure requires an error of the right kind, in one line.
func requireFailure(t *testing.T, provider domaintask.CredentialsProvider, says ...string) error {
	t.Helper()
	got, err := provider.Credentials(t.Context())
	require.ErrorIs(t, err, domaintask.ErrCredentials)
	require.Equal(t, domaintask.Credentials{}, got)
	require.NotContains(t, err.Error(), "\n")
	for _, s := range says {
		require.ErrorContains(t, err, s)
	}
	return err
}

// scripted is a source defined by a test.
type scripted struct {
	next  func(ctx context.Context, refused domaintask.Credentials) (answer, error)
	calls int
}

func (s *scripted) fetch(ctx context.Context, refused domaintask.Credentials) (answer, error) {
	s.calls++
	return s.next(ctx, refused)
}

var errDown = errors.New("the source is down")

// query returns the parameters of a request, in its URL or its body.
func query(req *http.Request) url.Values { return req.Form }
