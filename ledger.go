package domaintask

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// ledger records the state of each task of a drain: when it was listed, how it was
// handled and whether it was acknowledged. It decides what to do with a listed
// task. It knows no client, context or clock.
type ledger struct {
	round  int32 // from 1; the next one begins once nothing is in flight
	pages  int32 // requested so far
	tasks  map[identity]entry
	gone   int      // tasks acknowledged since it was last set to 0
	failed []string // TaskDetailNos whose acknowledgement failed in this round
	late   int32    // the last round in which an acknowledgement succeeded that had failed
	sum    tally

	interval time.Duration          // the unit of the schedule in which refused tasks are offered again; 0 means never
	offers   map[identity]offer     // refused tasks, if there is such a schedule
	complete [rememberDrained]int32 // the first rounds of the last sweeps that came to their end
}

// entry is a task in the ledger. Its size, with the identity, decides how much
// memory the drain of a long list takes.
type entry struct {
	state state
	cause uint8 // why its acknowledgement failed
	doubt bool  // it was listed again: an acknowledgement proves nothing
	seen  int32 // the last round that listed it
	// at is the number of pages that had been requested when it was
	// acknowledged, or the round in which it was acknowledged again.
	at int32
}

type state uint8

const (
	taskListed       state = iota // not passed to the handler
	taskHanded                    // passed to the handler
	taskRefused                   // refused by the handler, or not usable
	taskAccepted                  // its acknowledgement is queued or in flight
	taskFailed                    // its acknowledgement failed
	taskAcknowledged              // its acknowledgement succeeded
	taskRelisted                  // its acknowledgement succeeded, and a page requested later listed it
)

// rememberDrained is the number of complete sweeps for which an endless drain
// remembers a task that they do not list. One round may miss a task that moves.
const rememberDrained = 3

func newLedger(interval time.Duration) *ledger {
	return &ledger{round: 1, tasks: map[identity]entry{}, interval: interval, offers: map[identity]offer{}}
}

// see notes that tasks are listed, and returns how many of them are new.
func (l *ledger) see(tasks []identity) (fresh int) {
	for _, id := range tasks {
		e := l.tasks[id]
		if e.state == taskListed && e.seen < l.round {
			fresh++
		}
		e.seen = l.round
		l.tasks[id] = e
	}
	return fresh
}

// advice is the action for a listed task.
type advice uint8

const (
	leaveIt advice = iota
	handleIt
	acknowledgeIt
)

// take returns what to do with a task that was seen on a page, the pageth that
// was requested, and records that this is done. A task that is not usable is
// refused. A refused task is offered again if it was due at the given time.
func (l *ledger) take(id identity, taskDetailNo string, unusable error, page int32, now time.Time) advice {
	e := l.tasks[id]
	do := leaveIt
	switch e.state {
	case taskListed:
		e.state, do = taskHanded, handleIt
		if unusable != nil {
			e.state, do = taskRefused, leaveIt
			l.sum.refuse(taskDetailNo, unusable, true)
		}
	case taskRefused:
		if o, ok := l.offers[id]; ok && !now.Before(o.due) {
			e.state, do = taskHanded, handleIt
		}
	case taskAcknowledged:
		if e.at < page {
			e.state, e.doubt, e.at, do = taskRelisted, true, l.round, acknowledgeIt
			l.sum.acknowledged--
			l.sum.relisted++
		}
	case taskRelisted: // acknowledged once a round, as long as it is listed
		if e.at < l.round {
			e.at, do = l.round, acknowledgeIt
		}
	}
	l.tasks[id] = e
	return do
}

// unusable returns why a task with this TaskDetailNo cannot be acknowledged. One
// that could not be read as it was sent would acknowledge another task, or none.
func unusable(taskDetailNo string, unparsed bool) error {
	reason := badText(taskDetailNo)
	switch {
	case unparsed, strings.ContainsRune(taskDetailNo, utf8.RuneError):
		return errors.New("its TaskDetailNo could not be read")
	case taskDetailNo == "":
		return errors.New("it has no TaskDetailNo to be acknowledged by")
	case reason != "":
		return errors.New("its TaskDetailNo " + reason)
	}
	return nil
}

