package domaintask_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// certificateFor returns a certificate of host, valid until notAfter, and a
// pool that trusts it.
func certificateFor(t *testing.T, host string, notAfter time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotAfter: notAfter, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// TestHandshake: what a handshake refuses is final, and a handshake that breaks
// off is retried.
func TestHandshake(t *testing.T) {
	t.Parallel()
	valid := time.Now().Add(time.Hour)
	good, trusted := certificateFor(t, "service.example", valid)
	other, otherTrusted := certificateFor(t, "other.example", valid)
	expired, expiredTrusted := certificateFor(t, "service.example", time.Now().Add(-time.Hour))
	shake := func(config *tls.Config) func(net.Conn) {
		return func(conn net.Conn) {
			server := tls.Server(conn, config)
			server.Handshake()
			io.Copy(io.Discard, server)
		}
	}
	hello := func(conn net.Conn) { conn.Read(make([]byte, 64)) } // a part of the client's first message
	for _, tt := range []struct {
		name  string
		serve func(net.Conn)
		roots *x509.CertPool
		asked int
	}{
		{"not trusted", shake(&tls.Config{Certificates: []tls.Certificate{good}}), otherTrusted, 1},
		{"of another host", shake(&tls.Config{Certificates: []tls.Certificate{other}}), otherTrusted, 1},
		{"expired", shake(&tls.Config{Certificates: []tls.Certificate{expired}}), expiredTrusted, 1},
		{"version", shake(&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), trusted, 1},
		{"no certificate", shake(&tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, io.EOF }}), trusted, 1},
		{"client certificate, TLS 1.2", shake(&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12}), trusted, 1},
		{"client certificate, TLS 1.3", shake(&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert}), trusted, 1},
		{"plain HTTP", func(conn net.Conn) { hello(conn); io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") }, trusted, 1},
		{"no TLS", func(conn net.Conn) { hello(conn); io.WriteString(conn, "220 mail.example\r\n") }, trusted, 1},
		{"closed", hello, trusted, 3},
		{"reset", func(conn net.Conn) { hello(conn); conn.(*net.TCPConn).SetLinger(0) }, trusted, 3},
		{"silent", func(conn net.Conn) { io.Copy(io.Discard, conn) }, trusted, 3},
	} {
		for _, transport := range transports {
			t.Run(transport+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				address, asked := listen(t, tt.serve)
				client := newClientOver(t, transport, domaintask.Config{Endpoint: "https://service.example", Retry: domaintask.RetryPolicy{BaseDelay: 1}}, func(t *http.Transport) {
					t.TLSClientConfig = &tls.Config{RootCAs: tt.roots}
					t.DialContext = dialing(address)
					if tt.name == "silent" {
						t.TLSHandshakeTimeout = 100 * time.Millisecond
					}
				})
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.Error(t, err)
				require.EqualValues(t, tt.asked, asked.Load(), err)
				require.Equal(t, tt.asked, attempts(t, err))
				require.Equal(t, tt.asked > 1, domaintask.Temporary(err))
			})
		}
	}
}

// dialing returns a dialer that reaches address instead of the one it is called with.
func dialing(address string) func(ctx context.Context, network, _ string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}

// frame is an HTTP/2 frame (RFC 9113, section 4.1).
func frame(kind, flags byte, stream uint32, payload ...uint32) []byte {
	b := []byte{0, 0, byte(4 * len(payload)), kind, flags}
	b = binary.BigEndian.AppendUint32(b, stream)
	for _, word := range payload {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	return b
}

// TestHTTP2Refusals: the codes of GOAWAY and RST_STREAM that find fault with
// the protocol are final. It also checks the texts of net/http that the
// client relies on.
func TestHTTP2Refusals(t *testing.T) {
	t.Parallel()
	const resetStream, settings, goAway = 3, 4, 7
	certificate, trusted := certificateFor(t, "service.example", time.Now().Add(time.Hour))
	for _, tt := range []struct {
		name     string
		frame    []byte
		attempts int
	}{
		{"the connection ends", nil, 3},
		{"GOAWAY NO_ERROR", frame(goAway, 0, 0, 1, 0), 3},
		{"GOAWAY INTERNAL_ERROR", frame(goAway, 0, 0, 1, 2), 3},
		{"GOAWAY INTERNAL_ERROR, not processed", frame(goAway, 0, 0, 0, 2), 3},
		{"GOAWAY PROTOCOL_ERROR", frame(goAway, 0, 0, 1, 1), 1},
		{"GOAWAY PROTOCOL_ERROR, not processed", frame(goAway, 0, 0, 0, 1), 1},
		{"GOAWAY HTTP_1_1_REQUIRED", frame(goAway, 0, 0, 1, 13), 1},
		{"RST_STREAM INTERNAL_ERROR", frame(resetStream, 0, 1, 2), 3},
		{"RST_STREAM CANCEL", frame(resetStream, 0, 1, 8), 3},
		{"RST_STREAM ENHANCE_YOUR_CALM", frame(resetStream, 0, 1, 11), 3},
		{"RST_STREAM INADEQUATE_SECURITY", frame(resetStream, 0, 1, 12), 1},
		{"RST_STREAM HTTP_1_1_REQUIRED", frame(resetStream, 0, 1, 13), 1},
		{"a frame that is too large", []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address, _ := listen(t, func(conn net.Conn) {
				server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}})
				defer server.Close()
				server.Write(frame(settings, 0, 0))
				header := make([]byte, 9)
				io.ReadFull(server, make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
				for header[3] != 1 { // HEADERS: the request
					if _, err := io.ReadFull(server, header); err != nil {
						return
					}
					io.CopyN(io.Discard, server, int64(binary.BigEndian.Uint32(header)>>8))
				}
				server.Write(tt.frame)
			})
			client := newClientOver(t, "own", domaintask.Config{Endpoint: "https://service.example", Retry: domaintask.RetryPolicy{BaseDelay: 1}}, func(t *http.Transport) {
				t.TLSClientConfig = &tls.Config{RootCAs: trusted}
				t.DialContext = dialing(address)
			})
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.Error(t, err)
			require.Equal(t, tt.attempts, attempts(t, err), err)
			require.Equal(t, tt.attempts > 1, domaintask.Temporary(err), err)
		})
	}
}
