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
// TaskDetailNo.2 and so on, is refused. It does not know permissions.
//
// # Time
//
// With Options.InMemory no socket is involved, and a server may live inside a
// bubble of testing/synctest, where latency costs nothing and time-outs are
// exact.
package domaintasktest
