package domaintask

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSkew runs scripts of what happens to the clock. Times are relative to this
// machine's clock, which is right unless a script says otherwise.
func TestSkew(t *testing.T) {
	t.Parallel()
	const hour, day = time.Hour, 24 * time.Hour
	none := time.Duration(-1 << 62) // no Date

	// step is one response: to a request signed with the given offset.
	type step struct {
		refused bool
		offset  time.Duration
		date    time.Duration // of a refusal
		want    skew
		moved   bool
	}
	refused := func(offset, date time.Duration, want skew, moved bool) step {
		return step{true, offset, date, want, moved}
	}
	accepted := func(offset time.Duration, want skew) step { return step{offset: offset, want: want} }
	trial := func(offset, known time.Duration) skew { return skew{offset, true, known} }
	proven := func(offset time.Duration) skew { return skew{offset: offset} }

	for _, tt := range []struct {
		name  string
		local time.Time // zero: in 2026
		steps []step
	}{
		{name: "hours behind", steps: []step{
			refused(0, 3*hour, trial(3*hour, 0), true),
			accepted(3*hour, proven(3*hour)),
			accepted(3*hour, proven(3*hour)),
		}},
		{name: "days ahead", steps: []step{
			refused(0, -42*day, trial(-42*day, 0), true),
			accepted(-42*day, proven(-42*day)),
		}},
		{name: "set to another decade", steps: []step{
			refused(0, 10*year, trial(10*year, 0), true),
			accepted(10*year, proven(10*year)),
		}},
		{name: "simulated, before there was a version", local: time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC), steps: []step{
			refused(0, -42*day, trial(-42*day, 0), true),
			accepted(-42*day, proven(-42*day)),
			refused(-42*day, -30*year, proven(-42*day), false),
		}},
		{name: "proven wrong later", steps: []step{
			refused(0, 3*hour, trial(3*hour, 0), true),
			accepted(3*hour, proven(3*hour)),
			refused(3*hour, -2*hour, trial(-2*hour, 3*hour), true),
			accepted(-2*hour, proven(-2*hour)),
		}},
		{name: "a Date of 1970", steps: []step{
			refused(0, -56*year, proven(0), false),
			refused(0, -56*year, proven(0), false),
		}},
		{name: "a Date in a hundred years", steps: []step{refused(0, 100*year, proven(0), false)}},
		{name: "a Date ten years ago", steps: []step{refused(0, -10*year, proven(0), false)}},
		{name: "a Date that is less than five minutes off", steps: []step{refused(0, 5*time.Minute-1, proven(0), false)}},
		{name: "a Date that is five minutes off", steps: []step{refused(0, 5*time.Minute, trial(5*time.Minute, 0), true)}},
		{name: "less than five minutes from what is known", steps: []step{
			refused(0, hour, trial(hour, 0), true),
			refused(0, hour+5*time.Minute-1, trial(hour, 0), true),
			refused(0, hour+5*time.Minute, trial(hour+5*time.Minute, 0), true),
		}},
		{name: "a year back, before there was a version", local: time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC), steps: []step{
			refused(0, -year-1, proven(0), false),
			refused(0, -year, trial(-year, 0), true),
		}},
		{name: "no Date", steps: []step{refused(0, none, proven(0), false)}},
		{name: "a Date of now", steps: []step{refused(0, time.Minute, proven(0), false)}},
		{name: "a Date that is wrong, and stays so", steps: []step{
			refused(0, 50*hour, trial(50*hour, 0), true),
			refused(50*hour, 50*hour, proven(0), false),
			refused(0, 50*hour, trial(50*hour, 0), true),
			refused(50*hour, 50*hour, proven(0), false),
			accepted(0, proven(0)),
		}},
		{name: "a Date that is wrong once", steps: []step{
			refused(0, 50*hour, trial(50*hour, 0), true),
			refused(50*hour, 0, trial(0, 0), true),
			accepted(0, proven(0)),
		}},
		{name: "a Date that is wrong once, and then missing", steps: []step{
			refused(0, 50*hour, trial(50*hour, 0), true),
			refused(50*hour, none, proven(0), true),
			refused(0, none, proven(0), false),
		}},
		{name: "a Date that is wrong once, and then of 1970", steps: []step{
			refused(0, 50*hour, trial(50*hour, 0), true),
			refused(50*hour, -56*year, proven(0), true),
			accepted(0, proven(0)),
		}},
		{name: "a wrong Date after one that helped", steps: []step{
			refused(0, 3*hour, trial(3*hour, 0), true),
			accepted(3*hour, proven(3*hour)),
			refused(3*hour, -56*year, proven(3*hour), false),
			refused(3*hour, 53*hour, trial(53*hour, 3*hour), true),
			refused(53*hour, 53*hour, proven(3*hour), false),
		}},
		{name: "several calls find it off at once", steps: []step{
			refused(0, 3*hour, trial(3*hour, 0), true),
			refused(0, 3*hour+time.Second, trial(3*hour, 0), true),
			accepted(3*hour, proven(3*hour)),
			refused(0, 3*hour, proven(3*hour), true),
			accepted(3*hour, proven(3*hour)),
		}},
		{name: "several calls meet a wrong Date", steps: []step{
			refused(0, 50*hour, trial(50*hour, 0), true),
			refused(0, 50*hour, trial(50*hour, 0), true),
			refused(50*hour, 50*hour, proven(0), false),
			refused(50*hour, 50*hour, proven(0), false),
		}},
		{name: "another call is accepted without the correction", steps: []step{
			refused(0, 50*hour, trial(50*hour, 0), true),
			accepted(0, proven(0)),
			refused(50*hour, 0, proven(0), true),
		}},
		{name: "this machine's clock was set", steps: []step{
			// The request was signed an hour behind; meanwhile the clock is right.
			{refused: true, offset: -hour, date: 0, want: proven(0), moved: true},
		}},

		{name: "a device that starts in 1970", local: time.Unix(1000, 0), steps: []step{
			refused(0, 56*year, trial(56*year, 0), true),
			accepted(56*year, proven(56*year)),
			refused(56*year, 56*year+3*hour, trial(56*year+3*hour, 56*year), true),
			accepted(56*year+3*hour, proven(56*year+3*hour)),
			refused(56*year+3*hour, 120*year, proven(56*year+3*hour), false),
			refused(56*year+3*hour, 20*year, proven(56*year+3*hour), false),
		}},
		{name: "a device that starts in 1970 meets a Date of 1970", local: time.Unix(1000, 0), steps: []step{
			refused(0, 0, proven(0), false),
			refused(0, 56*year, trial(56*year, 0), true),
			accepted(56*year, proven(56*year)),
			// Near the time of the device, so it is tried.
			refused(56*year, 0, trial(0, 56*year), true),
			refused(0, 0, proven(56*year), false),
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			local := tt.local
			if local.IsZero() {
				local = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
			}
			state := skew{}
			for i, step := range tt.steps {
				if !step.refused {
					state = state.accepted(step.offset)
					require.Equal(t, step.want, state, "step %d", i)
					continue
				}
				r := timeRefusal{local: local, signed: local.Add(step.offset), offset: step.offset}
				if step.date != none {
					r.date = local.Add(step.date)
				}
				var moved bool
				state, moved = state.refused(r)
				require.Equal(t, step.want, state, "step %d", i)
				require.Equal(t, step.moved, moved, "step %d", i)
			}
		})
	}
}

