package main

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

func TestHealthFollowsTheWorker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{emulator: domaintasktest.Options{Latency: 2 * time.Second}}.start(t)
		r.after(time.Second)
		r.requireHealth(http.StatusServiceUnavailable, "nothing has succeeded since the start; see the log")
		r.after(time.Second)
		r.requireHealth(http.StatusOK, "ok")

		r.emulator.InjectAlways(domaintasktest.InternalError())
		r.after(time.Minute)
		r.requireHealth(http.StatusOK, "ok")
		r.after(time.Second)
		r.requireHealth(http.StatusServiceUnavailable, "the last success was 1m1s ago; see the log")
		r.after(time.Hour)
		r.requireHealth(http.StatusServiceUnavailable, "the last success was 1h1m1s ago; see the log")

		r.emulator.Heal()
		r.after(time.Minute) // attempts, and intervals
		r.requireHealth(http.StatusOK, "ok")
		require.NoError(t, r.end(moment))
	})
}

func TestIntervalIsPassedOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{}.start(t)
		r.after(time.Minute + time.Second)
		require.Len(t, r.emulator.Requests(), 3, "at once, after ten seconds and after twenty: nothing finishes")
		require.NoError(t, r.end(moment))
	})
}

// A handled task that cannot be acknowledged is no success, even if the list can be
// read.
func TestHealthCountsAcknowledging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{
			emulator: domaintasktest.Options{Deny: []string{acknowledge}},
			tasks:    domaintasktest.Tasks(3, 1),
		}.start(t)
		r.after(time.Hour)
		r.requireHealth(http.StatusServiceUnavailable, "nothing has succeeded since the start; see the log")
		require.Contains(t, r.log.String(), "the RAM policy must allow domain:AcknowledgeTaskResult")
		require.ErrorContains(t, r.end(moment), "handled and not acknowledged: 3 tasks")
	})
}

// A refused access key does not end the service: the next one may be good.
func TestHealthReportsARefusedKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{
			tasks:  domaintasktest.Tasks(3, 1),
			before: func(r *running) { r.emulator.InjectAlways(domaintasktest.SignatureMismatch()) },
		}.start(t)
		r.after(time.Hour)
		r.requireHealth(http.StatusServiceUnavailable, "nothing has succeeded since the start; see the log")
		r.emulator.Heal()
		r.after(45 * time.Second)
		r.requireHealth(http.StatusOK, "ok")
		require.Len(t, r.emulator.Acknowledged(), 3)
		require.NoError(t, r.end(moment))
	})
}

// slow is a log that takes a second per line.
type slow struct{ lines int }

func (s *slow) Write(p []byte) (int, error) {
	s.lines++
	<-time.After(time.Second)
	return len(p), nil
}

// Handling a long list takes longer than the maximum age of a success.
func TestHealthDuringALongList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := new(slow)
		r := setup{
			tasks:   domaintasktest.Tasks(1000, 1),
			log:     log,
			options: func(o *options) { o.stale = 2 * time.Minute },
		}.start(t)
		r.after(2 * time.Minute)
		for range 14 {
			r.requireHealth(http.StatusOK, "ok")
			r.after(time.Minute)
		}
		require.Less(t, log.lines, 1000, "the first round has not ended")
		require.NoError(t, r.end(2*time.Second))
	})
}

// refusing is a log that is full.
type refusing struct{ after int }

func (f *refusing) Write(p []byte) (int, error) {
	if f.after == 0 {
		return 0, errors.New("the disk is full")
	}
	f.after--
	return len(p), nil
}

// A task whose line is lost is not acknowledged.
func TestRefusedTasksStayListed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{tasks: domaintasktest.Tasks(20, 1), log: &refusing{after: 5}}.start(t) // "started", and four tasks
		synctest.Wait()
		require.Len(t, r.emulator.Acknowledged(), 4)
		require.Len(t, r.emulator.Tasks(), 16)
		r.requireHealth(http.StatusOK, "ok")
		_, vars := r.get("/debug/vars")
		require.Contains(t, vars, `"refused": 16`)
		require.NoError(t, r.end(moment))
	})
}
