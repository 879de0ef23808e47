// Package domaintask reads the results of Alibaba Cloud domain-name tasks and
// acknowledges them.
//
// Registrations, renewals, DNS and registrant changes are submitted as tasks.
// The operation PollTaskResult (product Domain, version 2018-01-29) lists their
// results. A result stays listed until AcknowledgeTaskResult acknowledges it.
//
// # Where to begin
//
// [NewClient] returns a client for a [Config]. Only Credentials are required:
// [EnvCredentials], [StaticCredentials], or package credentials for roles.
//
//   - [Client.Tasks] walks all tasks, page after page. Most programs need
//     nothing else to read.
//   - [Client.Pages] does the same a page at a time, with the totals.
//   - [Client.PollTaskResult] reads a single page.
//   - [Client.Drain] passes every task to a function and acknowledges the tasks
//     that it accepts, once or for ever; [Client.DrainBatches] does so with many
//     tasks at a time.
//   - [Client.Watch] follows the list and yields tasks as they finish.
//   - [Client.Wait] waits until a task that was submitted has ended, by its
//     TaskNo; [Client.TaskDetails] and [Client.QueryTaskDetailList] list it in
//     any state.
//   - [Client.AcknowledgeTaskResult] acknowledges tasks that have been dealt with:
//     they are never listed again.
//   - [Client.Do] calls any other operation of the service, and
//     [Client.DoPages] walks its list, page after page.
//
// Every method takes a context and honors it, also while it waits. Temporary
// failures are retried as Config.Retry says. A client may be shared by any number
// of goroutines.
//
// # Errors
//
// Errors are [*ParamError] (invalid input, nothing sent), [*CallError] (no
// response), [*APIError] (refused by the service), and [*DecodeError] (the
// response is not the service's). In a walk, a [*WalkError] wraps them and gives
// the page to resume from. The sentinels, such as [ErrThrottled], group them for
// errors.Is. No error shows a secret or a signed URL.
//
// # Testing
//
// Package domaintasktest is the service in memory, signatures and all, for the
// tests of programs that use this package.
package domaintask
