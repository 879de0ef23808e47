package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
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
	seen := make(idSet)

	status.show("reading page " + decimal(opts.request.PageNum))
	for page, err := range client.Pages(ctx, opts.request) {
		if err != nil {
			return done, err
		}
		status.clear() // rows may go to the same terminal
		done.pages++
		done.total = page.TotalItemNum
		for _, task := range page.Tasks {
			if done.tasks == opts.limit {
				break
			}
			if !seen.add(task.TaskDetailNo) {
				continue
			}
			if err := rows.write(task); err != nil {
				return done, &outputError{err}
			}
			done.tasks++
		}
		if err := rows.flush(); err != nil {
			return done, &outputError{err}
		}
		if done.tasks == opts.limit {
			break // which ends the walk: nothing more is sent
		}
		status.show(done.count() + " so far, " + plural(done.pages, "page"))
	}
	return done, nil
}

// idSet remembers what is listed: Pages reads a page again where others
// confirm tasks meanwhile, since that moves the rows after them.
type idSet map[string]bool

// add reports whether id is new. Tasks without an id cannot be told apart and
// are all new.
func (s idSet) add(id string) bool {
	if id == "" {
		return true
	}
	if s[id] {
		return false
	}
	s[strings.Clone(id)] = true // a copy, for the id may be a part of a larger string
	return true
}

// outputError is a failure to write the results. It sets a broken pipe there
// apart from a broken connection to the service.
type outputError struct{ err error }

func (e *outputError) Error() string { return "writing the results: " + e.err.Error() }

func (e *outputError) Unwrap() error { return e.err }
