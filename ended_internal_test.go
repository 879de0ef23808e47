package domaintask

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// uncomparable is an error that must not be compared with ==.
type uncomparable []string

func (uncomparable) Error() string { return "uncomparable" }

// TestEnded states the text of the error of a context, and what it matches.
func TestEnded(t *testing.T) {
	t.Parallel()
	why := errors.New("shut down")
	wrapped := errors.Join(context.Canceled, why)
	long := errors.New(strings.Repeat("x", 1<<20))
	for _, tt := range []struct {
		cause error
		text  string
		is    error
	}{
		{nil, "context canceled", context.Canceled},
		{why, "context canceled: shut down", why},
		{wrapped, "context canceled\nshut down", why},
		{context.DeadlineExceeded, "context canceled: context deadline exceeded", context.DeadlineExceeded},
		{uncomparable{"a"}, "context canceled: uncomparable", context.Canceled},
		{long, "context canceled: " + strings.Repeat("x", maxErrorText), long},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(tt.cause)
		err := ended(ctx)
		require.EqualError(t, err, tt.text)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, tt.is)
		require.True(t, isEnded(&WalkError{Err: endedCall(ctx, "PollTaskResult")}))
	}
	require.False(t, isEnded(context.Canceled))
	require.EqualError(t, ended(overdue{t.Context()}), "context deadline exceeded")
}

// overdue is a context that somebody else wrote, which ended by itself.
type overdue struct{ context.Context }

func (overdue) Err() error { return context.DeadlineExceeded }
