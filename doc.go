// Package domaintask reads how domain-name tasks on Alibaba Cloud ended, and
// confirms what has been read.
//
// Registrations, renewals, DNS and registrant changes are submitted as tasks.
// The one place that lists how they ended is the operation PollTaskResult
// (product Domain, version 2018-01-29); a result stays in its list until
// AcknowledgeTaskResult confirms it.
//
// # Where to begin
//
// [NewClient] makes a client of a [Config]; only its Credentials are required:
// [EnvCredentials], [StaticCredentials], or package credentials for roles.
//
//   - [Client.Tasks] walks all tasks, page after page. Most programs need
//     nothing else to read.
//   - [Client.Pages] does the same a page at a time, with the totals.
//   - [Client.PollTaskResult] reads a single page.
//   - [Client.Drain] passes every task to a function and acknowledges the tasks
//     that it accepts, once or for ever; [Client.DrainBatches] does so with many
//     tasks at a time.
//   - [Client.Watch] follows the list and yields what finishes.
//   - [Client.Wait] waits until a task that was submitted has ended, by its
//     TaskNo; [Client.TaskDetails] and [Client.QueryTaskDetailList] list it in
//     any state.
//   - [Client.AcknowledgeTaskResult] acknowledges tasks that have been dealt with:
//     they are never listed again.
//   - [Client.Do] calls any other operation of the service, and
//     [Client.DoPages] walks its list, page after page.
//
// Every method takes a context and honours it, waits included. What may go well
// the next time is repeated, by Config.Retry. A client may be shared by any
// number of goroutines.
//
// # Errors
//
// An error is a [*ParamError] where nothing was sent, a [*CallError] where no
// answer came, an [*APIError] where the service refused, and a [*DecodeError]
// where the answer was not the service's. In a walk each comes in a
// [*WalkError], which says at which page to resume. The sentinels, such as
// [ErrThrottled], group them for errors.Is. No error shows a secret or a
// signed URL.
//
// # Testing
//
// Package domaintasktest is the service in memory, signatures and all, for the
// tests of programs that use this package.
package domaintask
