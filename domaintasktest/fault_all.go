package domaintasktest

import (
	"net/http"
	"time"
)

// Faults returns faults of every kind, each with a name of its own, for a test
// that a program survives all of them. They are as bad as the worst ones that
// were seen: responses of 64 MiB, and of 1 GiB or 1,200,000 tasks once
// decompressed. Redirects lead to a name that does not exist.
//
// Some of them hang until the client gives up. Trickle takes a millisecond for
// each byte.
func Faults() []Fault {
	var ok Fault
	return []Fault{
		// Refusals.
		Throttle(0),
		Throttle(2 * time.Second),
		Throttle(0).WithStatus(http.StatusTooManyRequests).WithRetryAfter(2 * time.Second),
		Throttle(0).WithStatus(http.StatusTooManyRequests).WithRetryAfter(30 * time.Second),
		Throttle(0).WithStatus(http.StatusServiceUnavailable).WithRetryAfterDate(2 * time.Second),
		InternalError(),
		ServiceUnavailable(),
		ServiceUnavailable().WithRetryAfter(1500 * time.Millisecond),
		Forbidden(),
		NonceUsed(),
		TokenExpired(),
		TimestampExpired(),
		TimestampExpired().WithDate(-50 * time.Hour),
		TimestampExpired().WithHeader("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),
		IllegalTimestamp(),
		SignatureMismatch(),
		APIError(http.StatusBadRequest, "NetworkIOError", "Network IO Error."),
		APIError(http.StatusOK, "Forbidden.RiskControl", "This operation is forbidden by risk control."),
		APIError(http.StatusInternalServerError, "Forbidden.RAM", "User not authorized to operate on the specified resource."),
		APIError(http.StatusServiceUnavailable, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
		APIError(http.StatusBadRequest, "ServiceBusy", "The service is busy."),
		APIError(http.StatusForbidden, "SystemBusy", "The system is busy."),
		APIError(http.StatusOK, "RequestTimeout", "The request timed out."),

		// Something in front of the service.
		BadGateway(),
		Gateway(http.StatusTooManyRequests).WithRetryAfter(1500 * time.Millisecond),
		Gateway(http.StatusServiceUnavailable).WithRetryAfter(2 * time.Second),
		Foreign(http.StatusOK, "text/html", "<html><head><title>Sign in to this network</title></head></html>"),
		EmptySuccess(),
		Redirect(http.StatusFound, redirectTarget),
		Redirect(http.StatusTemporaryRedirect, redirectTarget),
		Redirect(http.StatusPermanentRedirect, redirectTarget),
		BadRedirect(),

		// Connections.
		Hang(),
		HangAfter(10),
		SilentConnection(),
		Trickle(time.Millisecond),
		CloseConnection(),
		ResetConnection(),
		CloseAfter(0),
		CloseAfter(10),
		CloseAfter(10).WithStatus(http.StatusForbidden),
		ResetAfter(10),
		WrongLength(+10),
		WrongLength(-10),

		// Documents.
		Truncate(10),
		Prefix("\n "),
		Prefix("\ufeff"),
		InvalidUTF8(),
		DeeplyNested(100_000),
		BillionLaughs(),
		TrailingGarbage(),
		WrongRoot(),
		Charset("GBK"),
		Charset("ISO-8859-1"),
		Charset("UTF-16"),
		Charset("UTF-16LE"),
		DeclaredCharset("GBK"),
		DeclaredCharset("UTF-16"),

		// Fields.
		RequestIDTwice(),
		SampleTypes(),
		StringTypes(),
		TimeFormat(time.RFC3339, time.UTC),
		TimeFormat(time.RFC3339, nil),
		TimeFormat("2006-01-02T15:04Z07:00", nil),
		TimeFormat(" 2006-01-02 15:04:05\n", nil),
		TimeFormat(EpochMillis, nil),
		Throttle(0).WithField("Code", `" \n Throttling.User\t"`, "\n\tThrottling.User\n"),
		ok.WithField("TaskResult", `{"a":1}`, `<a>1</a>`),
		ok.WithField("ErrorMsg", `[]`, ``),
		ok.WithField("FailReason", `{}`, `<a/>`),
		ok.WithField("TryCount", `"N/A"`, `N/A`),
		ok.WithField("TryCount", `1.5`, `1.5`),
		ok.WithField("TryCount", `1e400`, `1e400`),
		ok.WithField("TryCount", `true`, `true`),
		ok.WithField("NextPage", `0`, `0`),
		ok.WithField("NextPage", `"0"`, ` 0 `),
		ok.WithField("TotalItemNum", `-1`, `-1`),
		ok.WithField("ErrorMsg", "\"a\x0b\x00b\"", "a&#11;b"),
		ok.WithField("ErrorMsg", "\"a\xe4\xb8\"", "a\xe4\xb8"),
		ok.WithField("ErrorMsg", `"a & b"`, `a & b`),
		ok.WithField("ErrorMsg", `"a&nbsp;b"`, `a&nbsp;b`),
		ok.WithElement(`{"Error":"internal"}`, `<TaskDetail><Error>internal</Error></TaskDetail>`),
		ok.WithElement(`null`, `<TaskDetail/>`),
		ok.WithElement(`"internal"`, `<TaskDetail>internal</TaskDetail>`),

		// Paging and acknowledgements.
		CutPages(10),
		CyclicPages(1),
		IgnoreAcknowledge(),

		// Sizes.
		LargeAnswer(64 << 20),
		LargeAnswer(64 << 20).WithHeader("Content-Length"),
		InternalError().WithSize(2 << 20),
		LongError(15 << 20),
		Gzip(),
		GzipUnasked(),
		GzipUnasked().WithHeader("Content-Encoding", "x-gzip"),
		ok.WithHeader("Content-Encoding", "br"),
		GzipTruncated(),
		GzipGarbage(),
		GzipBomb(1 << 30),
		TaskBomb(1_200_000, `{}`, `<TaskDetail/>`),
		TaskBomb(380_000, `{"TaskNo":1}`, `<TaskDetail><TaskNo>1</TaskNo></TaskDetail>`),

		// Headers.
		DuplicateHeaders(),
		CachedAnswer(time.Hour),
		NoDate(),
	}
}

// redirectTarget has a name that RFC 6761 keeps from existing.
const redirectTarget = "https://elsewhere.invalid/"
