package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestMain runs the program itself in a process that a test starts.
func TestMain(m *testing.M) {
	if os.Getenv("DRAIN_SQLITE_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command returns the program as a separate process, which is killed when ctx ends.
func command(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "DRAIN_SQLITE_MAIN=1",
		"ALIBABA_CLOUD_ACCESS_KEY_ID="+domaintasktest.DefaultAccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+domaintasktest.DefaultAccessKeySecret)
	return cmd
}

// stored returns how often each task is in the table.
func stored(t *testing.T, db *sql.DB) map[string]int {
	t.Helper()
	rows, err := db.Query("SELECT task_detail_no FROM tasks")
	require.NoError(t, err)
	defer rows.Close()
	tasks := map[string]int{}
	for rows.Next() {
		var no string
		require.NoError(t, rows.Scan(&no))
		tasks[no]++
	}
	require.NoError(t, rows.Err())
	return tasks
}

// TestKill kills the program, as kill -9 does, at each of its requests and some
// time after each: before and after the service has processed it. All acknowledged
// tasks must be in the table. At last the program runs undisturbed, and every task
// is in the table once.
func TestKill(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tasks.db")
	tasks := domaintasktest.Tasks(600, 1)
	server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true}, tasks...)
	t.Cleanup(server.Close)
	db, err := open(file)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })

	killed := 0
	for point := range 32 {
		ctx, kill := context.WithCancel(t.Context())
		dead := make(chan struct{})
		var requests atomic.Int32
		at := int32(1 + point/4) // the request to be killed at, four times each
		server.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
			if requests.Add(1) != at {
				return domaintasktest.Fault{}
			}
			switch point % 4 {
			case 0: // at once, and the request is lost
				kill()
				<-dead
				return domaintasktest.CloseConnection()
			case 1: // at once, and only the response is lost
				kill()
				<-dead
				return domaintasktest.CloseConnection().AfterProcessing()
			}
			time.AfterFunc(time.Duration(point)*time.Millisecond, kill)
			return domaintasktest.Fault{}
		})
		if command(ctx, t, "-db", file, "-batch", "25", "-endpoint", server.URL).Run() != nil {
			killed++
		}
		close(dead)
		kill()
		in := stored(t, db)
		for _, no := range server.Acknowledged() {
			require.Equal(t, 1, in[no], "%s is acknowledged and not stored, after %d requests", no, at)
		}
		if len(server.Tasks()) < 100 {
			server.Add(domaintasktest.Tasks(600, uint64(2+point))...)
			tasks = append(tasks, domaintasktest.Tasks(600, uint64(2+point))...)
		}
	}
	require.Greater(t, killed, 16, "it was killed while it worked")

	server.InjectFunc(nil)
	out, err := command(t.Context(), t, "-db", file, "-endpoint", server.URL).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, server.Tasks())
	in := stored(t, db)
	require.Len(t, in, len(tasks))
	for _, task := range tasks {
		require.Equal(t, 1, in[task.TaskDetailNo], task.TaskDetailNo)
	}
}

// Without the database nothing is acknowledged, and there is one error.
func TestStop(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServer(domaintasktest.Tasks(50, 1)...)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "tasks.db")
	db, err := open(file)
	require.NoError(t, err)
	_, err = db.Exec(`CREATE TRIGGER full BEFORE INSERT ON tasks WHEN (SELECT count(*) FROM tasks) >= 30 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	result, err := run(t.Context(), server.Config(), file, domaintask.WithBatchSize(20))
	require.ErrorIs(t, err, domaintask.ErrStop)
	require.ErrorContains(t, err, "the disk is full")
	require.Equal(t, 20, result.Acknowledged)
	require.Equal(t, 20, result.Refused)
	require.Len(t, server.Tasks(), 30)
}

// TestEmulator runs the command of the README.
func TestEmulator(t *testing.T) {
	t.Parallel()
	out, err := command(t.Context(), t, "-emulator", "-db", filepath.Join(t.TempDir(), "tasks.db")).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, "stored 3000 tasks, acknowledged 3000\n", string(out))
}

// Invalid arguments are refused before anything is sent.
func TestRefuses(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-endpoint", "https://user:hunter2@example.com"}, {"-db", filepath.Join(t.TempDir(), "no", "such", "directory"), "-emulator"}} {
		out, err := command(t.Context(), t, args...).CombinedOutput()
		require.Error(t, err, fmt.Sprint(args))
		require.NotContains(t, string(out), "hunter2")
	}
	_, err := run(t.Context(), domaintask.Config{}, "")
	require.ErrorContains(t, err, "Credentials is required")
}
