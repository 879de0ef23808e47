package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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

// written is the ids of the tasks in text, sorted.
func written(t *testing.T, text string) []string {
	t.Helper()
	var ids []string
	for line := range strings.Lines(text) {
		var task domaintask.TaskDetail
		require.NoError(t, json.Unmarshal([]byte(line), &task), line)
		ids = append(ids, task.TaskDetailNo)
	}
	slices.Sort(ids)
	return ids
}

// idsOf is the ids of tasks, sorted.
func idsOf(tasks []domaintask.TaskDetail) []string {
	var ids []string
	for _, task := range tasks {
		ids = append(ids, task.TaskDetailNo)
	}
	slices.Sort(ids)
	return ids
}

func acknowledged(service *domaintasktest.Server) []string {
	return slices.Sorted(slices.Values(service.Acknowledged()))
}

func TestEveryTaskIsWrittenAndAcknowledged(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(1234, 1)
	for name, args := range map[string][]string{
		"as it comes":           nil,
		"one after the other":   {"-concurrency", "1"},
		"many in small batches": {"-concurrency", "50", "-batch", "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := clitest.Service(t, tasks...)
			got := clitest.Start(t.Context(), run, service.URL, args...)
			require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
			require.Equal(t, idsOf(tasks), written(t, got.Stdout))
			require.Equal(t, idsOf(tasks), acknowledged(service))
			require.Empty(t, service.Tasks())
			require.Len(t, clitest.Lines(got.Stderr), 1)
			require.Contains(t, got.Stderr, "drain: handled 1234 tasks, acknowledged 1234; 2 rounds, ")
		})
	}
}

func TestBatchIsPassedOn(t *testing.T) {
	t.Parallel()
	for batch, want := range map[string]int{"7": 15, "50": 2, "100": 1} {
		service := clitest.Service(t, domaintasktest.Tasks(100, 1)...)
		got := clitest.Start(t.Context(), run, service.URL, "-batch", batch)
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
		calls := 0
		for _, r := range service.Requests() {
			if r.Action == "AcknowledgeTaskResult" {
				calls++
			}
		}
		require.Equal(t, want, calls)
	}
}

func TestConcurrencyIsPassedOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true}, domaintasktest.Tasks(30, 1)...)
		defer service.Close()
		client, err := domaintask.NewClient(service.Config())
		require.NoError(t, err)
		opts, err := parseFlags([]string{"-concurrency", "7"})
		require.NoError(t, err)
		begin := time.Now()
		_, err = client.Drain(t.Context(), opts.Request, func(context.Context, domaintask.TaskDetail) error {
			<-time.After(time.Second)
			return nil
		}, opts.drain()...)
		require.NoError(t, err)
		require.Equal(t, 5*time.Second, time.Since(begin), "30 tasks, seven at once")
	})
}

func TestNothingToDo(t *testing.T) {
	t.Parallel()
	service := clitest.Service(t)
	got := clitest.Start(t.Context(), run, service.URL)
	require.Equal(t, cli.ExitOK, got.Code)
	require.Empty(t, got.Stdout)
	require.Len(t, service.Requests(), 1)
	require.Contains(t, got.Stderr, "handled 0 tasks, acknowledged 0; 1 round, ")
}

func TestRefusedTasksStayListed(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(300, 2)
	refused := slices.DeleteFunc(slices.Clone(tasks), func(task domaintask.TaskDetail) bool {
		return task.TaskType != domaintask.TaskTypeOrderRenew && task.TaskType != domaintask.TaskTypeChangeDNS
	})
	require.NotEmpty(t, refused)
	service := clitest.Service(t, tasks...)

	got := clitest.Start(t.Context(), run, service.URL, "-refuse", "order_renew", "-refuse", "CHG_DNS")
	require.Equal(t, cli.ExitError, got.Code)
	require.Equal(t, refused, service.Tasks())
	require.Equal(t, acknowledged(service), written(t, got.Stdout))
	require.Contains(t, got.Stderr, refused[0].TaskType+" is refused")
	require.Contains(t, got.Stderr, ", which stay listed; ")
	require.LessOrEqual(t, len(clitest.Lines(got.Stderr)), 12)
}

