package domaintasktest

import (
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// The faults in this file are errors of the service, in the format of the
// request. The operation has not been performed.

// APIError is an error of the service. A status of 0 means 400, which most of
// its errors have, and 200 is an error inside a success. The status need not fit
// the code:
//
//	domaintasktest.APIError(500, "Forbidden.RAM", "User not authorized.")
//	domaintasktest.APIError(400, "ServiceBusy", "The service is busy.")
func APIError(status int, code, message string) Fault {
	status = cmp.Or(status, http.StatusBadRequest)
	return refused(fmt.Sprintf("APIError %d %s", status, code), func(claim) *failure { return refuse(status, code, message) })
}

// Throttle refuses a request for flow control, with the documented status 400. A
// hint other than 0 is the time to wait, in the headers x-ratelimit-user-api and
// x-ratelimit-user. The second one has half of it, since the larger one counts.
func Throttle(hint time.Duration) Fault {
	f := refused("Throttle", func(claim) *failure {
		return refuse(http.StatusBadRequest, "Throttling.User", "Request was denied due to user flow control.")
	})
	if hint == 0 {
		return f
	}
	f = f.WithHeader("X-Ratelimit-User-Api", rateLimit(hint)).WithHeader("X-Ratelimit-User", rateLimit(hint/2))
	f.name = "Throttle " + hint.String()
	return f
}

// rateLimit returns a header value in the form that the service was seen to
// send. The meaning of Reset is not documented.
func rateLimit(left time.Duration) string {
	return fmt.Sprintf("Limit:1,Remain:0,TimeLeft:%d,Reset:1234", left.Milliseconds())
}

// InternalError is the service's own 500.
func InternalError() Fault {
	return refused("InternalError", func(claim) *failure {
		return refuse(http.StatusInternalServerError, "InternalError", "The request processing has failed due to some unknown error.")
	})
}

// ServiceUnavailable is the service's own 503.
func ServiceUnavailable() Fault {
	return refused("ServiceUnavailable", func(claim) *failure {
		return refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
	})
}

// Forbidden denies the permission for the operation, with an AccessDeniedDetail.
// To deny operations for the life of a server, use Options.Deny.
func Forbidden() Fault {
	return refused("Forbidden", func(c claim) *failure { return notPermitted(c.action) })
}

// NonceUsed refuses a nonce that was not used before, as if another client had
// chosen the same.
func NonceUsed() Fault {
	return refused("NonceUsed", func(claim) *failure { return usedNonce() })
}

// TokenExpired refuses temporary credentials as expired. [Server.Renew] makes
// the service do so until the client signs with the next ones.
func TokenExpired() Fault {
	return refused("TokenExpired", func(claim) *failure { return expiredToken() })
}

// TimestampExpired refuses a timestamp even if it is right. To refuse wrong ones
// only, use Options.Now. With [Fault.WithDate], the time of the service is
// implausible.
func TimestampExpired() Fault {
	return refused("TimestampExpired", func(claim) *failure { return expiredTimestamp() })
}

// IllegalTimestamp refuses a timestamp with the other code of the service, whose
// message is misleading.
func IllegalTimestamp() Fault {
	return refused("IllegalTimestamp", func(claim) *failure {
		return refuse(http.StatusBadRequest, "IllegalTimestamp", `The input parameter "Timestamp" that is mandatory for processing this request is not supplied.`)
	})
}

// SignatureMismatch refuses a signature even if it is right. As with the real
// service, the message quotes the string that was to be signed: it contains the
// access key id and, with the RPC scheme, the security token.
func SignatureMismatch() Fault {
	return refused("SignatureMismatch", func(c claim) *failure { return mismatch(c.stringToSign) })
}

func refused(name string, refusal func(claim) *failure) Fault {
	return Fault{name: name, before: true, refusal: refusal}
}
