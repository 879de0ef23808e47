package domaintasktest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

func TestForeignOnTheWire(t *testing.T) {
	t.Parallel()
	redirected := func(to string) func(*testing.T, arrival, string, string, way) {
		return func(t *testing.T, got arrival, _, format string, _ way) {
			location := got.resp.Header.Get("Location")
			require.True(t, strings.HasPrefix(location, to), location)
			query, err := url.ParseQuery(location[len(to):])
			require.NoError(t, err)
			require.Equal(t, format, query.Get("Format"))
			require.Equal(t, domaintasktest.DefaultAccessKeyID, query.Get("AccessKeyId"))
			require.NotEmpty(t, query.Get("Signature"))
			require.Empty(t, got.body)
		}
	}
	html := func(t *testing.T, got arrival, _, _ string, _ way) {
		require.Equal(t, []string{"text/html"}, got.resp.Header["Content-Type"])
		require.True(t, strings.HasPrefix(got.body, "<html>") && strings.HasSuffix(got.body, "</html>\r\n"))
		require.EqualValues(t, len(got.body), got.resp.ContentLength)
		require.NotContains(t, got.resp.Header, "X-Acs-Request-Id")
	}
	empty := func(t *testing.T, got arrival, _, format string, _ way) {
		require.NoError(t, got.bodyErr)
		require.Empty(t, got.body)
		require.Zero(t, got.resp.ContentLength)
		require.Equal(t, ownType(format), got.resp.Header.Get("Content-Type"))
		require.NotContains(t, got.resp.Header, "X-Acs-Request-Id")
	}
	requireOnTheWire(t, []onTheWire{
		{fault: domaintasktest.BadGateway(), status: 502, what: html},
		{fault: domaintasktest.BadGateway().WithStatus(504).AfterProcessing(), status: 504, processed: true, what: html},
		{fault: domaintasktest.Gateway(429), status: 429, what: func(t *testing.T, got arrival, own, format string, way way) {
			html(t, got, own, format, way)
			require.Contains(t, got.body, "<h1>429 Too Many Requests</h1>")
		}},
		{fault: domaintasktest.EmptySuccess(), status: 200, what: empty},
		{fault: domaintasktest.EmptySuccess().AfterProcessing(), status: 200, processed: true, what: empty},
		{fault: domaintasktest.Foreign(418, "text/plain", "teapot"), status: 418, what: func(t *testing.T, got arrival, _, _ string, _ way) {
			require.Equal(t, "teapot", got.body)
			require.Equal(t, "text/plain", got.resp.Header.Get("Content-Type"))
		}},
		{fault: domaintasktest.Redirect(302, "https://elsewhere.invalid/"), status: 302, what: redirected("https://elsewhere.invalid/?")},
		{fault: domaintasktest.Redirect(307, "https://elsewhere.invalid/?a=b"), status: 307, what: redirected("https://elsewhere.invalid/?a=b&")},
		{fault: domaintasktest.Redirect(308, "//elsewhere.invalid").AfterProcessing(), status: 308, processed: true, what: redirected("//elsewhere.invalid?")},
	})
}

// TestRedirectLeaks: a client that follows sends its signed query elsewhere.
func TestRedirectLeaks(t *testing.T) {
	t.Parallel()
	srv, other := newServer(t, domaintasktest.Options{PlainHTTP: true}, task("1")), newServer(t, domaintasktest.Options{PlainHTTP: true}, task("1"))
	srv.Inject(domaintasktest.Redirect(http.StatusTemporaryRedirect, other.URL))
	got := arrive(srv.Config().HTTPClient, acknowledgement("JSON").http(t.Context(), t, srv))
	require.Equal(t, 200, got.resp.StatusCode)
	require.Empty(t, srv.Acknowledged())
	require.Equal(t, []string{"1"}, other.Acknowledged())
}

// TestBadRedirect: net/http quotes the whole Location, with the signature in it.
func TestBadRedirect(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	srv.Inject(domaintasktest.BadRedirect(), domaintasktest.BadRedirect())
	client := srv.Config().HTTPClient
	resp, err := client.Transport.RoundTrip(acknowledgement("JSON").http(t.Context(), t, srv))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 302, resp.StatusCode)
	location := resp.Header.Get("Location")
	require.Contains(t, location, "&Signature=")
	_, err = url.Parse(location)
	require.Error(t, err)
	require.ErrorContains(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err, "failed to parse Location header")
}
