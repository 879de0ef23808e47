package domaintask_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// ending is what a caller gets of a service with a lasting fault.
type ending struct {
	kind     string // of the error: "api", "decode", "call"; "" = three tasks and no error
	status   int
	code     string
	is       error
	attempts int
	took     time.Duration // exact to the millisecond
	recovers bool          // whether one such fault is got over by repeating
	lists    bool          // it concerns lists only, and so no acknowledgement
}

// faultEndings says it for every fault of domaintasktest, whatever the format
// and the signature.
var faultEndings = map[string]ending{
	"Throttle":    {kind: "api", status: 400, code: "Throttling.User", is: domaintask.ErrThrottled, attempts: 3, recovers: true},
	"Throttle 2s": {kind: "api", status: 400, code: "Throttling.User", is: domaintask.ErrThrottled, attempts: 3, took: 4 * time.Second, recovers: true},
	"Throttle with status 429 with Retry-After 2":               {kind: "api", status: 429, code: "Throttling.User", is: domaintask.ErrThrottled, attempts: 3, took: 4 * time.Second, recovers: true},
	"Throttle with status 503 with a date of Retry-After in 2s": {kind: "api", status: 503, code: "Throttling.User", is: domaintask.ErrThrottled, attempts: 3, took: 4 * time.Second, recovers: true},
	"InternalError":                      {kind: "api", status: 500, code: "InternalError", attempts: 3, recovers: true},
	"ServiceUnavailable":                 {kind: "api", status: 503, code: "ServiceUnavailable", attempts: 3, recovers: true},
	"NonceUsed":                          {kind: "api", status: 400, code: "SignatureNonceUsed", attempts: 3, recovers: true},
	"TokenExpired":                       {kind: "api", status: 400, code: "InvalidSecurityToken.Expired", is: domaintask.ErrCredentials, attempts: 1},
	"TimestampExpired":                   {kind: "api", status: 400, code: "InvalidTimeStamp.Expired", is: domaintask.ErrClockSkew, attempts: 1}, // the clock is right
	"IllegalTimestamp":                   {kind: "api", status: 400, code: "IllegalTimestamp", is: domaintask.ErrClockSkew, attempts: 1},
	"SignatureMismatch":                  {kind: "api", status: 400, code: "SignatureDoesNotMatch", is: domaintask.ErrCredentials, attempts: 1},
	"APIError 400 NetworkIOError":        {kind: "api", status: 400, code: "NetworkIOError", attempts: 3, recovers: true},
	"APIError 200 Forbidden.RiskControl": {kind: "api", status: 200, code: "Forbidden.RiskControl", is: domaintask.ErrForbidden, attempts: 1},

	"BadGateway":   {kind: "decode", status: 502, attempts: 3, recovers: true},
	"EmptySuccess": {kind: "decode", status: 200, attempts: 3, recovers: true},
	"Redirect 302": {kind: "decode", status: 302, attempts: 1},
	"Redirect 307": {kind: "decode", status: 307, attempts: 1},
	"Redirect 308": {kind: "decode", status: 308, attempts: 1},

	"Hang":            {kind: "call", attempts: 3, took: 90 * time.Second, recovers: true},
	"HangAfter 10":    {kind: "call", is: context.DeadlineExceeded, attempts: 3, took: 90 * time.Second, recovers: true},
	"Trickle 1ms":     {kind: "", attempts: 1},
	"CloseConnection": {kind: "call", is: io.EOF, attempts: 3, recovers: true},
	"ResetConnection": {kind: "call", is: io.EOF, attempts: 3, recovers: true}, // a connection in memory has no resets
	"CloseAfter 0":    {kind: "call", is: io.ErrUnexpectedEOF, attempts: 3, recovers: true},
	"CloseAfter 10":   {kind: "call", is: io.ErrUnexpectedEOF, attempts: 3, recovers: true},
	"WrongLength +10": {kind: "call", is: io.ErrUnexpectedEOF, attempts: 3, recovers: true},
	"WrongLength -10": {kind: "decode", status: 200, attempts: 3, recovers: true},

	"Truncate 10":         {kind: "decode", status: 200, attempts: 3, recovers: true},
	"InvalidUTF8":         {kind: "", attempts: 1}, // becomes U+FFFD, and is listed
	"DeeplyNested 100000": {kind: "decode", status: 200, attempts: 3, recovers: true},
	"BillionLaughs":       {kind: "decode", status: 200, attempts: 3, recovers: true},
	"TrailingGarbage":     {kind: "decode", status: 200, attempts: 3, recovers: true},
	"WrongRoot":           {kind: "decode", status: 200, attempts: 3, recovers: true},

	"SampleTypes": {kind: "", attempts: 1},

	"LargeAnswer 67108864":                        {kind: "decode", status: 200, is: domaintask.ErrResponseTooLarge, attempts: 1},
	"LargeAnswer 67108864 without Content-Length": {kind: "decode", status: 200, is: domaintask.ErrResponseTooLarge, attempts: 1},
	"Gzip":                {kind: "", attempts: 1},
	"GzipUnasked":         {kind: "", attempts: 1},
	"GzipTruncated":       {kind: "call", is: io.ErrUnexpectedEOF, attempts: 3, recovers: true}, // a transport that decompresses does not tell why
	"GzipGarbage":         {kind: "decode", status: 200, attempts: 3, recovers: true},
	"GzipBomb 1073741824": {kind: "decode", status: 200, is: domaintask.ErrResponseTooLarge, attempts: 1},

	"DuplicateHeaders":    {kind: "", attempts: 1},
	"CachedAnswer 1h0m0s": {kind: "", attempts: 1},
	"NoDate":              {kind: "", attempts: 1},

	"SilentConnection":              {kind: "call", attempts: 3, took: 90 * time.Second, recovers: true},
	"ResetAfter 10":                 {kind: "call", is: io.ErrUnexpectedEOF, attempts: 3, recovers: true},
	"CloseAfter 10 with status 403": {kind: "call", is: io.ErrUnexpectedEOF, attempts: 3, recovers: true},

	"Throttle with status 429 with Retry-After 30": {kind: "api", status: 429, code: "Throttling.User", is: domaintask.ErrThrottled, attempts: 1},
	"ServiceUnavailable with Retry-After 1.5":      {kind: "api", status: 503, code: "ServiceUnavailable", attempts: 3, took: 3 * time.Second, recovers: true},
	"Forbidden":                           {kind: "api", status: 403, code: "Forbidden.RAM", is: domaintask.ErrForbidden, attempts: 1},
	"TimestampExpired with Date -50h0m0s": {kind: "api", status: 400, code: "InvalidTimeStamp.Expired", is: domaintask.ErrClockSkew, attempts: 2, recovers: true},
	"TimestampExpired with Date Thu, 01 Jan 1970 00:00:00 GMT": {kind: "api", status: 400, code: "InvalidTimeStamp.Expired", is: domaintask.ErrClockSkew, attempts: 1},
	"APIError 500 Forbidden.RAM":                               {kind: "api", status: 500, code: "Forbidden.RAM", is: domaintask.ErrForbidden, attempts: 1},
	"APIError 503 InvalidAccessKeyId.NotFound":                 {kind: "api", status: 503, code: "InvalidAccessKeyId.NotFound", is: domaintask.ErrCredentials, attempts: 1},
	"APIError 400 ServiceBusy":                                 {kind: "api", status: 400, code: "ServiceBusy", attempts: 3, recovers: true},
	"APIError 403 SystemBusy":                                  {kind: "api", status: 403, code: "SystemBusy", attempts: 3, recovers: true},
	"APIError 200 RequestTimeout":                              {kind: "api", status: 200, code: "RequestTimeout", attempts: 3, recovers: true},
	`Throttle with Code " \n Throttling.User\t"`:               {kind: "api", status: 400, code: "Throttling.User", is: domaintask.ErrThrottled, attempts: 3, recovers: true},
	"InternalError of 2097152 bytes":                           {kind: "api", status: 500, code: "InternalError", attempts: 3, recovers: true},
	"LongError 15728640":                                       {kind: "api", status: 400, code: "SignatureDoesNotMatch", is: domaintask.ErrCredentials, attempts: 1},

	"Gateway 429 with Retry-After 1.5": {kind: "decode", status: 429, is: domaintask.ErrThrottled, attempts: 3, took: 3 * time.Second, recovers: true},
	"Gateway 503 with Retry-After 2":   {kind: "decode", status: 503, attempts: 3, took: 4 * time.Second, recovers: true},
	"Foreign 200 text/html":            {kind: "decode", status: 200, attempts: 3, recovers: true},
	"BadRedirect":                      {kind: "decode", status: 302, attempts: 1},

	`Prefix "\n "`:           {kind: "", attempts: 1},
	`Prefix "\ufeff"`:        {kind: "", attempts: 1},
	"Charset GBK":            {kind: "", attempts: 1},
	"Charset ISO-8859-1":     {kind: "", attempts: 1},
	"Charset UTF-16":         {kind: "", attempts: 1},
	"Charset UTF-16LE":       {kind: "", attempts: 1},
	"DeclaredCharset GBK":    {kind: "", attempts: 1}, // in JSON, nothing names it
	"DeclaredCharset UTF-16": {kind: "", attempts: 1},

	"RequestIDTwice": {kind: "", attempts: 1},
	"StringTypes":    {kind: "", attempts: 1},
	"TimeFormat 2006-01-02T15:04:05Z07:00 UTC":   {kind: "", attempts: 1},
	"TimeFormat 2006-01-02T15:04:05Z07:00 UTC+8": {kind: "", attempts: 1},
	"TimeFormat 2006-01-02T15:04Z07:00 UTC+8":    {kind: "", attempts: 1},
	"TimeFormat  2006-01-02 15:04:05\n UTC+8":    {kind: "", attempts: 1},
	"TimeFormat epoch milliseconds UTC+8":        {kind: "", attempts: 1},
	`answer with TaskResult {"a":1}`:             {kind: "", attempts: 1},
	"answer with ErrorMsg []":                    {kind: "", attempts: 1},
	"answer with FailReason {}":                  {kind: "", attempts: 1},
	`answer with TryCount "N/A"`:                 {kind: "", attempts: 1},
	"answer with TryCount 1.5":                   {kind: "", attempts: 1},
	"answer with TryCount 1e400":                 {kind: "", attempts: 1},
	"answer with TryCount true":                  {kind: "", attempts: 1},
	"answer with NextPage 0":                     {kind: "", attempts: 1},
	`answer with NextPage "0"`:                   {kind: "", attempts: 1},
	"answer with TotalItemNum -1":                {kind: "", attempts: 1},
	"answer with ErrorMsg \"a\x0b\x00b\"":        {kind: "", attempts: 1},
	"answer with ErrorMsg \"a\xe4\xb8\"":         {kind: "", attempts: 1},
	`answer with ErrorMsg "a & b"`:               {kind: "", attempts: 1},
	`answer with ErrorMsg "a&nbsp;b"`:            {kind: "", attempts: 1},
	`answer with element {"Error":"internal"}`:   {kind: "", attempts: 1},
	"answer with element null":                   {kind: "", attempts: 1},
	`answer with element "internal"`:             {kind: "", attempts: 1},

	"CutPages 10":       {kind: "", attempts: 1},
	"CyclicPages 1":     {kind: "", attempts: 1},
	"IgnoreAcknowledge": {kind: "", attempts: 1},

	"GzipUnasked with Content-Encoding x-gzip": {kind: "", attempts: 1},
	"answer with Content-Encoding br":          {kind: "decode", status: 200, attempts: 1},
	"TaskBomb 1200000 {}":                      {kind: "", attempts: 1},
	`TaskBomb 380000 {"TaskNo":1}`:             {kind: "decode", status: 200, attempts: 1, lists: true},
}

