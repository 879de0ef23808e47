package domaintasktest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

func TestHeadersOnTheWire(t *testing.T) {
	t.Parallel()
	requireOnTheWire(t, []onTheWire{
		{fault: domaintasktest.DuplicateHeaders(), status: 200, processed: true, what: func(t *testing.T, got arrival, own, format string, _ way) {
			require.Equal(t, own, got.body)
			require.Equal(t, []string{ownType(format), "text/html"}, got.resp.Header["Content-Type"])
			require.Len(t, got.resp.Header["X-Acs-Request-Id"], 2)
			require.Contains(t, own, got.resp.Header["X-Acs-Request-Id"][0])
			dates := got.resp.Header["Date"]
			require.Len(t, dates, 2)
			require.Equal(t, "Thu, 01 Jan 1970 00:00:00 GMT", dates[1])
			first, err := http.ParseTime(dates[0])
			require.NoError(t, err)
			require.WithinDuration(t, time.Now(), first, time.Minute)
		}},
		{fault: domaintasktest.CachedAnswer(time.Hour), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, _ way) {
			require.Equal(t, own, got.body)
			require.Equal(t, []string{"3600"}, got.resp.Header["Age"])
			date, err := http.ParseTime(got.resp.Header.Get("Date"))
			require.NoError(t, err)
			require.WithinDuration(t, time.Now().Add(-time.Hour), date, time.Minute)
		}},
		{fault: domaintasktest.NoDate(), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, _ way) {
			require.Equal(t, own, got.body)
			require.NotContains(t, got.resp.Header, "Date")
		}},
		{fault: domaintasktest.Throttle(0).WithHeader("Date"), status: 400, code: "Throttling.User", what: func(t *testing.T, got arrival, _, _ string, _ way) {
			require.NotContains(t, got.resp.Header, "Date")
		}},
		{fault: domaintasktest.Fault{}.WithHeader("Content-Length"), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, way way) {
			require.Equal(t, own, got.body)
			require.EqualValues(t, -1, got.resp.ContentLength)
			if way.proto == 1 {
				require.Equal(t, []string{"chunked"}, got.resp.TransferEncoding)
			}
		}},
	})
}
