package portfolio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

func validKey(context.Context) (Key, error) {
	return Key{ID: domaintasktest.DefaultAccessKeyID, Secret: domaintasktest.DefaultAccessKeySecret}, nil
}

// open returns a registrar that reaches a service with these tasks.
func open(t *testing.T, key func(context.Context) (Key, error), tasks ...domaintask.TaskDetail) (Registrar, *domaintasktest.Server) {
	t.Helper()
	service := domaintasktest.NewServer(tasks...)
	t.Cleanup(service.Close)
	reach := service.Config()
	registrar, err := New(key, WithEndpoint(reach.Endpoint), WithHTTPClient(reach.HTTPClient))
	require.NoError(t, err)
	return registrar, service
}

// collect reads until an error or the end.
func collect(ctx context.Context, registrar Registrar, filter Filter) (jobs []Job, err error) {
	for job, err := range registrar.Finished(ctx, filter) {
		if err != nil {
			return jobs, err
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

func TestFinished(t *testing.T) {
	t.Parallel()
	tasks := []domaintask.TaskDetail{
		{TaskDetailNo: "1", DomainName: "a.example", TaskType: "CHG_DNS", TaskStatusCode: domaintask.StatusCodeSuccess, UpdateTime: "2026-01-31 08:00:00", ErrorMsg: "The operation is successful."},
		{TaskDetailNo: "2", DomainName: "b.example", TaskType: "ORDER_RENEW", TaskStatusCode: domaintask.StatusCodeFailure, UpdateTime: "2026-01-31 08:00:01", ErrorMsg: "The domain name is locked."},
		{TaskDetailNo: "3", DomainName: "b.example", TaskStatus: "PAUSED", TaskStatusCode: 9},
	}
	want := []Job{
		{ID: "1", Domain: "a.example", Kind: "CHG_DNS", State: Done, Ended: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
		{ID: "2", Domain: "b.example", Kind: "ORDER_RENEW", State: Failed, Detail: "The domain name is locked.", Ended: time.Date(2026, 1, 31, 0, 0, 1, 0, time.UTC)},
		{ID: "3", Domain: "b.example", State: Unknown},
	}
	registrar, service := open(t, validKey, tasks...)
	for _, tt := range []struct {
		filter Filter
		want   []Job
	}{
		{Filter{}, want},
		{Filter{Domain: "b.example"}, want[1:]},
		{Filter{FailedOnly: true}, want[1:2]},
		{Filter{Domain: "c.example"}, nil},
	} {
		jobs, err := collect(t.Context(), registrar, tt.filter)
		require.NoError(t, err)
		for i := range jobs {
			if !jobs[i].Ended.IsZero() {
				jobs[i].Ended = jobs[i].Ended.UTC()
			}
		}
		require.Equal(t, tt.want, jobs)
	}
	require.Contains(t, service.Requests()[0].UserAgent, "portfolio")

	for range registrar.Finished(t.Context(), Filter{}) {
		break // as any loop may
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(250, 1)
	registrar, service := open(t, validKey, tasks...)
	var ids []string
	for _, task := range tasks {
		ids = append(ids, task.TaskDetailNo)
	}
	require.NoError(t, registrar.Confirm(t.Context()))
	require.Empty(t, service.Requests(), "nothing to confirm")
	require.NoError(t, registrar.Confirm(t.Context(), ids...))
	require.Len(t, service.Requests(), 3)
	require.Empty(t, service.Tasks())
}

// Each error is one of this package's, and no other can be matched.
func TestErrorsAreTranslated(t *testing.T) {
	t.Parallel()
	noKey := func(context.Context) (Key, error) { return Key{}, errors.New("the vault is sealed") }
	wrongKey := func(context.Context) (Key, error) { return Key{ID: "testid", Secret: "wrong"}, nil }
	for name, tt := range map[string]struct {
		key    func(context.Context) (Key, error)
		fault  domaintasktest.Fault
		filter Filter
		want   error
		check  func(*testing.T, *Error)
	}{
		"no key":    {key: noKey, want: ErrAccess},
		"wrong key": {key: wrongKey, want: ErrAccess, check: func(t *testing.T, e *Error) { require.NotEmpty(t, e.RequestID) }},
		"forbidden": {fault: domaintasktest.APIError(403, "Forbidden.RAM", "no"), want: ErrAccess},
		"throttled": {fault: domaintasktest.Throttle(time.Hour), want: ErrBusy, check: func(t *testing.T, e *Error) {
			require.Equal(t, time.Hour, e.Wait)
			require.NotEmpty(t, e.RequestID)
		}},
		"gateway":   {fault: domaintasktest.Foreign(200, "text/html", "<html>"), want: ErrUnavailable},
		"broken":    {fault: domaintasktest.InternalError(), want: ErrUnavailable},
		"parameter": {filter: Filter{Domain: "a\x00b"}, want: ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.key == nil {
				tt.key = validKey
			}
			registrar, service := open(t, tt.key, domaintasktest.Tasks(3, 1)...)
			service.InjectAlways(tt.fault)
			// No wait before a retry exceeds the deadline.
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			jobs, err := collect(ctx, registrar, tt.filter)
			require.Empty(t, jobs)
			require.ErrorIs(t, err, tt.want)
			var own *Error
			require.ErrorAs(t, err, &own)
			if tt.check != nil {
				tt.check(t, own)
			}
			require.NotContains(t, err.Error(), "domaintask")
			require.False(t, isVisible(err), "an error of the underlying library is visible: %v", err)
			require.NotContains(t, err.Error(), domaintasktest.DefaultAccessKeySecret)
		})
	}

	_, err := New(nil, WithTimeout(-1), WithEndpoint("http://example.com"))
	require.ErrorIs(t, err, ErrInvalid)
	require.False(t, isVisible(err))
	require.NotContains(t, err.Error(), "domaintask")

	registrar, _ := open(t, validKey)
	require.NoError(t, registrar.Confirm(t.Context(), "unknown"))
	err = registrar.Confirm(t.Context(), "")
	require.ErrorIs(t, err, ErrInvalid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, registrar.Confirm(ctx, "1"), context.Canceled)
	_, err = collect(ctx, registrar, Filter{})
	require.ErrorIs(t, err, context.Canceled)
}

// isVisible reports whether an error of domaintask can be matched.
func isVisible(err error) bool {
	var (
		api    *domaintask.APIError
		call   *domaintask.CallError
		decode *domaintask.DecodeError
		param  *domaintask.ParamError
		walk   *domaintask.WalkError
	)
	return errors.As(err, &api) || errors.As(err, &call) || errors.As(err, &decode) || errors.As(err, &param) || errors.As(err, &walk)
}

func TestOptionsArePassedThrough(t *testing.T) {
	t.Parallel()
	service := domaintasktest.NewServer()
	t.Cleanup(service.Close)
	reach := service.Config()
	var log bytes.Buffer
	registrar, err := New(validKey, WithEndpoint(reach.Endpoint), WithHTTPClient(reach.HTTPClient), WithTimeout(time.Minute),
		WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.NoError(t, err)
	_, err = collect(t.Context(), registrar, Filter{})
	require.NoError(t, err)
	require.Contains(t, log.String(), "action=PollTaskResult")
}

// Nothing exported mentions the underlying library.
func TestTheBoundary(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		require.NoError(t, err)
		ast.FileExports(file) // keeps exported declarations, and bodies
		ast.Inspect(file, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok {
				require.NotEqual(t, "domaintask", fmt.Sprint(selector.X), "%s: %s", set.Position(node.Pos()), selector.Sel)
			}
			_, body := node.(*ast.BlockStmt)
			return !body
		})
	}
}
