package domaintask

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
)

// temporary reports whether what failed with err may go well the next time:
// by Code where the service gave one, then by status, then by the kind of
// transport error.
func temporary(err error) bool {
	var apiErr *APIError
	var decodeErr *DecodeError
	var callErr *CallError
	switch {
	case errors.As(err, &apiErr):
		return temporaryCode(apiErr.Code) || temporaryStatus(apiErr.StatusCode)
	case errors.As(err, &decodeErr):
		return temporaryAnswer(decodeErr)
	case errors.As(err, &callErr):
		return temporaryTransport(callErr.Err)
	}
	return false
}

// temporaryCode goes by the error codes that the service documents.
func temporaryCode(code string) bool {
	switch code {
	case "ServiceUnavailable", "InternalError", // documented as "try again later"
		"NetworkIOError",                               // between parts of the service
		"SignatureNonceUsed",                           // the next request has another nonce
		"InvalidTimeStamp.Expired", "IllegalTimestamp": // and its time is corrected
		return true
	}
	return throttlingCode(code)
}

// temporaryStatus goes by what HTTP (RFC 9110, RFC 6585) and gateways mean by
// a status, where no code says more.
func temporaryStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// temporaryAnswer is for answers that are not the service's. A success that
// cannot be read may be a gateway's hiccup or a connection that broke off;
// one that is too large will be so again.
func temporaryAnswer(e *DecodeError) bool {
	switch {
	case errors.Is(e, ErrResponseTooLarge):
		return false
	case e.StatusCode >= 200 && e.StatusCode <= 299:
		return !errors.Is(e, context.Canceled)
	}
	return temporaryStatus(e.StatusCode)
}

// temporaryTransport is for calls without an answer. A connection that was
// reset, refused or closed is worth another; a name that does not exist, a
// certificate that is not trusted and a request that cannot be sent stay so.
func temporaryTransport(err error) bool {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, ErrCredentials):
		return false
	case errors.As(err, &dns) && dns.IsNotFound:
		return false
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &host):
		return false
	}
	return true
}
