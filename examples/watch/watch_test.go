package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// watching is a running watch, in a bubble of synctest.
type watching struct {
	t       *testing.T
	service *domaintasktest.Server
	send    http.RoundTripper
	fail    func(*http.Request) (*http.Response, error) // replaces the service unless it returns nil, nil
	stdout  clitest.Buffer
	stderr  clitest.Buffer
	stop    context.CancelFunc
	ended   chan error
}

// RoundTrip sends requests that fail does not handle.
func (w *watching) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.fail != nil {
		if resp, err := w.fail(r); resp != nil || err != nil {
			return resp, err
		}
	}
	return w.send.RoundTrip(r)
}

// begin watches with an interval of ten seconds.
func begin(t *testing.T, fail func(*http.Request) (*http.Response, error), tasks ...domaintask.TaskDetail) *watching {
	t.Helper()
	w := &watching{t: t, fail: fail, ended: make(chan error, 1)}
	w.service = domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true}, tasks...)
	t.Cleanup(w.service.Close)
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	config := w.service.Config()
	w.send = config.HTTPClient.Transport
	config.HTTPClient = &http.Client{Transport: w}
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	go func() {
		w.ended <- watch(ctx, client, options{interval: 10 * time.Second}, &w.stdout, slog.New(slog.NewTextHandler(&w.stderr, nil)))
	}()
	return w
}

// after waits.
func (w *watching) after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// printed returns the number of printed tasks.
func (w *watching) printed() int { return strings.Count(w.stdout.String(), "\n") }

// end stops the watch, which must not take longer than within.
func (w *watching) end(within time.Duration) error {
	w.t.Helper()
	start := time.Now()
	w.stop()
	err := <-w.ended
	require.LessOrEqual(w.t, time.Since(start), within)
	return err
}

// refuse returns an error response of the service.
func refuse(status int, code string) (*http.Response, error) {
	body := `{"Code":"` + code + `","Message":"no","RequestId":"R-1"}`
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func acknowledges(r *http.Request) bool {
	return strings.Contains(r.URL.RawQuery, "AcknowledgeTaskResult")
}

func TestTasksAreHandledAsTheyFinish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tasks := domaintasktest.Tasks(1250, 1)
		w := begin(t, nil, tasks[:1200]...)
		w.after(2 * time.Second)
		require.Equal(t, 1200, w.printed())
		require.Len(t, w.service.Acknowledged(), 1200)

		w.service.Add(tasks[1200:]...)
		w.after(2 * time.Minute)
		require.Equal(t, 1250, w.printed())
		require.Len(t, w.service.Acknowledged(), 1250)
		require.Empty(t, w.service.Tasks())

		require.NoError(t, w.end(0))
		require.Contains(t, w.stderr.String(), "handled=1250 acknowledged=1250")
		require.NotContains(t, w.stderr.String(), "level=WARN")
	})
}

// The interval comes from the options, not from the library.
func TestIntervalIsPassedOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, nil, domaintasktest.Tasks(1, 1)...)
		w.after(time.Second)
		require.Equal(t, 1, w.printed())
		w.service.Add(domaintasktest.Tasks(1, 2)...)
		w.after(12 * time.Second)
		require.Equal(t, 2, w.printed())
		require.NoError(t, w.end(0))
	})
}

func TestStopAcknowledgesHandledTasks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, nil, domaintasktest.Tasks(5, 2)...)
		synctest.Wait()
		require.Equal(t, 5, w.printed())
		require.Empty(t, w.service.Acknowledged(), "it waits for more")
		require.NoError(t, w.end(0))
		require.Len(t, w.service.Acknowledged(), 5)
	})
}

func TestTemporaryErrors(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() (*http.Response, error){
		"503":               func() (*http.Response, error) { return refuse(503, "ServiceUnavailable") },
		"throttled":         func() (*http.Response, error) { return refuse(400, "Throttling.User") },
		"broken connection": func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				w := begin(t, func(*http.Request) (*http.Response, error) {
					if since := time.Since(start); since < time.Minute {
						return fail()
					}
					return nil, nil
				}, domaintasktest.Tasks(5, 3)...)
				w.after(59 * time.Second)
				require.Zero(t, w.printed())
				require.Contains(t, w.stderr.String(), "polling failed")
				w.after(5 * time.Minute)
				require.Equal(t, 5, w.printed())
				require.Len(t, w.service.Acknowledged(), 5)
				require.NoError(t, w.end(0))
			})
		})
	}
}

func TestAcknowledgingIsRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := begin(t, func(r *http.Request) (*http.Response, error) {
			if acknowledges(r) && time.Since(start) < 5*time.Minute {
				return refuse(503, "ServiceUnavailable")
			}
			return nil, nil
		}, domaintasktest.Tasks(250, 4)...)
		w.after(4 * time.Minute)
		require.Equal(t, 250, w.printed())
		require.Empty(t, w.service.Acknowledged())
		w.after(2 * time.Minute)
		require.Len(t, w.service.Acknowledged(), 250)
		require.NoError(t, w.end(0))
		require.Equal(t, 250, w.printed())
	})
}

func TestAcknowledgingDoesNotDelayTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, func(r *http.Request) (*http.Response, error) {
			if acknowledges(r) {
				<-r.Context().Done() // a service that does not respond
				return nil, r.Context().Err()
			}
			return nil, nil
		}, domaintasktest.Tasks(250, 5)...)
		w.after(time.Second)
		require.ErrorContains(t, w.end(grace), "will be listed again")
		require.Contains(t, w.stderr.String(), "acknowledged=0")
		require.Len(t, w.service.Tasks(), 250)
	})
}

func TestLastingErrorsEndTheWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		w := begin(t, func(r *http.Request) (*http.Response, error) {
			if !acknowledges(r) && time.Since(start) > time.Minute {
				return refuse(403, "Forbidden.RAM")
			}
			return nil, nil
		}, domaintasktest.Tasks(5, 6)...)
		err := <-w.ended
		require.ErrorIs(t, err, domaintask.ErrForbidden)
		require.Len(t, w.service.Acknowledged(), 5)
	})
}

// brokenAfter is a disk with room for a number of lines.
type brokenAfter struct {
	lines int
	full  error
}

func (b *brokenAfter) Write(p []byte) (int, error) {
	if b.lines == 0 {
		return 0, b.full
	}
	b.lines--
	return len(p), nil
}

func TestUnprintedTasksAreNotAcknowledged(t *testing.T) {
	t.Parallel()
	service := clitest.Service(t, domaintasktest.Tasks(300, 7)...)
	var stderr clitest.Buffer
	stdout := &brokenAfter{lines: 120, full: errors.New("the disk is full")}
	code := run(t.Context(), []string{"-endpoint", service.URL}, clitest.Key(), stdout, &stderr)
	require.Equal(t, cli.ExitError, code)
	require.Len(t, service.Acknowledged(), 120)
	notes := clitest.Lines(stderr.String())
	require.Equal(t, "watch: writing the tasks: the disk is full", notes[len(notes)-1])
}

// Nothing that the service forwards may steer a terminal.
func TestHandlePrintsOneLine(t *testing.T) {
	t.Parallel()
	var stdout clitest.Buffer
	task := domaintask.TaskDetail{DomainName: "evil\u202emoc.example", ErrorMsg: "two\r\nlines\x1b[2J", UpdateTime: "2018-03-26 15:22:18", TaskStatus: domaintask.StatusFailure, TaskType: "ORDER_RENEW"}
	require.NoError(t, handle(&stdout, task))
	require.Equal(t, "2018-03-26 15:22:18  ORDER_RENEW                evil moc.example  failed: two  lines [2J\n", stdout.String())
}

// Only failed tasks are reported as failed.
func TestHandleReportsTheOutcome(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		task domaintask.TaskDetail
		want string
	}{
		{domaintask.TaskDetail{TaskStatus: domaintask.StatusSuccess}, "ok"},
		{domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeSuccess}, "ok"},
		{domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeFailure, ErrorMsg: "It is locked."}, "failed: It is locked."},
		{domaintask.TaskDetail{TaskStatus: "PAUSED", ErrorMsg: "Wait."}, "PAUSED"},
		{domaintask.TaskDetail{}, "unknown"},
	} {
		var stdout clitest.Buffer
		require.NoError(t, handle(&stdout, tt.task))
		require.True(t, strings.HasSuffix(stdout.String(), "  "+tt.want+"\n"), stdout.String())
	}
}

func TestBinary(t *testing.T) {
	t.Parallel()
	binary := clitest.Build(t)
	binary.RequireKeyNeeded(t)
	binary.RequireStdoutNeeded(t)

	service := clitest.Service(t, domaintasktest.Tasks(30, 8)...)
	cmd, _, stderr := binary.Command(t, clitest.KeyEnv(), "-endpoint", service.URL, "-interval", "1s")
	cmd.Stdout = nil
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(stdout)
	for range 30 {
		require.True(t, lines.Scan())
	}
	service.Add(domaintasktest.Tasks(1, 9)...)
	require.True(t, lines.Scan(), "a task that finished later")

	clitest.Terminate(t, cmd)
	require.False(t, lines.Scan())
	require.NoError(t, cmd.Wait(), stderr)
	require.Len(t, service.Acknowledged(), 31)
	require.Contains(t, stderr.String(), "handled=31 acknowledged=31")
}

func TestEmulator(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var stderr clitest.Buffer
	code := run(ctx, []string{"-emulator"}, nil, &onWrite{do: stop}, &stderr)
	require.Equal(t, cli.ExitOK, code, stderr.String())
	notes := clitest.Lines(stderr.String())
	require.Len(t, notes, 3)
	require.Contains(t, notes[0], "in-memory service at https://127.0.0.1:")
	require.Contains(t, notes[2], "handled=1 acknowledged=1")
}

// onWrite calls a function at every write.
type onWrite struct{ do func() }

func (o *onWrite) Write(p []byte) (int, error) {
	o.do()
	return len(p), nil
}
