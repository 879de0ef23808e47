package credentials

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPublicAddresses are not called over plain http.
func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.0.1": false, "169.254.1.1": false,
		"fe80::1": false, "fd00::1": false, "100.100.100.200": false, "100.127.255.255": false, "::ffff:127.0.0.1": false,
		"8.8.8.8": true, "100.63.255.255": true, "100.128.0.0": true, "172.32.0.1": true, "2001:4860::1": true, "::ffff:8.8.8.8": true, "0.0.0.0": true, "224.0.0.1": true,
	} {
		err := refusePublic("tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 80).String(), nil)
		require.Equal(t, public, err != nil, address)
	}
	require.ErrorIs(t, refusePublic("unix", "/run/x", nil), errPublic)
}

// The near client checks the address that it connects to.
func TestNearClientChecksTheAddress(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, session("near")) }))
	defer server.Close()
	requireCredentials(t, of("near"), URI(server.URL))
	near := newWorld(nil).near.Transport.(*http.Transport)
	_, err := near.DialContext(t.Context(), "tcp", "192.0.2.1:80") // reserved for documentation (RFC 5737)
	require.ErrorIs(t, err, errPublic)
	require.False(t, temporary(reply{}, err), "another attempt would end in the same way")
}

// TestConnectionsAreNotKept: nothing of a provider stays behind.
func TestConnectionsAreNotKept(t *testing.T) {
	t.Parallel()
	var closed atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Close {
			closed.Add(1)
		}
		fmt.Fprint(w, session("x"))
	}))
	server.Start()
	defer server.Close()
	requireCredentials(t, of("x"), URI(server.URL))
	require.EqualValues(t, 1, closed.Load())
}

// Redirects are not followed by any client.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	mux := http.NewServeMux()
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, _ *http.Request) {
		followed.Store(true)
		fmt.Fprint(w, session("elsewhere"))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere?hunter2", http.StatusFound)
	})
	plain, secure := httptest.NewServer(mux), httptest.NewTLSServer(mux)
	defer plain.Close()
	defer secure.Close()
	for _, address := range []string{plain.URL, secure.URL} {
		err := requireFailure(t, URI(address, WithHTTPClient(secure.Client())), "responded with HTTP 302")
		require.NotContains(t, err.Error(), "hunter2")
	}
	require.False(t, followed.Load())
	require.Nil(t, secure.Client().CheckRedirect, "the given client is not changed")
}

// TestMetadataIsNeverProxied runs itself in a process with HTTP_PROXY: net/http
// reads that once a process.
func TestMetadataIsNeverProxied(t *testing.T) {
	t.Parallel()
	const marker = "TEST_METADATA_IS_NEVER_PROXIED"
	if os.Getenv(marker) == "" {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMetadataIsNeverProxied$", "-test.count=1")
		command.Env = append(os.Environ(), marker+"=1", "HTTP_PROXY=http://192.0.2.1:3128", "http_proxy=http://192.0.2.1:3128", "NO_PROXY=", "no_proxy=")
		output, err := command.CombinedOutput()
		require.NoError(t, err, string(output))
		require.Contains(t, string(output), "PASS")
		return
	}
	// Every dialed address reaches this server.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.IsAbs():
			http.Error(w, "asked as a proxy", http.StatusBadGateway)
		case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
			fmt.Fprint(w, "role")
		default:
			fmt.Fprint(w, session("instance"))
		}
	}))
	defer server.Close()
	var dialed []string
	redirected := func(w *world) {
		w.getenv = func(string) string { return "" }
		for _, client := range []*http.Client{w.near, w.web} {
			client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				dialed = append(dialed, address)
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			}
		}
	}
	requireCredentials(t, of("instance"), Default(redirected))
	requireCredentials(t, of("instance"), ECSRole("", redirected))
	requireCredentials(t, of("instance"), URI("http://credentials.example/", redirected))
	require.NotEmpty(t, dialed)
	for _, address := range dialed {
		require.Contains(t, []string{"100.100.100.200:80", "credentials.example:80"}, address)
	}
	// The proxy is used for other addresses.
	proxy, err := newWorld(nil).web.Transport.(*http.Transport).Proxy(httptest.NewRequest("GET", "http://elsewhere.example", nil))
	require.NoError(t, err)
	require.Equal(t, "192.0.2.1:3128", proxy.Host)
}