// unwell is a service in memory, with a token in the credentials, and a client
// of it that logs everything. It lives in a synctest bubble.
func unwell(t *testing.T, format domaintask.Format, signature domaintask.SignatureMethod) (*domaintasktest.Server, *domaintask.Client, *witness) {
	t.Helper()
	server := domaintasktest.NewServerWith(domaintasktest.Options{
		PlainHTTP: true, InMemory: true, AccessKeySecret: testSecret, SecurityToken: testToken,
	}, domaintasktest.Tasks(3, 1)...)
	t.Cleanup(server.Close)
	config := server.Config()
	w := &witness{Transport: config.HTTPClient.Transport.(*http.Transport)}
	config.HTTPClient.Transport = w
	t.Cleanup(config.HTTPClient.CloseIdleConnections)
	config.Format, config.Signature = format, signature
	config.Retry.BaseDelay = 1
	config.Logger = slog.New(slog.NewJSONHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config.OnAttempt = func(_ context.Context, a domaintask.Attempt) { fmt.Fprintf(&w.log, "%+v\n", a) }
	return server, newClient(t, config), w
}

// witness sees the signatures go by, and what is said of the attempts.
type witness struct {
	*http.Transport
	signatures []string
	log        bytes.Buffer
}

func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	w.signatures = append(w.signatures, cmp.Or(signature, r.URL.Query().Get("Signature")))
	return w.Transport.RoundTrip(r)
}

