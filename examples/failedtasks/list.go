package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// listing is the progress of a listing.
type listing struct {
	noun    string // the kind of tasks, such as failed task
	tasks   int    // listed or counted
	pages   int
	total   int // the service's total, on its last page
	outside int // outside of the period, and so omitted
	undated int // of the tasks: without a time, and so not omitted
	groups  int // of the tasks, with -summary
	took    time.Duration
}

// list prints the tasks to stdout, each page as soon as it is read, or their counts
// at the end. Tasks read before an error are printed.
func list(ctx context.Context, client *domaintask.Client, opts options, stdout io.Writer, status *statusLine) (done listing, err error) {
	done.noun = opts.noun()
	start := time.Now()
	defer func() {
		status.clear()
		done.took = time.Since(start)
	}()

	// Only flush prints, so not even a header appears before the service has
	// responded.
	out, form := bufio.NewWriter(stdout), layoutFor(stdout, opts.columns)
	var (
		rows   rowWriter // nil means they are only counted
		counts *tally
	)
	if opts.summary {
		counts = newTally(form.or(summaryColumns))
	} else {
		rows = opts.output(out, form)
	}
	items, unread := 0, 0 // tasks on the pages so far, and how many of them are still to come
	newPage := func(p domaintask.Progress) {
		status.clear() // rows may go to the same terminal
		done.pages, done.total = p.Pages, p.TotalItems
		unread, items = p.Items-items, p.Items
	}

	status.show("reading page " + strconv.Itoa(opts.Request.PageNum))
	var walkErr error
	for task, err := range client.Tasks(ctx, opts.Request, domaintask.WithMaxItems(opts.maxItems()), domaintask.WithProgress(newPage)) {
		if err != nil {
			walkErr = err // the walk ends
			break
		}
		within, dated := opts.updated.holds(task)
		switch {
		case !within:
			done.outside++
		case counts != nil:
			counts.add(task)
			done.tasks++
		default:
			if err := rows.write(row{TaskDetail: task}); err != nil {
				return done, &outputError{err}
			}
			done.tasks++
		}
		if within && !dated {
			done.undated++
		}
		if opts.limit > 0 && done.tasks == opts.limit {
			break
		}
		// A page is printed before the next one is requested. If a page repeats
		// tasks, fewer come, and the last of them are printed with the next page.
		if unread--; unread == 0 {
			if rows != nil {
				if err := rows.flush(); err != nil {
					return done, &outputError{err}
				}
			}
			status.show(done.progress(opts, time.Since(start)))
		}
	}
	status.clear()
	if done.pages == 0 {
		return done, walkErr
	}
	if counts != nil {
		done.groups, err = counts.print(opts.output, out, form)
	} else {
		err = rows.flush()
	}
	if err != nil {
		return done, &outputError{err}
	}
	return done, walkErr
}

// progress returns the status line. A narrow terminal cuts off its end, which
// matters least.
func (l listing) progress(opts options, took time.Duration) string {
	read := l.tasks + l.outside
	left := l.total - read - (opts.Request.PageNum-1)*opts.Request.PageSize
	text := l.count() + " so far"
	switch most := opts.maxItems(); {
	case most > 0:
		left = min(left, most-read)
	case opts.updated.bounded():
		text = fmt.Sprintf("read %d of %d, found %d", read, max(read, l.total), l.tasks)
		if opts.limit > 0 {
			left = 0 // unknown: the wanted tasks may be anywhere
		}
	}
	return text + pace(read, left, took) + ", " + cli.Plural(l.pages, "page")
}

// outputError is a failure to write the results. It distinguishes a broken pipe
// there from a broken connection to the service.
type outputError struct{ err error }

func (e *outputError) Error() string { return "writing the results: " + e.err.Error() }

func (e *outputError) Unwrap() error { return e.err }
