package domaintask_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/benchtest"
	"github.com/stretchr/testify/require"
)

var drainTimes = flag.Bool("drain.times", false, "print the times of TestDrainTimes as benchmarks print theirs")

// TestDrainTimes drains lists at a service that takes its time, in virtual time:
// each in no more than the goal, most of which internal/bench shows. No page is
// read in vain.
func TestDrainTimes(t *testing.T) {
	t.Parallel()
	accept := func(context.Context, domaintask.TaskDetail) error { return nil }
	for _, tt := range []struct {
		name  string
		list  *benchtest.List
		drain func(context.Context, *domaintask.Client) (domaintask.DrainResult, error)
		goal  time.Duration
		polls int // at most
		acks  int
	}{
		{
			name: "tasks", list: benchtest.NewList(100_000, 50*time.Millisecond), goal: 5500 * time.Millisecond, polls: 102, acks: 1000,
			drain: func(ctx context.Context, client *domaintask.Client) (domaintask.DrainResult, error) {
				return client.Drain(ctx, domaintask.PollTaskResultRequest{}, accept)
			},
		},
		{
			name: "handlers", list: benchtest.NewList(1000, 200*time.Millisecond), goal: 1650 * time.Millisecond, polls: 2, acks: 11,
			drain: func(ctx context.Context, client *domaintask.Client) (domaintask.DrainResult, error) {
				return client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error {
					<-time.After(10 * time.Millisecond)
					return nil
				}, domaintask.WithConcurrency(10))
			},
		},
		{
			name: "handlers and pages", list: benchtest.NewList(4000, 50*time.Millisecond), goal: 4400 * time.Millisecond, polls: 5, acks: 44,
			drain: func(ctx context.Context, client *domaintask.Client) (domaintask.DrainResult, error) {
				return client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error {
					<-time.After(10 * time.Millisecond)
					return nil
				}, domaintask.WithConcurrency(10))
			},
		},
		{
			name: "batches", list: benchtest.NewList(40_000, 50*time.Millisecond), goal: 3500 * time.Millisecond, polls: 42, acks: 400,
			drain: func(ctx context.Context, client *domaintask.Client) (domaintask.DrainResult, error) {
				return client.DrainBatches(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, *domaintask.Batch) error {
					<-time.After(60 * time.Millisecond) // a transaction
					return nil
				})
			},
		},
		{
			name: "moving", list: moving(benchtest.NewList(20_000, 50*time.Millisecond), 220), goal: 1600 * time.Millisecond, polls: 30, acks: 240,
			drain: func(ctx context.Context, client *domaintask.Client) (domaintask.DrainResult, error) {
				return client.Drain(ctx, domaintask.PollTaskResultRequest{}, accept)
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: tt.list}})
				start := time.Now()
				result, err := tt.drain(t.Context(), client)
				took := time.Since(start)
				require.NoError(t, err)
				require.True(t, result.Complete)
				require.Equal(t, result.Handled, result.Acknowledged)
				listed, polls, acks, inFlight := tt.list.Stats()
				t.Logf("%v, %d polls, %d acknowledgements, %d calls at once; %d tasks, %d still listed", took, polls, acks, inFlight, result.Handled, listed)
				require.LessOrEqual(t, took, tt.goal)
				require.LessOrEqual(t, polls, tt.polls)
				require.LessOrEqual(t, acks, tt.acks)
				require.LessOrEqual(t, inFlight, 17)
				if *drainTimes {
					fmt.Printf("BenchmarkDrain/%s 1 %d ns/op\n", tt.name, took.Nanoseconds())
				}
			})
		})
	}
}

// moving lets one task join the list and one leave it at each of n calls.
func moving(list *benchtest.List, n int) *benchtest.List {
	list.Joins, list.Leaves = n, n
	return list
}