const testToken = "CAIS/token+with=awkward/bytes"

// TestFaults drives every fault in both formats and with both signatures, and
// states what the caller gets, after how many attempts and how long.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range domaintasktest.Faults() {
		for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
			for _, signature := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
				t.Run(fmt.Sprintf("%v/%v/%v", fault, format, signature), func(t *testing.T) {
					t.Parallel()
					want, ok := faultEndings[fault.String()]
					require.True(t, ok, "a fault that the table does not know")
					synctest.Test(t, func(t *testing.T) { lastingFault(t, fault, format, signature, want) })
					synctest.Test(t, func(t *testing.T) { passingFault(t, fault, format, signature, want) })
				})
			}
		}
	}
}

func lastingFault(t *testing.T, fault domaintasktest.Fault, format domaintask.Format, signature domaintask.SignatureMethod, want ending) {
	server, client, witness := unwell(t, format, signature)
	server.InjectAlways(fault)
	start := time.Now()
	resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	took := time.Since(start).Truncate(time.Millisecond)

	require.Len(t, server.Requests(), want.attempts)
	if fault.String() == "Trickle 1ms" {
		require.NoError(t, err)
		require.InDelta(t, 2500*time.Millisecond, took, float64(1500*time.Millisecond), "a millisecond a byte")
		return
	}
	require.Equal(t, want.took, took)
	if want.kind == "" {
		require.NoError(t, err)
		require.Len(t, resp.Tasks, 3)
		return
	}
	require.Nil(t, resp)
	require.Equal(t, want.attempts, attempts(t, err))
	var apiErr *domaintask.APIError
	var decodeErr *domaintask.DecodeError
	var callErr *domaintask.CallError
	switch want.kind {
	case "api":
		require.ErrorAs(t, err, &apiErr)
		require.Equal(t, want.status, apiErr.StatusCode)
		require.Equal(t, want.code, apiErr.Code)
		require.NotEmpty(t, apiErr.RequestID)
	case "decode":
		require.ErrorAs(t, err, &decodeErr)
		require.Equal(t, want.status, decodeErr.StatusCode)
	case "call":
		require.ErrorAs(t, err, &callErr)
	}
	if want.is != nil {
		require.ErrorIs(t, err, want.is)
	}
	require.Len(t, witness.signatures, want.attempts)
	requireNoSecret(t, witness.signatures, show(t, err, errors.Join(err))+witness.log.String())
}

