package wire

import (
	"slices"
	"strconv"
)

// taskList gathers the tasks of a page.
type taskList[T any] struct {
	size  int // of the document
	limit int // more tasks than that are refused
	tasks []T
	exact bool   // there is a task in a list spelled as the service does
	other string // the beginning of the first task in any other list
	notes notes

	assembler taskAssembler
}

// read reads the tasks of Data. It reports whether there was a list, be it an
// empty one.
//
// An object without any member is no task: that is how some serializers write
// an empty list, and nothing is lost by it. One in which no field has a value is
// none either, but noted, as are lists in the list and everything else. Where
// two lists are spelled in two ways, the tasks of the other one are noted.
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
		case step == otherTask && l.other == "":
			l.other = excerpt(r.raw())
		case step == exactTask && !l.exact:
			l.replace()
			before = 0
		}
		if len(l.tasks) == l.limit {
			return false, valueError(-1, "more than "+strconv.Itoa(l.limit)+" tasks in a page")
		}
		a.assemble()
		if a.rec.odds > 0 {
			l.notes.take(len(l.tasks), a.task.TaskDetailNo, &a.rec)
		}
		if len(l.tasks) == cap(l.tasks) {
			more := expect(len(l.tasks)-before+1, r.offset()-start, l.size-start)
			l.tasks = slices.Grow(l.tasks, min(more, l.limit-len(l.tasks)))
		}
		l.tasks = append(l.tasks, convert(&a.task))
	}
}

// replace drops the tasks of lists in another spelling for those of one that is
// spelled as the service does.
func (l *taskList[T]) replace() {
	l.exact = true
	if len(l.tasks) > 0 {
		l.notes.dropTasks(len(l.tasks) - 1)
		l.notes.add(-1, "", listName, []byte(l.other))
		l.tasks = l.tasks[:0]
	}
}

// expect estimates how many tasks are still to come when some took so many of
// the bytes that are left, with a little to spare: with more while only the
// first is known, which may be an odd one. It ends where pages do, and much
// sooner at first: a document that pretends to have more has to prove it.
func expect(tasks, took, left int) int {
	more := (left - took) / (took/tasks + 1)
	if tasks == 1 {
		return 1 + min(more*5/4, 32)
	}
	return 1 + min(more*33/32, 1024)
}
