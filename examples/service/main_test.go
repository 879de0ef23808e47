package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// record is a line of the log.
type record struct{ Level, Msg, Address, Domain, Result string }

// readUntil reads the log up to the record with the given message.
func readUntil(t *testing.T, log *bufio.Scanner, msg string) (r record) {
	t.Helper()
	for r.Msg != msg {
		require.True(t, log.Scan(), "the log ended before: %s", msg)
		r = record{}
		require.NoError(t, json.Unmarshal(log.Bytes(), &r), log.Text())
	}
	return r
}

// The service runs over loopback, with and without faults. The time for each phase
// depends on the machine, so the test waits for the next request to the service,
// and then checks health again.
func TestRecovery(t *testing.T) {
	t.Parallel()
	emulator := clitest.Service(t, domaintasktest.Tasks(30, 1)...)
	asked := make(chan struct{}, 1)
	answer := func(fault domaintasktest.Fault) {
		emulator.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
			select {
			case asked <- struct{}{}:
			default: // it is already known
			}
			return fault
		})
	}
	answer(domaintasktest.Fault{})

	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	var text clitest.Buffer
	// No flag permits such frequent calls.
	opts := options{interval: 5 * time.Millisecond, stale: 500 * time.Millisecond}
	service, err := newService(emulator.Config(), opts, newLogger(io.MultiWriter(&text, write)))
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() {
		ended <- service.run(ctx, listener)
		write.Close()
	}()
	log := bufio.NewScanner(read)
	address := "http://" + readUntil(t, log, "started").Address
	go io.Copy(io.Discard, read)

	client := &http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	until := func(want int) {
		for status := 0; status != want; status, _ = get(t, client, address+"/healthz") {
			<-asked
		}
	}
	until(http.StatusOK)
	answer(domaintasktest.ServiceUnavailable())
	until(http.StatusServiceUnavailable)
	answer(domaintasktest.Fault{})
	until(http.StatusOK)

	status, vars := get(t, client, address+"/debug/vars")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, vars, `"503 ServiceUnavailable": `)
	require.Contains(t, vars, `"acknowledged": 30`)
	for _, path := range []string{"/", "/debug/pprof/", "/debug"} {
		status, _ := get(t, client, address+path)
		require.Equal(t, http.StatusNotFound, status, path)
	}

	stop()
	require.NoError(t, <-ended, text.String())
	require.Len(t, emulator.Acknowledged(), 30)
	require.NotContains(t, text.String()+vars, domaintasktest.DefaultAccessKeySecret)
}

func TestWithoutItsPortNothingIsSent(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	emulator := clitest.Service(t)
	got := clitest.Start(t.Context(), run, emulator.URL, "-listen", taken.Addr().String())
	require.Equal(t, cli.ExitError, got.Code)
	require.Len(t, clitest.Lines(got.Stderr), 1)
	require.Contains(t, got.Stderr, taken.Addr().String())
	require.Empty(t, emulator.Requests())
}

// Nothing that the service forwards may steer a terminal.
func TestALineForEachTask(t *testing.T) {
	t.Parallel()
	var log clitest.Buffer
	task := domaintask.TaskDetail{DomainName: "evil\u202emoc.example", ErrorMsg: "two\r\nlines\x1b[2J\u009b"}
	require.NoError(t, handle(t.Context(), newLogger(&log), task))
	var r record
	require.NoError(t, json.Unmarshal([]byte(log.String()), &r))
	require.Equal(t, record{Level: "INFO", Msg: "task finished", Domain: "evil moc.example", Result: "two  lines [2J "}, r)
}

func TestBinary(t *testing.T) {
	t.Parallel()
	binary := clitest.Build(t)
	binary.RequireKeyNeeded(t)

	cmd, stdout, _ := binary.Command(t, nil, "-emulator", "-listen", "127.0.0.1:0", "-interval", "20ms")
	cmd.Stderr = nil
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	log := bufio.NewScanner(stderr)
	address := readUntil(t, log, "started").Address
	for range 6 { // one more than have finished
		readUntil(t, log, "task finished")
	}
	client := &http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	status, health := get(t, client, "http://"+address+"/healthz")
	require.Equal(t, http.StatusOK, status, health)

	clitest.Terminate(t, cmd)
	readUntil(t, log, "stopped")
	require.False(t, log.Scan(), log.Text())
	require.NoError(t, cmd.Wait())
	require.Empty(t, stdout.String())
}
