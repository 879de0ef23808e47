package domaintask_test

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// skewed is a service in memory whose clock differs from this machine's by as
// much as set, and a client of it. It lives in a synctest bubble.
func skewed(t *testing.T, by time.Duration, signature domaintask.SignatureMethod) (*domaintasktest.Server, *domaintask.Client, *atomic.Int64) {
	t.Helper()
	var offset atomic.Int64
	offset.Store(int64(by))
	server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true, InMemory: true, Now: func() time.Time {
		return time.Now().Add(time.Duration(offset.Load()))
	}})
	t.Cleanup(server.Close)
	config := server.Config()
	config.Signature = signature
	t.Cleanup(config.HTTPClient.CloseIdleConnections)
	return server, newClient(t, config), &offset
}

func codes(server *domaintasktest.Server) []string {
	var list []string
	for _, request := range server.Requests() {
		list = append(list, request.Code)
	}
	return list
}

// TestClockSkew: the first call finds the clock off and is repeated by the
// service's, the ones after it are right at once, and when the clocks drift
// apart the other way it is found again.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for _, signature := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
		for _, by := range []time.Duration{3 * time.Hour, -3 * time.Hour, 16 * time.Minute, -1000 * time.Hour} {
			t.Run(signature.String()+" "+by.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					server, client, offset := skewed(t, by, signature)
					poll := func() {
						_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
						require.NoError(t, err)
					}
					poll()
					require.Equal(t, []string{"InvalidTimeStamp.Expired", ""}, codes(server))
					poll()
					require.Equal(t, []string{"InvalidTimeStamp.Expired", "", ""}, codes(server))
					offset.Store(int64(-by))
					poll()
					poll()
					require.Equal(t, []string{"InvalidTimeStamp.Expired", "", "", "InvalidTimeStamp.Expired", "", ""}, codes(server))
					offset.Store(0)
					poll()
					require.Len(t, server.Requests(), 8)
				})
			})
		}
	}
}

// TestClockStartsInThePast: a device without a battery is decades behind.
func TestClockStartsInThePast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, client, _ := skewed(t, 27*365*24*time.Hour, domaintask.SignatureHMACSHA1)
		for range 2 {
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.NoError(t, err)
		}
		require.Equal(t, []string{"InvalidTimeStamp.Expired", "", ""}, codes(server))
	})
}

// TestClockSkewAtOnce lets many calls find the clock off at the same time.
func TestClockSkewAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, client, _ := skewed(t, -2*time.Hour, domaintask.SignatureHMACSHA1)
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.NoError(t, err)
			})
		}
		wg.Wait()
		require.LessOrEqual(t, len(server.Requests()), 64, "one repetition each at the most")
		before := len(server.Requests())
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Len(t, server.Requests(), before+1)
	})
}

// TestClockStays: no answer but a refusal of the time, with a Date of now,
// moves the clock, and where it cannot be moved there is nothing to repeat.
func TestClockStays(t *testing.T) {
	t.Parallel()
	const hence = "Sat, 01 Jan 2000 05:00:00 GMT" // a bubble begins at midnight
	expired := func(header ...string) reply { return refusal(400, "InvalidTimeStamp.Expired", header...) }
	for _, tt := range []struct {
		name  string
		first reply
		sent  int
		moved bool
	}{
		{"moved", expired("Date", hence), 2, true},
		{"the misleading wording", refusal(400, "IllegalTimestamp", "Date", hence), 2, true},
		{"an answer of a cache", expired("Date", hence, "Age", "17000"), 1, false},
		{"no date", expired(), 1, false},
		{"a date that is none", expired("Date", "now"), 1, false},
		{"two dates", expired("Date", hence, "Date", "Sat, 01 Jan 2000 09:00:00 GMT"), 1, false},
		{"a date of 1970", expired("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), 1, false},
		{"a date of 9999", expired("Date", "Fri, 31 Dec 9999 23:59:59 GMT"), 1, false},
		{"the clock is right", expired("Date", "Sat, 01 Jan 2000 00:01:00 GMT"), 1, false},
		{"another error", refusal(503, "ServiceUnavailable", "Date", hence), 2, false},
		{"throttled", refusal(400, "Throttling.User", "Date", hence), 2, false},
		{"success", reply{status: 200, body: emptyPage, header: http.Header{"Date": {hence}}}, 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				service := &replies{list: []reply{tt.first, {status: 200, body: emptyPage}}}
				client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}})
				client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.Len(t, service.sent, tt.sent)
				client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				sent, err := time.Parse(time.RFC3339, service.sent[len(service.sent)-1].URL.Query().Get("Timestamp"))
				require.NoError(t, err)
				require.Equal(t, tt.moved, time.Until(sent) > time.Hour)
			})
		})
	}
}

