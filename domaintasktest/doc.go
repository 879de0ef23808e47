// Package domaintasktest is an in-memory PollTaskResult service for tests. It
// speaks HTTP and checks every signature, so that what works against it is a
// program that signs, pages and acknowledges as the real service wants it.
//
//	srv := domaintasktest.NewServer(domaintasktest.Tasks(50, 1)...)
//	defer srv.Close()
//	client, err := domaintask.NewClient(srv.Config())
//
// [NewServer] starts a service that holds the given tasks, [Server.Config] is
// a configuration that reaches it, and [Tasks] invents tasks to fill it with.
// Afterwards [Server.Requests], [Server.Acknowledged] and [Server.Tasks] tell
// what happened.
//
// # Fidelity
//
// Signatures are verified from the vendor's specification by code that shares
// nothing with the client's. Error codes, HTTP statuses and the shape of
// answers are the documented ones. Where the documentation is silent, the
// service here is strict: a parameter given twice, or a gap in TaskDetailNo.1,
// TaskDetailNo.2 and so on, is refused. Of permissions it knows Options.Deny.
//
// # Faults
//
// A service has bad days. [Server.Inject] lets the next requests meet one
// [Fault] each, [Server.InjectAlways] and [Server.InjectFunc] let faults last,
// until [Server.Heal]:
//
//	srv.Inject(domaintasktest.Throttle(2*time.Second), domaintasktest.BadGateway())
//
// [Faults] is one of every kind: refusals of the service, answers of something
// in front of it, documents that are none, and connections that hang, trickle
// or break. A fault hits before the operation is carried out or after it,
// which [Server.Acknowledged] and Request.Processed tell.
//
// All of them work over sockets, by HTTP/1.1 (with Options.PlainHTTP) and by
// HTTP/2, and in memory. Each says where that makes a difference.
//
// # Time
//
// With Options.InMemory no socket is involved, and a server may live inside a
// bubble of testing/synctest, where latency costs nothing and time-outs are
// exact.
package domaintasktest
