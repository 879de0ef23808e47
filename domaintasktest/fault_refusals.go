package domaintasktest

import (
	"cmp"
	"fmt"
	"net/http"
	"time"
)

// Faults of this file are errors that the service itself answers with, in the
// format of the request. They hit before the operation is carried out.

// APIError is an error of the service. A status of 0 is 400, as most of the
// service's errors have; 200 is an error inside of a success.
func APIError(status int, code, message string) Fault {
	status = cmp.Or(status, http.StatusBadRequest)
	return refused(fmt.Sprintf("APIError %d %s", status, code), func(claim) *failure { return refuse(status, code, message) })
}

// Throttle is an error that asks to slow down, with the status 400 that is
// documented for it. A hint other than 0 is how long to wait, in milliseconds,
// by the headers x-ratelimit-user-api and x-ratelimit-user. The second one
// says half of it: the larger counts.
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

// rateLimit is the value of a header as it was seen from the service. What
// Reset means is not documented.
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

// NonceUsed is the refusal of a nonce, although the request was not seen
// before: two clients may have chosen the same.
func NonceUsed() Fault {
	return refused("NonceUsed", func(claim) *failure { return usedNonce() })
}

// TokenExpired is the refusal of temporary credentials.
func TokenExpired() Fault {
	return refused("TokenExpired", func(claim) *failure { return expiredToken() })
}

// TimestampExpired is the refusal of a timestamp, whatever it is. To have the
// service refuse those that are off, set Options.Now.
func TimestampExpired() Fault {
	return refused("TimestampExpired", func(claim) *failure { return expiredTimestamp() })
}

// IllegalTimestamp is the other code for a timestamp that is off. Its message
// is misleading.
func IllegalTimestamp() Fault {
	return refused("IllegalTimestamp", func(claim) *failure {
		return refuse(http.StatusBadRequest, "IllegalTimestamp", `The input parameter "Timestamp" that is mandatory for processing this request is not supplied.`)
	})
}

// SignatureMismatch is the refusal of a signature, although it may be right.
// The message quotes the string that was expected to be signed, as that of the
// service does: the access key id is in it and, with the RPC scheme, the
// security token.
func SignatureMismatch() Fault {
	return refused("SignatureMismatch", func(c claim) *failure { return mismatch(c.stringToSign) })
}

func refused(name string, refusal func(claim) *failure) Fault {
	return Fault{name: name, before: true, refusal: refusal}
}