// TestWrongDates: a refusal with a wrong Date, once or always, does no harm to
// the calls after it.
func TestWrongDates(t *testing.T) {
	t.Parallel()
	const hours50, year1970 = "Mon, 03 Jan 2000 02:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"
	for _, tt := range []struct {
		name  string
		date  string
		times int // how many refusals with it; 0: all of the first call
		sent  []string
		fails bool
	}{
		{"1970", year1970, 0, []string{"InvalidTimeStamp.Expired"}, true},
		{"1970 once", year1970, 1, []string{"InvalidTimeStamp.Expired"}, true},
		{"50 hours ahead", hours50, 0, []string{"InvalidTimeStamp.Expired", "InvalidTimeStamp.Expired"}, true},
		{"50 hours ahead, once", hours50, 1, []string{"InvalidTimeStamp.Expired", "InvalidTimeStamp.Expired", ""}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, client, _ := skewed(t, 0, domaintask.SignatureHMACSHA1)
				fault := domaintasktest.TimestampExpired().WithHeader("Date", tt.date)
				if tt.times == 0 {
					server.InjectAlways(fault)
				} else {
					server.Inject(fault)
				}
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.Equal(t, tt.fails, errors.Is(err, domaintask.ErrClockSkew), "%v", err)
				require.Equal(t, tt.sent, codes(server))

				server.Heal()
				for range 3 {
					_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
					require.NoError(t, err)
				}
				require.Len(t, server.Requests(), len(tt.sent)+3)
			})
		})
	}
}

// TestWrongDateWithoutRetries costs the next call, and no other.
func TestWrongDateWithoutRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _, _ := skewed(t, 0, domaintask.SignatureHMACSHA1)
		config := server.Config()
		config.Retry = once
		client := newClient(t, config)
		server.Inject(domaintasktest.TimestampExpired().WithHeader("Date", "Mon, 03 Jan 2000 02:00:00 GMT"))
		for i, fails := range []bool{true, true, false, false} {
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.Equal(t, fails, err != nil, "call %d: %v", i, err)
		}
		config.HTTPClient.CloseIdleConnections()
	})
}

// TestSkewIsLearnedWithoutRetries: one call fails, the next one is right.
func TestSkewIsLearnedWithoutRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _, _ := skewed(t, 3*time.Hour, domaintask.SignatureHMACSHA1)
		config := server.Config()
		config.Retry = once
		client := newClient(t, config)
		for i, fails := range []bool{true, false, false} {
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.Equal(t, fails, errors.Is(err, domaintask.ErrClockSkew), "call %d: %v", i, err)
		}
		config.HTTPClient.CloseIdleConnections()
	})
}

// TestWrongDateAtOnce lets many calls meet a service some of whose refusals
// have a wrong Date. Few of them fail, and once all have
// ended the clock is right.
func TestWrongDateAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, client, _ := skewed(t, 0, domaintask.SignatureHMACSHA1)
		for range 8 {
			server.Inject(domaintasktest.TimestampExpired().WithHeader("Date", "Mon, 03 Jan 2000 02:00:00 GMT"))
		}
		var failed atomic.Int64
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				if _, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{}); err != nil {
					failed.Add(1)
				}
			})
		}
		wg.Wait()
		require.LessOrEqual(t, failed.Load(), int64(8), "at most one call for each wrong Date")
		before := len(server.Requests())
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Len(t, server.Requests(), before+1)
	})
}