// accept records that the handler accepted a task.
func (l *ledger) accept(taskDetailNo string) {
	id, e := l.find(taskDetailNo)
	e.state = taskAccepted
	l.tasks[id] = e
	l.sum.handled++
	if _, before := l.offers[id]; before {
		delete(l.offers, id)
		l.sum.refused--
	}
}

// refuse records that the handler refused a task.
func (l *ledger) refuse(taskDetailNo string, reason error, now time.Time) {
	id, e := l.find(taskDetailNo)
	e.state = taskRefused
	l.tasks[id] = e
	o, before := l.offers[id]
	l.sum.refuse(taskDetailNo, reason, !before)
	if l.interval > 0 {
		l.offers[id] = o.next(now, l.interval)
	}
}

// outcome records the outcome of the acknowledgement of tasks.
func (l *ledger) outcome(taskDetailNos []string, err error) {
	for _, no := range taskDetailNos {
		id, e := l.find(no)
		if e.state == taskFailed {
			l.sum.failures.drop(e.cause)
			if err == nil {
				l.late = l.round
			}
		}
		switch {
		case err != nil:
			if e.state == taskRelisted {
				l.sum.relisted--
			}
			e.state, e.cause = taskFailed, l.sum.failures.add(err)
			l.failed = append(l.failed, no)
		case e.doubt:
			if e.state != taskRelisted {
				e.state, e.at = taskRelisted, l.round
				l.sum.relisted++
			}
			l.gone++
		default:
			e.state, e.at = taskAcknowledged, l.pages
			l.sum.acknowledged++
			l.gone++
		}
		l.tasks[id] = e
	}
}

func (l *ledger) find(taskDetailNo string) (identity, entry) {
	id := identityOf(&TaskDetail{TaskDetailNo: taskDetailNo})
	return id, l.tasks[id]
}

// next begins a round, while nothing is in flight. It returns the tasks to
// acknowledge once more, since their acknowledgement failed. The call may have
// arrived nevertheless, and is safe to repeat.
func (l *ledger) next() (again []string) {
	l.round++
	if l.interval > 0 {
		l.forget()
	}
	again, l.failed = l.failed, nil
	return again
}

// forget drops the tasks that the last sweeps did not list, and those that the
// last rounds of any kind did not list, unless they are yet to be acknowledged.
func (l *ledger) forget() {
	for id, e := range l.tasks {
		if e.state != taskFailed && (e.seen < l.complete[0] || l.round-e.seen > rememberRounds) {
			delete(l.tasks, id)
			delete(l.offers, id)
		}
	}
}

// settle notes that a sweep came to its end, which began with the given round.
// The tasks that were listed again, but not by this sweep, are acknowledged.
func (l *ledger) settle(first int32) {
	copy(l.complete[:], l.complete[1:])
	l.complete[rememberDrained-1] = first
	if l.sum.relisted == 0 {
		return
	}
	for id, e := range l.tasks {
		if e.state == taskRelisted && e.seen < first {
			e.state, e.doubt, e.at = taskAcknowledged, false, l.pages
			l.tasks[id] = e
			l.sum.relisted--
			l.sum.acknowledged++
		}
	}
}

// unproven reports whether the last round did not show that the tasks are gone
// which count as acknowledged, or whether some of them were listed again.
func (l *ledger) unproven() bool { return l.sum.relisted > 0 || l.late == l.round }

// offer is when a refused task is offered again.
type offer struct {
	due  time.Time
	wait time.Duration
}

// maxOffers bounds the time between two offers of a refused task, in intervals.
const maxOffers = 64

// next returns the offer after another refusal: one interval later, then two,
// four and so on. A tenth is taken off, since intervals vary by as much.
func (o offer) next(now time.Time, interval time.Duration) offer {
	wait := interval
	if o.wait > 0 {
		wait = min(2*o.wait, maxOffers*interval)
	}
	return offer{due: now.Add(wait - wait/10), wait: wait}
}
