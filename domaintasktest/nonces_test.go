package domaintasktest_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

// TestNonceIsUsedUp: a signed request uses up its nonce, even if it is refused. A
// request with a wrong signature does not.
func TestNonceIsUsedUp(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{})
	r := rpcRequest("JSON", url.Values{"PageNum": {"1"}, "PageSize": {"20"}})
	r.signRPC()
	signature := r.query.Get("Signature")

	r.query.Set("Signature", "x")
	require.Equal(t, "SignatureDoesNotMatch", r.send(t, srv).Code)
	r.query.Set("Signature", signature)
	require.Empty(t, r.send(t, srv).Code)
	require.Equal(t, "SignatureNonceUsed", r.send(t, srv).Code)

	v3 := acs3Request("", url.Values{"PageNum": {"0"}, "PageSize": {"20"}})
	v3.signACS3(strings.TrimPrefix(srv.URL, "https://"))
	require.Equal(t, "InvalidParameter", v3.send(t, srv).Code)
	require.Equal(t, "SignatureNonceUsed", v3.send(t, srv).Code)
}

// TestNonceIsForgotten: a nonce is stored for as long as its request is valid, and
// dropped some time after.
func TestNonceIsForgotten(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := start
	srv := newServer(t, domaintasktest.Options{InMemory: true, Now: func() time.Time { return now }})
	send := func(after time.Duration, nonce string, at time.Time) string {
		now = start.Add(after)
		r := rpcRequest("JSON", url.Values{"PageNum": {"1"}, "PageSize": {"1"}, "SignatureNonce": {nonce}, "Timestamp": {timestamp(at)}})
		r.signRPC()
		return r.send(t, srv).Code
	}
	ahead := start.Add(20 * time.Minute)
	require.Empty(t, send(0, "first", start))
	require.Empty(t, send(5*time.Minute, "ahead", ahead))
	for minutes := range 30 {
		require.Equal(t, "SignatureNonceUsed", send(time.Duration(6+minutes)*time.Minute, "ahead", ahead))
	}
	require.Equal(t, "InvalidTimeStamp.Expired", send(36*time.Minute, "ahead", ahead))
	require.Empty(t, send(70*time.Minute, "other", start.Add(70*time.Minute)))
	require.Empty(t, send(71*time.Minute, "first", start.Add(71*time.Minute)))
}