// Whatever of the list is asked for, nothing else is acknowledged.
func TestFiltersChooseTasks(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(200, 3)
	one := tasks[7]
	for _, args := range [][]string{
		{"-status", "failed"}, {"-status", "succeeded"}, {"-status", "all"},
		{"-domain", one.DomainName}, {"-task", one.TaskNo}, {"-instance", one.InstanceID},
	} {
		service := clitest.Service(t, tasks...)
		got := clitest.Start(t.Context(), run, service.URL, args...)
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)

		chosen := slices.DeleteFunc(slices.Clone(tasks), func(task domaintask.TaskDetail) bool {
			return args[1] == "failed" && !task.Failed() || args[1] == "succeeded" && !task.Succeeded() ||
				args[0] == "-domain" && task.DomainName != one.DomainName ||
				args[0] == "-task" && task.TaskNo != one.TaskNo ||
				args[0] == "-instance" && task.InstanceID != one.InstanceID
		})
		require.NotEmpty(t, chosen)
		require.Equal(t, idsOf(chosen), acknowledged(service), args)
		require.Equal(t, idsOf(chosen), written(t, got.Stdout))
	}
}

// interrupter passes on what is written, and interrupts at the nth line.
type interrupter struct {
	clitest.Buffer
	left      int
	interrupt func()
}

func (i *interrupter) Write(p []byte) (int, error) {
	i.left -= bytes.Count(p, []byte("\n"))
	if i.left <= 0 {
		i.interrupt()
	}
	return i.Buffer.Write(p)
}

func TestInterruptAcknowledgesWhatWasWritten(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []string{"1", "8"} {
		ctx, interrupt := context.WithCancel(t.Context())
		stdout := &interrupter{left: 150, interrupt: interrupt}
		var stderr bytes.Buffer
		service := clitest.Service(t, domaintasktest.Tasks(400, 4)...)
		code := run(ctx, []string{"-endpoint", service.URL, "-concurrency", concurrency}, clitest.Key(), stdout, &stderr)

		require.Equal(t, cli.ExitError, code)
		done := written(t, stdout.String())
		require.GreaterOrEqual(t, len(done), 150)
		require.Less(t, len(done), 170)
		require.Equal(t, done, acknowledged(service))
		notes := clitest.Lines(stderr.String())
		require.Len(t, notes, 2)
		require.Equal(t, "drain: interrupted", notes[0])
	}
}

