package domaintask

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLedger states what becomes of a task a, event by event: what is advised
// when it is listed, and what counts in the end.
func TestLedger(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	after := func(d time.Duration) time.Time { return start.Add(d) }
	type event = func(t *testing.T, l *ledger)
	id := identityOf(&TaskDetail{TaskDetailNo: "a"})
	list := func(fresh int, now time.Time, want advice) event {
		return func(t *testing.T, l *ledger) {
			l.pages++
			require.Equal(t, fresh, l.see([]identity{id, id}))
			require.Equal(t, want, l.take(id, "a", nil, l.pages, now))
		}
	}
	listBefore := func(t *testing.T, l *ledger) { // on a page that was requested before
		require.Zero(t, l.see([]identity{id}))
		require.Equal(t, leaveIt, l.take(id, "a", nil, l.pages, start))
	}
	accept := func(_ *testing.T, l *ledger) { l.accept("a") }
	refuse := func(now time.Time) event { return func(_ *testing.T, l *ledger) { l.refuse("a", io.EOF, now) } }
	acknowledge := func(err error) event { return func(_ *testing.T, l *ledger) { l.outcome([]string{"a"}, err) } }
	next := func(again ...string) event {
		return func(t *testing.T, l *ledger) { require.Equal(t, again, l.next()) }
	}
	sweeps := func(n int) event {
		return func(_ *testing.T, l *ledger) {
			for range n {
				l.next()
				l.settle(l.round)
			}
			l.next()
		}
	}
	rounds := func(n int) event {
		return func(_ *testing.T, l *ledger) {
			for range n {
				l.next()
			}
		}
	}
	settle := func(_ *testing.T, l *ledger) { l.settle(l.round) }

	for name, tt := range map[string]struct {
		interval time.Duration
		events   []event
		want     DrainResult
		errs     int
	}{
		"listed":                               {0, []event{list(1, start, handleIt)}, DrainResult{}, 0},
		"listed twice in a round":              {0, []event{list(1, start, handleIt), list(0, start, leaveIt)}, DrainResult{}, 0},
		"acknowledged":                         {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next()}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"on a page requested before":           {0, []event{list(1, start, handleIt), accept, acknowledge(nil), listBefore}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"on a page requested later":            {0, []event{list(1, start, handleIt), accept, acknowledge(nil), list(0, start, acknowledgeIt), acknowledge(nil), list(0, start, leaveIt)}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"listed while in flight":               {0, []event{list(1, start, handleIt), accept, list(0, start, leaveIt), acknowledge(nil)}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"listed in a later round":              {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next(), list(0, start, acknowledgeIt), acknowledge(nil), list(0, start, leaveIt)}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"and in another":                       {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next(), list(0, start, acknowledgeIt), acknowledge(nil), next(), list(0, start, acknowledgeIt)}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"but not in another":                   {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next(), list(0, start, acknowledgeIt), acknowledge(nil), next(), settle}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"and again by the same sweep":          {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next(), list(0, start, acknowledgeIt), acknowledge(nil), settle}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"gone for a sweep, and back":           {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next(), list(0, start, acknowledgeIt), acknowledge(nil), next(), settle, next(), list(0, start, acknowledgeIt)}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"listed in the oldest of three sweeps": {time.Minute, []event{list(1, start, handleIt), accept, acknowledge(nil), settle, sweeps(2), list(0, start, acknowledgeIt)}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"and then not to be acknowledged":      {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next(), list(0, start, acknowledgeIt), acknowledge(io.EOF)}, DrainResult{Handled: 1}, 1},
		"failed":                               {0, []event{list(1, start, handleIt), accept, acknowledge(io.EOF)}, DrainResult{Handled: 1}, 1},
		"failed, and tried in the next round":  {0, []event{list(1, start, handleIt), accept, acknowledge(io.EOF), next("a"), acknowledge(nil)}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"failed twice":                         {0, []event{list(1, start, handleIt), accept, acknowledge(io.EOF), next("a"), acknowledge(io.EOF), next("a")}, DrainResult{Handled: 1}, 1},
		"refused":                              {0, []event{list(1, start, handleIt), refuse(start), next(), list(0, after(time.Hour), leaveIt)}, DrainResult{Refused: 1}, 0},
		"refused, and due again":               {time.Minute, []event{list(1, start, handleIt), refuse(start), next(), list(0, after(time.Minute), handleIt), accept, acknowledge(nil)}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"refused, and not due yet":             {time.Minute, []event{list(1, start, handleIt), refuse(start), next(), list(0, after(50*time.Second), leaveIt)}, DrainResult{Refused: 1}, 0},
		"refused twice, and not due yet":       {time.Minute, []event{list(1, start, handleIt), refuse(start), next(), list(0, after(time.Minute), handleIt), refuse(after(time.Minute)), next(), list(0, after(2*time.Minute), leaveIt)}, DrainResult{Refused: 1}, 0},
		"forgotten after three sweeps":         {time.Minute, []event{list(1, start, handleIt), accept, acknowledge(nil), sweeps(3), list(1, start, handleIt)}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"remembered for two sweeps":            {time.Minute, []event{list(1, start, handleIt), accept, acknowledge(nil), sweeps(2), list(0, start, acknowledgeIt)}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"remembered for many rounds":           {time.Minute, []event{list(1, start, handleIt), accept, acknowledge(nil), rounds(rememberRounds), list(0, start, acknowledgeIt)}, DrainResult{Handled: 1, Relisted: 1}, 1},
		"but not for ever":                     {time.Minute, []event{list(1, start, handleIt), accept, acknowledge(nil), rounds(rememberRounds + 1), list(1, start, handleIt)}, DrainResult{Handled: 1, Acknowledged: 1}, 0},
		"remembered until it is acknowledged":  {time.Minute, []event{list(1, start, handleIt), accept, acknowledge(io.EOF), sweeps(9), list(0, start, leaveIt)}, DrainResult{Handled: 1}, 1},
		"remembered without an interval":       {0, []event{list(1, start, handleIt), refuse(start), sweeps(9), list(0, start, leaveIt)}, DrainResult{Refused: 1}, 0},
		"and then not at once":                 {0, []event{list(1, start, handleIt), accept, acknowledge(nil), next(), list(0, start, acknowledgeIt), acknowledge(io.EOF), next("a"), acknowledge(nil)}, DrainResult{Handled: 1, Relisted: 1}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLedger(tt.interval)
			for _, event := range tt.events {
				event(t, l)
			}
			got := l.sum.result()
			got.Refusals = nil
			require.Equal(t, tt.want, got)
			require.Len(t, l.sum.errors(), tt.errs)
		})
	}
}

// TestLedgerCountsWhatIsGone: what has left the list, as far as the ledger knows.
func TestLedgerCountsWhatIsGone(t *testing.T) {
	t.Parallel()
	l := newLedger(time.Minute)
	for _, no := range []string{"a", "b", "c"} {
		l.see([]identity{identityOf(&TaskDetail{TaskDetailNo: no})})
		require.Equal(t, handleIt, l.take(identityOf(&TaskDetail{TaskDetailNo: no}), no, nil, 1, time.Time{}))
	}
	l.refuse("b", io.EOF, time.Time{})
	l.refuse("c", io.EOF, time.Time{})
	l.accept("a")
	l.accept("b")
	require.Len(t, l.offers, 1, "what was accepted is not offered again")
	l.outcome([]string{"a"}, nil)
	l.outcome([]string{"b"}, io.EOF)
	require.Equal(t, 1, l.gone)
	require.Equal(t, acknowledgeIt, l.take(identityOf(&TaskDetail{TaskDetailNo: "a"}), "a", nil, 2, time.Time{}))
	l.outcome([]string{"a"}, nil)
	require.Equal(t, 2, l.gone)
	l.next()
	l.settle(l.round)
	got := l.sum.result()
	got.Refusals = nil
	require.Equal(t, DrainResult{Handled: 2, Acknowledged: 1, Refused: 1}, got, "a refused task stays refused")
}

// TestUnusable tasks are refused and not handled.
func TestUnusable(t *testing.T) {
	t.Parallel()
	require.NoError(t, unusable("1", false))
	for _, tt := range []struct {
		no       string
		unparsed bool
		says     string
	}{
		{"1", true, "could not be read"},
		{"", false, "no TaskDetailNo"},
		{"a\nb", false, "control character"},
	} {
		err := unusable(tt.no, tt.unparsed)
		require.ErrorContains(t, err, tt.says)
		l := newLedger(0)
		id := identityOf(&TaskDetail{TaskDetailNo: tt.no})
		require.Equal(t, leaveIt, l.take(id, tt.no, err, 1, time.Time{}))
		require.Equal(t, leaveIt, l.take(id, tt.no, err, 2, time.Time{}))
		require.Equal(t, 1, l.sum.result().Refused)
	}
}

// TestLedgerForgets: what a drain for ever remembers is bounded by what is listed.
func TestLedgerForgets(t *testing.T) {
	t.Parallel()
	for _, complete := range []bool{true, false} {
		l := newLedger(time.Minute)
		most := 0
		for n := range 2000 {
			task := TaskDetail{TaskDetailNo: string(rune('a' + n))}
			l.see([]identity{identityOf(&task)})
			l.take(identityOf(&task), task.TaskDetailNo, nil, 1, time.Time{})
			if n%2 == 0 {
				l.refuse(task.TaskDetailNo, io.EOF, time.Time{})
			} else {
				l.accept(task.TaskDetailNo)
				l.outcome([]string{task.TaskDetailNo}, nil)
			}
			if complete {
				l.settle(l.round)
			}
			l.next()
			most = max(most, len(l.tasks), len(l.offers))
		}
		if complete {
			require.LessOrEqual(t, most, rememberDrained+1)
		} else {
			require.LessOrEqual(t, most, rememberRounds+1)
		}
	}
}

// TestOffers: one interval after the first refusal, then two, four, and so on.
func TestOffers(t *testing.T) {
	t.Parallel()
	var o offer
	var waits []time.Duration
	for range 8 {
		o = o.next(time.Time{}, 10*time.Minute)
		waits = append(waits, o.due.Sub(time.Time{})/time.Minute)
	}
	require.Equal(t, []time.Duration{9, 18, 36, 72, 144, 288, 576, 576}, waits, "minutes, a tenth less than the schedule")
}

// TestFailures counts tasks by the reason, of which it keeps ten and one for all
// others. A reason without tasks makes room.
func TestFailures(t *testing.T) {
	t.Parallel()
	var f failures
	api := func(id string) error { return &APIError{Action: "A", Code: "Throttling", RequestID: id} }
	require.Equal(t, f.add(api("1")), f.add(api("2")), "a request id is no reason")
	require.NotEqual(t, f.add(io.EOF), f.add(api("3")))
	for range 40 {
		f.add(errors.New(string(rune('a' + len(f)))))
	}
	require.Len(t, f, maxErrors+1)
	sum := 0
	for _, reason := range f {
		sum += reason.tasks
	}
	require.Equal(t, 44, sum)
	f.drop(1)
	require.Zero(t, f[1].tasks)
	require.EqualValues(t, 1, f.add(io.ErrClosedPipe))
	require.Equal(t, io.ErrClosedPipe, f[1].err)
}