// passingFault meets the fault once, with an acknowledgement that was carried
// out before it hit.
func passingFault(t *testing.T, fault domaintasktest.Fault, format domaintask.Format, signature domaintask.SignatureMethod, want ending) {
	server, client, _ := unwell(t, format, signature)
	id := server.Tasks()[0].TaskDetailNo
	server.Inject(fault)
	resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	if want.kind == "" || want.recovers {
		require.NoError(t, err)
		require.Len(t, resp.Tasks, 3)
	} else {
		require.Error(t, err)
	}

	server.Heal()
	server.Inject(fault.AfterProcessing())
	ack, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{id}})
	require.Equal(t, []string{id}, server.Acknowledged(), "it has happened, whatever the client was told")
	if want.kind == "" || want.recovers || want.lists {
		require.NoError(t, err, "to confirm twice is harmless")
		require.LessOrEqual(t, ack.Result, 1)
	} else {
		require.Error(t, err)
	}
}

// requireNoSecret searches text for what the client signs with, in every
// encoding, and for a signed query.
func requireNoSecret(t *testing.T, signatures []string, text string) {
	t.Helper()
	for _, secret := range append([]string{testSecret, testToken, "&Signature=", "Credential="}, signatures...) {
		for _, form := range []string{secret, url.QueryEscape(secret), url.QueryEscape(url.QueryEscape(secret)), base64.StdEncoding.EncodeToString([]byte(secret))} {
			require.False(t, strings.Contains(text, form), form)
		}
	}
}

// TestFaultsMemory: whatever the service sends, reading it takes less than
// three times the limit. It counts all that is allocated, here and by the service,
// so nothing may run beside it.
func TestFaultsMemory(t *testing.T) {
	for _, fault := range domaintasktest.Faults() {
		for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
			synctest.Test(t, func(t *testing.T) {
				server, client, _ := unwell(t, format, domaintask.SignatureHMACSHA1)
				server.Inject(fault)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				runtime.ReadMemStats(&after)
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(3*domaintask.DefaultMaxResponseBytes), "%v, %v", fault, format)
			})
		}
	}
}

// TestLimitIsExact: an answer of just the limit is read, a byte more is not,
// wherever the limit lies between what fits a buffer and what does not.
func TestLimitIsExact(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1000, 1<<20 - 513, 1<<20 - 512, 1 << 20, 1<<20 + 1, 2 << 20, 3<<20 + 7} {
		body := append([]byte(emptyPage), bytes.Repeat([]byte{' '}, size-len(emptyPage))...)
		for _, chunked := range []bool{false, true} {
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if chunked {
					w.(http.Flusher).Flush()
				}
				w.Write(body)
			})
			for _, limit := range []int{size, size - 1, math.MaxInt} {
				_, err := newClient(t, domaintask.Config{Endpoint: server.URL, Retry: once, MaxResponseBytes: int64(limit)}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.Equal(t, limit < size, errors.Is(err, domaintask.ErrResponseTooLarge), "%d of %d, chunked %v: %v", limit, size, chunked, err)
			}
		}
	}
}
