package domaintask

import (
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
