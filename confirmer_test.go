package domaintask

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestConfirmerObeysTheLongestWait, which another outcome does not shorten.
func TestConfirmerObeysTheLongestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		long, short := &APIError{RetryAfter: time.Minute}, &APIError{RetryAfter: time.Second}
		for _, errs := range [][]error{{long, short}, {short, long}, {long, nil}} {
			c := confirmer{inFlight: 2, done: func([]string, error) {}}
			for _, err := range errs {
				c.land(confirmation{err: err})
			}
			require.Equal(t, time.Minute, time.Until(c.resume))
			require.Equal(t, error(long), c.reason)
			require.Zero(t, c.inFlight)
		}
	})
}

// TestConfirmerBoundsCalls in flight, and sends what is queued once one ends.
func TestConfirmerBoundsCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		most, done := 0, 0
		start := time.Now()
		c := confirmer{
			ctx: t.Context(), size: 1, outcomes: make(chan confirmation, maxConfirming),
			call: func(context.Context, []string) error {
				time.Sleep(time.Minute)
				return nil
			},
			done: func(ids []string, err error) {
				require.NoError(t, err)
				done += len(ids)
			},
		}
		for i := range 3*maxConfirming + 1 {
			c.add(fmt.Sprint(i))
			most = max(most, c.inFlight)
		}
		for c.busy() {
			c.land(<-c.outcomes)
		}
		require.Equal(t, maxConfirming, most)
		require.Equal(t, 3*maxConfirming+1, done)
		require.Equal(t, 4*time.Minute, time.Since(start))
	})
}

// TestOutlive: the context ends by its cancel, or for the grace after its parent.
func TestOutlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent, end := context.WithCancel(t.Context())
		canceled, cancel := withGrace(parent, time.Minute)
		require.NoError(t, canceled.Err())
		cancel()
		require.Error(t, canceled.Err())
		longer, cancel := withGrace(parent, time.Minute)
		defer cancel()
		start := time.Now()
		end()
		<-longer.Done()
		require.Equal(t, time.Minute, time.Since(start))
	})
}
