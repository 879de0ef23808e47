package domaintask

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// timeoutError is how net/http and crypto/tls report theirs.
type timeoutError struct{}

func (timeoutError) Error() string { return "timed out" }
func (timeoutError) Timeout() bool { return true }

// TestTemporaryTransport: the errors of a transport that are temporary, those
// that are not, and which of them cast doubt on other connections.
func TestTemporaryTransport(t *testing.T) {
	t.Parallel()
	op := func(op string, err error) error { return &net.OpError{Op: op, Net: "tcp", Err: err} }
	system := func(call string, errno syscall.Errno) error { return os.NewSyscallError(call, errno) }
	text := func(text string) error { return errors.New(text) }
	broken := func(err error) error {
		return fmt.Errorf("net/http: HTTP/1.x transport connection broken: %w", err)
	}
	const temporary, final = true, false
	for _, tt := range []struct {
		name   string
		err    error
		want   bool
		broken bool
	}{
		{"timeout of the attempt", fmt.Errorf("no complete answer: %w", context.DeadlineExceeded), temporary, true},
		{"read timeout", op("read", os.ErrDeadlineExceeded), temporary, true},
		{"timeout below an error that hides it", broken(timeoutError{}), temporary, true},
		{"timeout among several", errors.Join(text("odd"), timeoutError{}), temporary, true},
		{"reset", op("read", system("read", syscall.ECONNRESET)), temporary, true},
		{"reset in a handshake", op("read", syscall.ECONNRESET), temporary, true},
		{"bare reset", syscall.ECONNRESET, temporary, true},
		{"aborted", op("write", system("write", syscall.ECONNABORTED)), temporary, true},
		{"broken pipe", broken(op("write", system("write", syscall.EPIPE))), temporary, true},
		{"network down", op("read", system("read", syscall.ENETDOWN)), temporary, true},
		{"a number of Windows", op("read", system("wsarecv", 10054)), temporary, true},
		{"end", io.EOF, temporary, true},
		{"end within a response", io.ErrUnexpectedEOF, temporary, true},
		{"closed here", op("read", net.ErrClosed), temporary, true},
		{"server closed an idle connection", text("http: server closed idle connection"), temporary, true},
		{"idle connections were closed", broken(text("http: CloseIdleConnections called")), temporary, true},
		{"connection was idle for too long", broken(text("http: idle connection timeout")), temporary, true},
		{"no response to a ping", text("http2: client connection lost"), temporary, true},
		{"HTTP/2 connection closed", text("http2: client conn is closed"), temporary, true},
		{"HTTP/2 connection not usable", text("http2: client conn not usable"), temporary, true},

		{"refused", op("dial", system("connect", syscall.ECONNREFUSED)), temporary, false},
		{"no route", op("dial", system("connect", syscall.EHOSTUNREACH)), temporary, false},
		{"no network", op("dial", system("connect", syscall.ENETUNREACH)), temporary, false},
		{"no port left", op("dial", system("connect", syscall.EADDRNOTAVAIL)), temporary, false},
		{"no file left", op("dial", system("socket", syscall.EMFILE)), temporary, false},
		{"refused, on Windows", op("dial", system("connectex", 10061)), temporary, false},
		{"not permitted", op("dial", system("connect", syscall.EACCES)), final, false},
		{"not permitted by a firewall", op("dial", system("connect", syscall.EPERM)), final, false},
		{"address that is none", op("dial", &net.AddrError{Err: "missing port in address"}), final, false},
		{"unknown network", op("dial", net.UnknownNetworkError("tcp9")), final, false},
		{"dialer of the user", op("dial", text("no tunnel")), final, false},

		{"lookup timed out", op("dial", &net.DNSError{IsTimeout: true}), temporary, false},
		{"name service is failing", op("dial", &net.DNSError{IsTemporary: true}), temporary, false},
		{"name service refuses", op("dial", &net.DNSError{Err: "server misbehaving"}), temporary, false},
		{"name does not exist", op("dial", &net.DNSError{IsNotFound: true}), final, false},
		{"name existed before", &lostNameError{op("dial", &net.DNSError{IsNotFound: true})}, temporary, false},

		{"certificate not trusted", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, final, false},
		{"authority unknown", x509.UnknownAuthorityError{}, final, false},
		{"certificate of another host", x509.HostnameError{Certificate: new(x509.Certificate)}, final, false},
		{"certificate expired", x509.CertificateInvalidError{Reason: x509.Expired}, final, false},
		{"no roots", &tls.CertificateVerificationError{Err: x509.SystemRootsError{Err: &fs.PathError{Op: "open", Err: syscall.ENOENT}}}, final, false},
		{"certificate not verified in time", &tls.CertificateVerificationError{Err: timeoutError{}}, final, true},
		{"constraint violated", x509.ConstraintViolationError{}, final, false},
		{"algorithm not accepted", x509.InsecureAlgorithmError(x509.SHA1WithRSA), final, false},
		{"alert from there", op("remote error", text("tls: handshake failure")), final, false},
		{"alert from there, by its number", op("remote error", tls.AlertError(42)), final, false},
		{"alert from here", op("local error", text("tls: bad record MAC")), final, false},
		{"bare alert", tls.AlertError(70), final, false},
		{"no common version", text("tls: server selected unsupported protocol version 301"), final, false},
		{"no TLS there", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, final, false},
		{"HTTP there", http.ErrSchemeMismatch, final, false},
		{"no HTTP there", broken(text(`malformed HTTP response "SSH-2.0"`)), final, false},
		{"scheme not supported", text(`unsupported protocol scheme "ftp"`), final, false},
		{"header not valid", text(`net/http: invalid header field value for "X"`), final, false},
		{"headers too long", broken(text("net/http: server response headers exceeded 10 bytes; aborted")), final, false},

		{"graceful GOAWAY", text("http2: Transport received Server's graceful shutdown GOAWAY"), temporary, false},
		{"GOAWAY", text(`http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""`), temporary, false},
		{"GOAWAY, overloaded", text(`http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=ENHANCE_YOUR_CALM, debug="ErrCode=PROTOCOL_ERROR, "`), temporary, false},
		{"GOAWAY, for the protocol", text(`http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=PROTOCOL_ERROR, debug="ErrCode=NO_ERROR, "`), final, false},
		{"GOAWAY for the first request", text("http2: Transport received GOAWAY from server ErrCode:INTERNAL_ERROR"), temporary, false},
		{"GOAWAY for the first request and the protocol", text("http2: Transport received GOAWAY from server ErrCode:HTTP_1_1_REQUIRED"), final, false},
		{"stream refused", text("stream error: stream ID 3; REFUSED_STREAM; received from peer"), temporary, false},
		{"stream failed", text("stream error: stream ID 3; INTERNAL_ERROR; received from peer"), temporary, false},
		{"stream canceled", text("stream error: stream ID 3; CANCEL"), temporary, false},
		{"stream, for the protocol", text("stream error: stream ID 3; PROTOCOL_ERROR; malformed response from server"), final, false},
		{"stream, by its size", text("stream error: stream ID 3; FRAME_SIZE_ERROR"), final, false},
		{"no HTTP/2 there", text("connection error: PROTOCOL_ERROR"), final, false},

		{"proxy refuses", &ProxyError{StatusCode: 407}, final, false},
		{"proxy forbids", &ProxyError{StatusCode: 403}, final, false},
		{"proxy cannot reach the service", &ProxyError{StatusCode: 502}, temporary, false},
		{"proxy refused connections", &ProxyError{Err: op("dial", system("connect", syscall.ECONNREFUSED))}, temporary, false},
		{"proxy does not exist", &ProxyError{Err: op("dial", &net.DNSError{IsNotFound: true})}, final, false},
		{"proxy with a certificate not trusted", &ProxyError{Err: &tls.CertificateVerificationError{}}, final, false},
		{"SOCKS login", &ProxyError{Err: text("username/password authentication failed")}, final, false},
		{"SOCKS, no route", &ProxyError{Err: text("unknown error host unreachable")}, temporary, false},
		{"SOCKS, not allowed", &ProxyError{Err: text("unknown error connection not allowed by ruleset")}, final, false},

		{"file that is missing", &fs.PathError{Op: "open", Err: syscall.ENOENT}, final, false},
		{"something unknown", text("odd"), final, false},
		{"net/http canceled it", text("net/http: request canceled"), final, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wrapped := &url.Error{Op: "Post", URL: "https://service.example/", Err: tt.err}
			require.Equal(t, tt.want, temporaryTransport(tt.err))
			require.Equal(t, tt.want, temporaryTransport(wrapped))
			require.Equal(t, tt.want, Temporary(&CallError{Attempts: 1, Err: wrapped}))
			require.Equal(t, tt.broken, brokenConnection(wrapped))
		})
	}
	require.False(t, Temporary(&CallError{Err: op("dial", context.Canceled)}))
	require.False(t, brokenConnection(op("read", context.Canceled)))
}
