package domaintask

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		max  int
		want string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc"},
		{"a长", 4, "a长"},
		{"a长b", 4, "a长"},
		{"a长", 3, "a"},
		{"a长", 2, "a"},
		{"a\U0001F600", 4, "a"},
		{"\x80\x80\x80\x80\x80\x80\x80\x80", 6, "\x80\x80\x80\x80\x80\x80"},
	} {
		got := cut(tt.text, tt.max)
		require.Equal(t, tt.want, got, "%q to %d", tt.text, tt.max)
		require.Equal(t, utf8.ValidString(tt.text), utf8.ValidString(got))
	}
}

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
}

// TestErrorsOfOthersAreBounded: their text in ours is, and what they are stays.
func TestErrorsOfOthersAreBounded(t *testing.T) {
	t.Parallel()
	long := errors.New(strings.Repeat("长\n", 1<<20))
	for _, err := range []error{
		&providedError{errLimiter, long},
		&CallError{Action: "PollTaskResult", Err: long},
		&CallError{Action: "PollTaskResult", Err: long, Last: &CallError{Err: long}},
		&WalkError{Err: long},
		&TaskError{Err: long},
		&TaskError{TaskDetailNo: long.Error(), Err: long},
		&DecodeError{Err: long},
		&errorList{long, long},
	} {
		require.Less(t, len(err.Error()), 3*maxErrorText, "%T", err)
		require.ErrorIs(t, err, long)
	}
}
