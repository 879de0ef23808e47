package main

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// summary is how far a listing came.
type summary struct {
	noun         string // what is listed, such as failed task
	tasks, pages int
	total        int // as the service counted with its last page
	took         time.Duration
}

// list prints the tasks to stdout, each page as soon as it is read. Whatever
// the error, the pages before it are printed.
func list(ctx context.Context, client *domaintask.Client, opts options, stdout io.Writer, status *statusLine) (done summary, err error) {
	done.noun = opts.noun()
	start := time.Now()
	defer func() {
		status.clear()
		done.took = time.Since(start)
	}()

	// Only flush prints, so not even a header appears before the service has
	// answered.
	rows := opts.output(bufio.NewWriter(stdout))
	items, unread := 0, 0 // tasks on the pages so far; of those, still to come
	newPage := func(p domaintask.Progress) {
		status.clear() // rows may go to the same terminal
		done.pages, done.total = p.Pages, p.TotalItems
		unread, items = p.Items-items, p.Items
	}

	status.show("reading page " + strconv.Itoa(opts.Request.PageNum))
	walk := client.Tasks(ctx, opts.Request, domaintask.WithMaxItems(opts.limit), domaintask.WithProgress(newPage))
	var walkErr error
	for task, err := range walk {
		if err != nil {
			walkErr = err // and the walk ends
			break
		}
		if err := rows.write(task); err != nil {
			return done, &outputError{err}
		}
		done.tasks++
		// A page is printed before the next one is asked for. Where a page
		// repeats tasks fewer come, and the last of them wait for that one.
		if unread--; unread == 0 {
			if err := rows.flush(); err != nil {
				return done, &outputError{err}
			}
			status.show(done.count() + " so far, " + cli.Plural(done.pages, "page"))
		}
	}
	if done.pages > 0 {
		if err := rows.flush(); err != nil {
			return done, &outputError{err}
		}
	}
	return done, walkErr
}

// outputError is a failure to write the results. It sets a broken pipe there
// apart from a broken connection to the service.
type outputError struct{ err error }

func (e *outputError) Error() string { return "writing the results: " + e.err.Error() }

func (e *outputError) Unwrap() error { return e.err }
