package domaintask

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRetryHints states what the headers of a response ask for.
func TestRetryHints(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	const user, api, after, date = "X-Ratelimit-User", "X-Ratelimit-User-Api", "Retry-After", "Date"
	for _, tt := range []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"none", nil, 0},
		{"seconds", http.Header{after: {"7"}}, 7 * time.Second},
		{"blanks", http.Header{after: {" 7 "}}, 7 * time.Second},
		{"a fraction", http.Header{after: {"1.5"}}, 1500 * time.Millisecond},
		{"less than one", http.Header{after: {"0.5"}}, 500 * time.Millisecond},
		{"less than a nanosecond", http.Header{after: {"1e-300"}}, 1},
		{"a unit", http.Header{after: {"1.5s"}}, 1500 * time.Millisecond},
		{"an exponent", http.Header{after: {"1e2"}}, 100 * time.Second},
		{"a week", http.Header{after: {"604800"}}, 7 * 24 * time.Hour},
		{"months", http.Header{after: {"8000000"}}, maxHint},
		{"beyond an integer", http.Header{after: {"99999999999999999999"}}, maxHint},
		{"beyond the half of one", http.Header{after: {"9223372036854775807"}}, maxHint},
		{"1e300", http.Header{after: {"1e300"}}, maxHint},
		{"1e999", http.Header{after: {"1e999"}}, maxHint},
		{"a number without end", http.Header{after: {strings.Repeat("9", 1<<20)}}, maxHint},
		{"zero", http.Header{after: {"0"}}, 0},
		{"negative", http.Header{after: {"-5"}}, 0},
		{"negative beyond all", http.Header{after: {"-1e999"}}, 0},
		{"not a number", http.Header{after: {"NaN"}}, 0},
		{"a word", http.Header{after: {"soon"}}, 0},
		{"empty", http.Header{after: {""}}, 0},
		{"two", http.Header{after: {"3", "9", "soon"}}, 9 * time.Second},

		{"a date", http.Header{after: {at(10 * time.Second)}}, 10 * time.Second},
		{"a date by the sender's clock", http.Header{after: {at(time.Hour)}, date: {at(time.Hour - 10*time.Second)}}, 10 * time.Second},
		{"a date by a clock behind", http.Header{after: {at(-time.Hour)}, date: {at(-time.Hour - 10*time.Second)}}, 10 * time.Second},
		{"a date in the past", http.Header{after: {at(-time.Second)}}, 0},
		{"a date in the past, by either clock", http.Header{after: {at(-2 * time.Second)}, date: {at(-time.Second)}}, 0},
		{"a date, with a Date of 1970", http.Header{after: {at(10 * time.Second)}, date: {time.Unix(0, 0).UTC().Format(http.TimeFormat)}}, 10 * time.Second},
		{"a date, with a Date behind it", http.Header{after: {at(10 * time.Second)}, date: {at(time.Hour)}}, 10 * time.Second},
		{"a date, with a Date that is none", http.Header{after: {at(10 * time.Second)}, date: {"now"}}, 10 * time.Second},
		{"a date with blanks", http.Header{after: {" " + at(10*time.Second) + " "}}, 10 * time.Second},
		{"a date that is the Date", http.Header{after: {at(10 * time.Second)}, date: {at(10 * time.Second)}}, 10 * time.Second},
		{"a date as late as is believed, by the sender's clock", http.Header{after: {at(maxHint - time.Hour)}, date: {at(-time.Hour)}}, maxHint},
		{"a date in a week", http.Header{after: {at(7 * 24 * time.Hour)}}, 7 * 24 * time.Hour},
		{"a date in a hundred years", http.Header{after: {"Fri, 01 Mar 2126 12:00:00 GMT"}}, maxHint},

		{"of the user", http.Header{user: {"Limit:1,Remain:0,TimeLeft:2000,Reset:1234"}}, 2 * time.Second},
		{"of the operation", http.Header{api: {"Limit:1, Remain:0, timeleft: 2000 "}}, 2 * time.Second},
		{"the longer one", http.Header{user: {"TimeLeft:1500"}, api: {"TimeLeft:3500"}, after: {"2"}}, 3500 * time.Millisecond},
		{"a fraction of a millisecond", http.Header{user: {"TimeLeft:0.5"}}, 500 * time.Microsecond},
		{"half a millisecond more", http.Header{user: {"TimeLeft:1500.5"}}, 1500500 * time.Microsecond},
		{"a negative time", http.Header{user: {"TimeLeft:-18446740000000"}}, 0},
		{"a time beyond all", http.Header{user: {"TimeLeft:18446744073710"}}, maxHint},
		{"no time", http.Header{user: {"TimeLeft"}, api: {"Limit:1,Remain:0"}}, 0},
		{"a time of another name", http.Header{user: {"NoTimeLeft:2000"}}, 0},
	} {
		require.Equal(t, tt.want, retryHint(tt.header, now), tt.name)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	api := func(d time.Duration) error { return &APIError{RetryAfter: d} }
	for _, tt := range []struct {
		err  error
		want time.Duration
	}{
		{nil, 0},
		{errors.New("odd"), 0},
		{api(0), 0},
		{api(time.Second), time.Second},
		{&DecodeError{RetryAfter: time.Second, Err: io.EOF}, time.Second},
		{&CallError{RetryAfter: time.Second, Err: io.EOF}, time.Second},
		{&CallError{Err: context.Canceled, Last: api(time.Second)}, time.Second},
		{&WalkError{Err: api(time.Second)}, time.Second},
		{fmt.Errorf("in a program: %w", api(time.Second)), time.Second},
		{errors.Join(api(time.Second), api(3*time.Second), nil, api(2*time.Second)), 3 * time.Second},
		{&errorList{&WalkError{Err: io.EOF}, api(time.Second)}, time.Second},
	} {
		require.Equal(t, tt.want, RetryAfter(tt.err), "%v", tt.err)
	}
}
