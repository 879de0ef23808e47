package domaintasktest_test

import (
	"encoding/json"
	stdxml "encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

// TestRefusalsOnTheWire: refusals have the form of the service's own errors, in
// either format, and the documented status.
func TestRefusalsOnTheWire(t *testing.T) {
	t.Parallel()
	rows := []onTheWire{
		{fault: domaintasktest.Throttle(0), status: 400, code: "Throttling.User"},
		{fault: domaintasktest.Throttle(0).WithStatus(429), status: 429, code: "Throttling.User"},
		{fault: domaintasktest.InternalError(), status: 500, code: "InternalError"},
		{fault: domaintasktest.ServiceUnavailable(), status: 503, code: "ServiceUnavailable"},
		{fault: domaintasktest.NonceUsed(), status: 400, code: "SignatureNonceUsed"},
		{fault: domaintasktest.TokenExpired(), status: 400, code: "InvalidSecurityToken.Expired"},
		{fault: domaintasktest.TimestampExpired(), status: 400, code: "InvalidTimeStamp.Expired"},
		{fault: domaintasktest.IllegalTimestamp(), status: 400, code: "IllegalTimestamp"},
		{fault: domaintasktest.SignatureMismatch(), status: 400, code: "SignatureDoesNotMatch"},
		{fault: domaintasktest.Forbidden(), status: 403, code: "Forbidden.RAM"},
		{fault: domaintasktest.APIError(503, "ServiceBusy", ""), status: 503, code: "ServiceBusy"},
		{fault: domaintasktest.APIError(0, "Zero", ""), status: 400, code: "Zero"},
		{fault: domaintasktest.APIError(200, "Forbidden.RAM", "not <you> & \"you\""), status: 200, code: "Forbidden.RAM"},
		{fault: domaintasktest.APIError(500, "InternalError", "late").AfterProcessing(), status: 500, code: "InternalError", processed: true},
	}
	for i, row := range rows {
		rows[i].what = func(t *testing.T, got arrival, _, format string, _ way) {
			require.NoError(t, got.bodyErr)
			var document answer
			if format == "JSON" {
				require.NoError(t, json.Unmarshal([]byte(got.body), &document))
			} else {
				require.NoError(t, stdxml.Unmarshal([]byte(got.body), &document))
				require.Equal(t, "Error", document.XMLName.Local)
			}
			require.Equal(t, row.code, document.Code)
			require.Equal(t, got.resp.Header.Get("x-acs-request-id"), document.RequestId)
			require.Equal(t, []string{ownType(format)}, got.resp.Header["Content-Type"])
			switch {
			case row.status == 200:
				require.Equal(t, "not <you> & \"you\"", document.Message)
			case row.code == "Forbidden.RAM":
				require.Regexp(t, "AccessDeniedDetail.*AuthAction.*domain:AcknowledgeTaskResult.*EncodedDiagnosticMessage", got.body)
			}
		}
	}
	requireOnTheWire(t, rows)
}

// TestHints: the headers with the time to wait, and Date.
func TestHints(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600))
	srv := newServer(t, domaintasktest.Options{InMemory: true, Now: func() time.Time { return now }})
	for _, tt := range []struct {
		fault domaintasktest.Fault
		want  http.Header
	}{
		{domaintasktest.Throttle(0), http.Header{}},
		{domaintasktest.Throttle(2001 * time.Millisecond), http.Header{
			"X-Ratelimit-User-Api": {"Limit:1,Remain:0,TimeLeft:2001,Reset:1234"},
			"X-Ratelimit-User":     {"Limit:1,Remain:0,TimeLeft:1000,Reset:1234"},
		}},
		{domaintasktest.Throttle(time.Second).WithHeader("x-ratelimit-user-api", "nonsense"), http.Header{
			"X-Ratelimit-User-Api": {"nonsense"},
			"X-Ratelimit-User":     {"Limit:1,Remain:0,TimeLeft:500,Reset:1234"},
		}},
		{domaintasktest.ServiceUnavailable().WithRetryAfter(time.Hour), http.Header{"Retry-After": {"3600"}}},
		{domaintasktest.Gateway(429).WithRetryAfter(1500 * time.Millisecond), http.Header{"Retry-After": {"1.5"}}},
		{domaintasktest.BadGateway().WithRetryAfterDate(time.Hour), http.Header{"Retry-After": {"Fri, 02 Jan 2026 03:04:05 GMT"}}},
	} {
		srv.Inject(tt.fault)
		got := arrive(srv.Config().HTTPClient, acknowledgement("JSON").http(t.Context(), t, srv)).resp.Header
		require.Equal(t, "Fri, 02 Jan 2026 02:04:05 GMT", got.Get("Date"))
		for _, name := range []string{"Date", "Content-Type", "Content-Length", "X-Acs-Request-Id"} {
			got.Del(name)
		}
		require.Equal(t, tt.want, got, tt.fault)
	}
}

// TestSignatureMismatchQuotes: the message contains the string that was to be
// signed, including the token.
func TestSignatureMismatchQuotes(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{SecurityToken: "the-token"})
	srv.InjectAlways(domaintasktest.SignatureMismatch())
	r := rpcRequest("JSON", map[string][]string{"SecurityToken": {"the-token"}})
	r.signRPC()
	message := r.send(t, srv).Message
	require.Contains(t, message, "server string to sign is:POST&%2F&AccessKeyId%3Dtestid%26")
	require.Contains(t, message, "SecurityToken%3Dthe-token")

	v3 := acs3Request("application/json", nil)
	v3.header.Set("X-Acs-Security-Token", "the-token")
	v3.signACS3(strings.TrimPrefix(srv.URL, "https://"))
	require.Contains(t, v3.send(t, srv).Message, "server string to sign is:ACS3-HMAC-SHA256\n")
}

// TestImplausibleDate: a refusal of the timestamp can have any Date.
func TestImplausibleDate(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	srv.Inject(domaintasktest.TimestampExpired().WithDate(-50*time.Hour), domaintasktest.TimestampExpired().WithHeader("Date", "Thu, 01 Jan 1970 00:00:00 GMT"))
	a := acknowledgement("JSON").send(t, srv)
	require.Equal(t, "InvalidTimeStamp.Expired", a.Code)
	date, err := http.ParseTime(a.header.Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(-50*time.Hour), date, time.Minute)
	require.Equal(t, "Thu, 01 Jan 1970 00:00:00 GMT", acknowledgement("JSON").send(t, srv).header.Get("Date"))
}

// TestClockIsOff: a service with clock skew refuses the timestamp, and its Date
// says by how much.
func TestClockIsOff(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		for _, format := range []string{"JSON", "XML"} {
			srv := newServer(t, domaintasktest.Options{Now: func() time.Time { return time.Now().Add(off) }})
			srv.Inject(domaintasktest.Fault{}, domaintasktest.CachedAnswer(time.Hour))
			for _, age := range []time.Duration{0, time.Hour} {
				got := acknowledgement(format).send(t, srv)
				require.Equal(t, "InvalidTimeStamp.Expired", got.Code)
				date, err := http.ParseTime(got.header.Get("Date"))
				require.NoError(t, err)
				require.WithinDuration(t, time.Now().Add(off-age), date, time.Minute)
			}
		}
	}
}
