package domaintask

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// Wait waits until every detail of a task has ended, well or not, and returns
// them in the order of the service. It lists the task in rounds. The next round
// begins after the interval if anything has changed, and otherwise later, up to
// eight intervals, the longer nothing changes or errors last. It never begins
// before the time that an error asked to wait for; see [RetryAfter].
//
// A task that has no details yet may have been submitted just now: Wait waits
// for them as well, and so for ever if the TaskNo is wrong, unless ctx ends. A
// detail with a status that the service does not document has not ended, and
// neither has an element of the list that could not be read. A list that has
// become shorter counts once a second round agrees.
//
// Errors that may pass do not end it: those that are [Temporary] or match
// ErrPaging. It returns any other error. If ctx ends, the error is a
// [*CallError], whose Last is the error of the round before, if it had one. The
// details are nil then.
//
// A PageSize of 0 means MaxPageSize. PageNum must be 0 or 1, and TaskStatus
// AnyStatus. Other filters apply: with DomainName it waits for the details of
// one domain. Each round counts its Progress from zero. Tasks that
// are acknowledged elsewhere stay listed.
func (c *Client) Wait(ctx context.Context, req QueryTaskDetailListRequest, opts ...Option) ([]TaskDetail, error) {
	o, invalid := newOptions(waitTakes, opts)
	if err := cmp.Or(invalid, checkWait(req)); err != nil {
		return nil, err
	}
	o.strict = true // a detail that may be missing may not have ended
	w := wait{plan: c.walkDetails(req, o)}
	pause := pause{interval: cmp.Or(o.interval, DefaultInterval)}
	var last error
	for {
		done, err := w.round(ctx)
		switch {
		case done:
			return w.details, nil
		case err != nil && ctx.Err() == nil && !canContinue(err):
			return nil, err
		case isEnded(err):
			var call *CallError
			if errors.As(err, &call) && call.Last != nil {
				last = call.Last
			}
		default:
			last = err
		}
		if !sleep(ctx, max(pause.after(w.changed), atLeast(RetryAfter(err)))) {
			return nil, &CallError{Action: "QueryTaskDetailList", Err: ended(ctx), Last: last}
		}
	}
}

func checkWait(req QueryTaskDetailListRequest) error {
	if req.TaskStatus != AnyStatus {
		return &ParamError{Param: "TaskStatus", Reason: "must be AnyStatus: Wait waits for details in every status"}
	}
	_, err := req.params()
	return cmp.Or(checkFirst("Wait", req.PageNum), err)
}

// wait is one call of Wait.
type wait struct {
	plan    taskPlan
	details []TaskDetail // of the round before that listed all of them
	rounds  int          // of those
	changed bool         // whether the last round listed something else than the one before
}

// round lists the task once and reports whether all its details have ended.
func (w *wait) round(ctx context.Context) (done bool, err error) {
	w.changed = false
	var details []TaskDetail
	at := map[identity]int{}
	unread := 0
	for p, err := range w.plan.pages(ctx) {
		if err != nil {
			return false, err
		}
		for i, task := range p.page.Tasks {
			if n, ok := at[p.facts.Rows[i]]; ok {
				details[n] = task // its page was reread
				continue
			}
			at[p.facts.Rows[i]] = len(details)
			details = append(details, task)
		}
		unread += len(p.facts.Rows) - len(p.page.Tasks)
	}
	shorter := len(details) < len(w.details)
	w.changed = w.rounds == 0 || !slices.Equal(details, w.details)
	w.details = details
	w.rounds++
	open := slices.ContainsFunc(details, func(t TaskDetail) bool { return !t.Ended() })
	return len(details) > 0 && !open && unread == 0 && !shorter, nil
}
