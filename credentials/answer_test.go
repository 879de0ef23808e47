package credentials

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLifetime uses the clock of the server if it is credible.
func TestLifetime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, tt := range []struct {
		name       string
		expiration time.Duration // from now, by the local clock
		header     http.Header
		life       time.Duration
		credible   bool
	}{
		{"clocks agree", time.Hour, http.Header{"Date": {date(0)}}, time.Hour, true},
		{"local clock an hour behind", 2 * time.Hour, http.Header{"Date": {date(time.Hour)}}, time.Hour, true},
		{"local clock an hour ahead", 0, http.Header{"Date": {date(-time.Hour)}}, time.Hour, true},
		{"local clock decades behind", 20 * 365 * day, http.Header{"Date": {date(20*365*day - time.Hour)}}, time.Hour, true},
		{"ended by the server's clock", time.Hour, http.Header{"Date": {date(2 * time.Hour)}}, -time.Hour, true},
		{"ended a day ago, by Date", time.Hour, http.Header{"Date": {date(25 * time.Hour)}}, -day, true},
		{"no Date", time.Hour, http.Header{}, time.Hour, false},
		{"no header", time.Hour, nil, time.Hour, false},
		{"a Date that is none", time.Hour, http.Header{"Date": {"today"}}, time.Hour, false},
		{"two Dates", time.Hour, http.Header{"Date": {date(0), date(time.Minute)}}, time.Hour, false},
		{"from a cache", time.Hour, http.Header{"Date": {date(-time.Hour)}, "Age": {"3600"}}, time.Hour, false},
		{"a Date of the past", time.Hour, http.Header{"Date": {date(-30 * 365 * day)}}, time.Hour, false},
		{"a Date of the future", time.Hour, http.Header{"Date": {date(30 * 365 * day)}}, time.Hour, false},
		{"a week, by Date", time.Hour, http.Header{"Date": {date(time.Hour - 7*day)}}, 7 * day, true},
		{"more, by Date only", time.Hour, http.Header{"Date": {date(time.Hour - 7*day - time.Second)}}, time.Hour, false},
		{"more than a day ago, by Date only", time.Hour, http.Header{"Date": {date(25*time.Hour + time.Second)}}, time.Hour, false},
		{"valid for decades", 50 * 365 * day, http.Header{"Date": {date(0)}}, 50 * 365 * day, true},
		{"a week, by the local clock only", 7 * day, http.Header{"Date": {date(-30 * 365 * day)}}, 7 * day, false},
		{"ended long ago, by both", -2 * day, http.Header{"Date": {date(0)}}, -2 * day, true},
		{"ending now, by the local clock only", 0, http.Header{"Date": {date(-8 * day)}}, 8 * day, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			life, credible := lifetime(now.Add(tt.expiration), tt.header, now)
			require.Equal(t, tt.life, life)
			require.Equal(t, tt.credible, credible)
		})
	}
}

// TestLasting: a renewal begins five minutes, or half the lifetime, before
// credentials stop being used, which is ten seconds, or a tenth of the lifetime,
// before their end.
func TestLasting(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ life, renewAfter, usableFor time.Duration }{
		{time.Hour, time.Hour - 310*time.Second, time.Hour - 10*time.Second},
		{15 * time.Minute, 590 * time.Second, 890 * time.Second},
		{10 * time.Minute, 295 * time.Second, 590 * time.Second},
		{time.Minute, 27 * time.Second, 54 * time.Second},
		{time.Second, 450 * time.Millisecond, 900 * time.Millisecond},
	} {
		got := lasting(of("x"), tt.life)
		require.Equal(t, answer{of("x"), tt.renewAfter, tt.usableFor}, got)
	}
}

// TestDated: credentials that have ended by the clock of their server are an
// error. The local clock alone is no reason not to try them.
func TestDated(t *testing.T) {
	t.Parallel()
	now := time.Now()
	header := http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}
	got, err := dated(of("x"), now.Add(time.Hour), nil, now)
	require.NoError(t, err)
	require.Equal(t, lasting(of("x"), time.Hour), got)

	_, err = dated(of("x"), now.Add(-time.Minute), header, now)
	require.EqualError(t, err, "sent credentials that have ended")

	got, err = dated(of("x"), now, nil, now)
	require.NoError(t, err)
	require.Equal(t, answer{of("x"), 5 * time.Minute, 15 * time.Minute}, got)
}