// TestDeviceGetsTheTime: a device that had been corrected by decades gets the
// time of the network.
func TestDeviceGetsTheTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	corrected := skew{offset: now.Sub(time.Unix(0, 0))}
	next, moved := corrected.refused(timeRefusal{local: now, signed: now.Add(corrected.offset), offset: corrected.offset, date: now})
	require.True(t, moved)
	require.Zero(t, next.offset)
	require.Zero(t, next.accepted(next.offset))
}

// TestClockKeepsAnAcceptedOffset, which a later refusal cannot undo.
func TestClockKeepsAnAcceptedOffset(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c clock
		header := http.Header{"Date": {time.Now().Add(3 * time.Hour).UTC().Format(http.TimeFormat)}}
		require.True(t, c.refused(header, time.Now(), 0))
		now, offset := c.now()
		require.Equal(t, 3*time.Hour, offset)
		c.accepted(offset)
		require.False(t, c.refused(header, now, offset))
		_, offset = c.now()
		require.Equal(t, 3*time.Hour, offset)
	})
}

func TestDateOf(t *testing.T) {
	t.Parallel()
	const date = "Sun, 01 Mar 2026 12:00:00 GMT"
	for _, tt := range []struct {
		name   string
		header http.Header
		ok     bool
	}{
		{"one", http.Header{"Date": {date}}, true},
		{"none", http.Header{}, false},
		{"no headers", nil, false},
		{"two", http.Header{"Date": {date, date}}, false},
		{"of a cache", http.Header{"Date": {date}, "Age": {"7"}}, false},
		{"no date", http.Header{"Date": {"now"}}, false},
		{"empty", http.Header{"Date": {""}}, false},
	} {
		require.Equal(t, tt.ok, !dateOf(tt.header).IsZero(), tt.name)
	}
}
