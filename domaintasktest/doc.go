// Package domaintasktest is an in-memory service for tests of programs that use
// PollTaskResult, AcknowledgeTaskResult or QueryTaskDetailList. It speaks HTTP
// and checks every signature, so a program that works with it signs, pages and
// acknowledges as the real service requires.
//
//	srv := domaintasktest.NewServer(domaintasktest.Tasks(50, 1)...)
//	defer srv.Close()
//	client, err := domaintask.NewClient(srv.Config())
//
// [NewServer] starts a service that lists the given tasks, and [Server.Config]
// returns a configuration that reaches it. [Tasks] returns random tasks, and
// [FailedTask] one task that failed for a given reason. [Server.Requests],
// [Server.Acknowledged] and [Server.Tasks] return what happened.
//
// [Server.Add], [Server.Insert] and [Server.Remove] change the listing of
// PollTaskResult. [Server.Submit] adds tasks that have not ended, which only
// QueryTaskDetailList lists. [Server.Execute], [Server.Succeed] and
// [Server.Fail] move them on. [Server.Handle] adds other operations.
//
// # Fidelity
//
// Signatures are verified by the vendor's specification. The code shares nothing
// with the client's signer and decoder. Error codes, HTTP statuses and the shape
// of responses are the documented ones. If the documentation is silent, the
// service is strict: it refuses a duplicate parameter, or a gap in
// TaskDetailNo.1, TaskDetailNo.2 and so on. Permissions are limited to
// Options.Deny.
//
// # Faults
//
// [Server.Inject] applies one [Fault] to each of the next requests.
// [Server.InjectAlways] and [Server.InjectFunc] apply faults until
// [Server.Heal]:
//
//	srv.Inject(domaintasktest.Throttle(2*time.Second), domaintasktest.BadGateway())
//
// The methods of a fault change it: [Fault.On], [Fault.AfterProcessing], [Fault.WithStatus],
// [Fault.WithHeader], [Fault.WithRetryAfter], [Fault.WithRetryAfterDate],
// [Fault.WithDate], [Fault.WithField], [Fault.WithElement] and
// [Fault.WithSize]. [Faults] returns faults of every kind.
//
// These apply before the operation is performed, so it has no effect:
//
//   - refusals: [APIError], [Throttle], [InternalError], [ServiceUnavailable],
//     [Forbidden], [NonceUsed], [TokenExpired], [TimestampExpired],
//     [IllegalTimestamp], [SignatureMismatch], [LongError]
//   - something in front of the service: [Foreign], [Gateway], [BadGateway],
//     [EmptySuccess], [Redirect], [BadRedirect]
//   - connections: [Hang], [SilentConnection], [CloseConnection],
//     [ResetConnection]
//   - acknowledgements: [IgnoreAcknowledge]
//
// These apply to the response of an operation that has been performed:
//
//   - connections: [HangAfter], [Trickle], [CloseAfter], [ResetAfter],
//     [WrongLength]
//   - documents: [Truncate], [Prefix], [TrailingGarbage], [InvalidUTF8],
//     [DeeplyNested], [BillionLaughs], [WrongRoot], [Charset], [DeclaredCharset]
//   - fields: [RequestIDTwice], [SampleTypes], [StringTypes], [TimeFormat]
//   - paging: [CutPages], [CyclicPages]
//   - sizes and compression: [LargeAnswer], [Gzip], [GzipUnasked],
//     [GzipTruncated], [GzipGarbage], [GzipBomb], [TaskBomb]
//   - headers: [DuplicateHeaders], [CachedAnswer], [NoDate]
//
// Some faults are not of one request. [Server.ResetConnections] and
// [Server.SilenceConnections] lose the connections that are open,
// [Server.FailDial] prevents new ones, Options.ProxyStatus refuses every
// CONNECT, and [Server.Renew] lets a security token expire.
//
// All of them work over sockets, with HTTP/1.1 (Options.PlainHTTP) and HTTP/2,
// and in memory. The doc of a fault says if that makes a difference.
//
// # Time
//
// With Options.InMemory, no socket is involved. A server can then run inside a
// bubble of testing/synctest, where latency takes no real time and timeouts are
// exact.
//
// # Other languages
//
// With Options.Addr, a server has a fixed address, for a program that is not
// written in Go or runs in a process of its own:
//
//	srv := domaintasktest.NewServerWith(domaintasktest.Options{
//		Addr:      "127.0.0.1:8080",
//		PlainHTTP: true, // without it, clients must trust Server.Certificate
//	}, domaintasktest.Tasks(50, 1)...)
//	defer srv.Close()
//
// The program uses http://127.0.0.1:8080 as its endpoint, with the access key
// [DefaultAccessKeyID] and [DefaultAccessKeySecret]. The example of Options with
// the suffix Addr shows the same with TLS.
package domaintasktest