func TestAcknowledgementThatFailsIsReported(t *testing.T) {
	t.Parallel()
	service := clitest.Service(t, domaintasktest.Tasks(5, 5)...)
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("Action") == "AcknowledgeTaskResult" {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"Code":"Forbidden.RAM","Message":"not\u001byours","RequestId":"R-2"}`)
			return
		}
		service.ServeHTTP(w, r)
	})
	got := clitest.Start(t.Context(), run, url)
	require.Equal(t, cli.ExitError, got.Code)
	require.Len(t, written(t, got.Stdout), 5)
	require.Contains(t, got.Stderr, "domain:AcknowledgeTaskResult")
	require.Contains(t, got.Stderr, "handled 5 tasks, acknowledged 0, the other 5 will come again; ")
	require.NotContains(t, got.Stderr, "\x1b")
}

// Stopping takes as long as an acknowledgement does that nobody answers. What
// supervises programs commonly kills them 30 seconds after SIGTERM.
func TestDefaultTimeout(t *testing.T) {
	t.Parallel()
	for want, args := range map[time.Duration][]string{10 * time.Second: nil, time.Minute: {"-timeout", "1m"}} {
		opts, err := parseFlags(args)
		require.NoError(t, err)
		require.Equal(t, want, opts.Timeout)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	refusal := &domaintask.TaskError{TaskDetailNo: "7", Err: errors.New("refused")}
	// Of an acknowledgement that was broken off, which is a context.Canceled, too.
	unconfirmed := &domaintask.CallError{Action: "AcknowledgeTaskResult", Err: context.Canceled}
	walk := &domaintask.WalkError{PageNum: 1, Err: context.Canceled}
	for name, tt := range map[string]struct {
		done       domaintask.DrainResult
		err, cause error
		want       []string // how the lines begin
	}{
		"interrupted": {
			domaintask.DrainResult{Handled: 3, Acknowledged: 1, Rounds: 1},
			errors.Join(walk, unconfirmed, refusal), context.Canceled,
			[]string{"interrupted", "AcknowledgeTaskResult: context canceled", "task 7: refused", "handled 3 tasks, acknowledged 1, the other 2 will come again; 1 round, 1s"},
		},
		"a signal that came too late": {
			domaintask.DrainResult{Handled: 3, Acknowledged: 3, Refused: 1, Rounds: 2, Complete: true},
			errors.Join(refusal), context.Canceled,
			[]string{"task 7: refused", "handled 3 tasks, acknowledged 3, refused 1, which stay listed; 2 rounds, 1s"},
		},
		"a handler that has an error of usage": {
			domaintask.DrainResult{Refused: 1, Rounds: 2, Complete: true},
			errors.Join(&domaintask.TaskError{TaskDetailNo: "7", Err: &domaintask.ParamError{Param: "P", Reason: "is odd"}}), nil,
			[]string{"task 7: P is odd", "handled 0 tasks, acknowledged 0, refused 1, which stay listed; 2 rounds, 1s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said []string
			code := report(func(text string) { said = append(said, text) }, tt.done, time.Second, tt.err, tt.cause)
			require.Equal(t, cli.ExitError, code)
			require.Len(t, said, len(tt.want), said)
			for i, want := range tt.want {
				require.True(t, strings.HasPrefix(said[i], want), said[i])
			}
		})
	}
}

func TestEmulator(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tasks.jsonl")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-emulator", "-out", file}, nil, &stdout, &stderr)
	require.Equal(t, cli.ExitOK, code, stderr.String())
	require.Empty(t, stdout.String())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Len(t, written(t, string(text)), emulatedTasks)

	notes := clitest.Lines(stderr.String())
	require.Len(t, notes, 3)
	require.Contains(t, notes[0], "in-memory service at https://127.0.0.1:")
	require.Contains(t, notes[1], "handled 3000 tasks, acknowledged 3000; ")
	require.Contains(t, notes[2], "still lists 0 tasks")
}

func TestBinary(t *testing.T) {
	t.Parallel()
	binary := clitest.Build(t)
	binary.RequireKeyNeeded(t)
	binary.RequireStdoutNeeded(t)

	cmd, stdout, stderr := binary.Command(t, clitest.KeyEnv(), "-endpoint", clitest.Service(t, domaintasktest.Tasks(3, 6)...).URL)
	require.NoError(t, cmd.Run(), stderr)
	require.Len(t, written(t, stdout.String()), 3)

	// A task of the second page is on its way when the signal comes.
	service := clitest.Service(t, domaintasktest.Tasks(1500, 7)...)
	secondPage := make(chan struct{})
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("Action") == "PollTaskResult" && len(service.Acknowledged()) == 1000 {
			io.Copy(io.Discard, r.Body) // only then does the server watch the connection
			close(secondPage)
			<-r.Context().Done()
			return
		}
		service.ServeHTTP(w, r)
	})
	cmd, stdout, stderr = binary.Command(t, clitest.KeyEnv(), "-endpoint", url)
	require.NoError(t, cmd.Start())
	<-secondPage
	clitest.Terminate(t, cmd)
	require.Error(t, cmd.Wait())
	require.Equal(t, cli.ExitError, cmd.ProcessState.ExitCode(), "signal or crash: %s", stderr)
	require.Equal(t, acknowledged(service), written(t, stdout.String()))
	require.Contains(t, stderr.String(), "interrupted")
}
