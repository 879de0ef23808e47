package credentials

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// connectTimeout bounds connecting, as in the official SDK.
const connectTimeout = 5 * time.Second

// newTransport keeps no connections: its requests are minutes or hours apart.
func newTransport(dialer *net.Dialer) *http.Transport {
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxReply,
	}
}

// withoutRedirects returns a copy of client that follows none: a redirect would
// carry tokens and keys to another host.
func withoutRedirects(client http.Client) *http.Client {
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

var errPublic = errors.New("plain http to a public address would show the credentials to anyone on the way: use https")

// refusePublic is a Control function of a dialer. It checks the address that a name
// resolved to.
func refusePublic(_, address string, _ syscall.RawConn) error {
	addr, err := netip.ParseAddrPort(address)
	if err != nil || isPublic(addr.Addr().Unmap()) {
		return errPublic
	}
	return nil
}

// shareable is the range of shared addresses (RFC 6598), for a provider's own
// network. The metadata service has one.
var shareable = netip.MustParsePrefix("100.64.0.0/10")

func isPublic(addr netip.Addr) bool {
	return !addr.IsLoopback() && !addr.IsPrivate() && !addr.IsLinkLocalUnicast() && !shareable.Contains(addr)
}
