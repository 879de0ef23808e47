package wire

import (
	"slices"
	"strconv"
)

// taskList gathers the tasks of a page.
type taskList[T any] struct {
	size  int // of the document
	limit int // more tasks are refused
	tasks []T
	exact bool // there is a task in a list spelled as the service does

	notes   notes // not of tasks
	ofTasks notes
	others  notes // the tasks in any other list, which are dropped for those in an exact one

	assembler taskAssembler
}

// read reads the tasks of Data. It reports whether there was a list, which may
// be empty.
//
// An object without any member is not a task: some serializers write an empty list
// so, and nothing is lost. An object in which no field has a value is not a task
// either, but it is noted, as is everything else in the list. If one list is
// spelled as the service does and another is not, the tasks of the other list are
// noted.
func (l *taskList[T]) read(r reader, convert func(*Task) T) (found bool, err error) {
	a := &l.assembler
	start, before := 0, len(l.tasks)
	for {
		step, err := r.task()
		if err != nil || step == noTask || step == noList {
			return step == noTask, err
		}
		if start == 0 {
			start = r.offset()
		}
		a.rec.reset()
		if _, err := r.members(&a.rec); err != nil {
			return false, err
		}
		switch {
		case !a.rec.members && a.rec.odds == 0:
			continue
		case !a.rec.filled() || step == otherTask && l.exact:
			l.notes.add(-1, "", listName, r.raw())
			continue
		case step == otherTask:
			l.others.add(-1, "", listName, r.raw())
		case !l.exact:
			l.notes = l.others.before(l.notes)
			l.exact, l.tasks, l.ofTasks, before = true, l.tasks[:0], notes{}, 0
		}
		if len(l.tasks) == l.limit {
			return false, &documentError{ErrTooMany, -1, "the limit is " + strconv.Itoa(l.limit)}
		}
		a.assemble()
		if a.rec.odds > 0 {
			l.ofTasks.take(len(l.tasks), a.task.TaskDetailNo, &a.rec)
		}
		if len(l.tasks) == cap(l.tasks) {
			more := expect(len(l.tasks)-before+1, r.offset()-start, l.size-start)
			l.tasks = slices.Grow(l.tasks, min(more, l.limit-len(l.tasks)))
		}
		l.tasks = append(l.tasks, convert(&a.task))
	}
}

// expect estimates the number of tasks to come from the bytes that tasks took and
// the bytes left, with a small reserve: a larger one while only the first task is
// known, which may be unusual. It is bounded by the size of pages, and at first by
// much less: a document that claims more must prove it.
func expect(tasks, took, left int) int {
	more := (left - took) / (took/tasks + 1)
	if tasks == 1 {
		return 1 + min(more*5/4, 32)
	}
	return 1 + min(more*33/32, 1024)
}
