package domaintasktest

import (
	"net/http"
	"time"
)

// Faults returns one of every kind of fault, each with a name of its own, for
// a test of what a program makes of them. They are as bad as the worst ones
// that were seen: answers of 64 MiB, and of 1 GiB once decompressed. Redirects
// lead to a name that does not exist.
//
// Some hang until the client gives up, which is to be seen to. Trickle takes a
// millisecond a byte.
func Faults() []Fault {
	return []Fault{
		Throttle(0),
		Throttle(2 * time.Second),
		Throttle(0).WithStatus(http.StatusTooManyRequests).WithRetryAfter(2 * time.Second),
		Throttle(0).WithStatus(http.StatusServiceUnavailable).WithRetryAfterDate(2 * time.Second),
		InternalError(),
		ServiceUnavailable(),
		NonceUsed(),
		TokenExpired(),
		TimestampExpired(),
		IllegalTimestamp(),
		SignatureMismatch(),
		APIError(http.StatusBadRequest, "NetworkIOError", "Network IO Error."),
		APIError(http.StatusOK, "Forbidden.RiskControl", "This operation is forbidden by risk control."),

		BadGateway(),
		EmptySuccess(),
		Redirect(http.StatusFound, redirectTarget),
		Redirect(http.StatusTemporaryRedirect, redirectTarget),
		Redirect(http.StatusPermanentRedirect, redirectTarget),

		Hang(),
		HangAfter(10),
		SilentConnection(),
		Trickle(time.Millisecond),
		CloseConnection(),
		ResetConnection(),
		CloseAfter(0),
		CloseAfter(10),
		ResetAfter(10),
		WrongLength(+10),
		WrongLength(-10),

		Truncate(10),
		InvalidUTF8(),
		DeeplyNested(100_000),
		BillionLaughs(),
		TrailingGarbage(),
		WrongRoot(),
		SampleTypes(),

		LargeAnswer(64 << 20),
		LargeAnswer(64 << 20).WithHeader("Content-Length"),
		Gzip(),
		GzipUnasked(),
		GzipTruncated(),
		GzipGarbage(),
		GzipBomb(1 << 30),

		DuplicateHeaders(),
		CachedAnswer(time.Hour),
		NoDate(),
	}
}

// redirectTarget is under a name that RFC 6761 keeps from existing.
const redirectTarget = "https://elsewhere.invalid/"
