// Package cli holds the common parts of the example programs: start and end, the
// flags that select the tasks and the service, and messages. The programs
// themselves show how to use the library.
package cli
