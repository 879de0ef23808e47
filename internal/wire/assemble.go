package wire

import (
	"slices"
	"strconv"
)

// readTasks reads the tasks of Data. An object without any member is no task:
// that is how some serializers write an empty list, and nothing is lost by it.
// One whose members are all unknown or null is one: it may hold something.
func readTasks[T any](r reader, size int, convert func(*Task) T) ([]T, error) {
	var tasks []T
	var a taskAssembler
	a.rec.fields = &taskFields
	start := 0
	for {
		found, err := r.task()
		if err != nil || !found {
			return tasks, err
		}
		if start == 0 {
			start = r.offset()
		}
		a.rec.reset()
		if _, err := r.members(&a.rec); err != nil {
			return nil, err
		}
		if !a.rec.members {
			continue
		}
		if err := a.assemble(); err != nil {
			return nil, inTask(err, len(tasks))
		}
		if len(tasks) == cap(tasks) {
			tasks = slices.Grow(tasks, expect(len(tasks)+1, r.offset()-start, size-start))
		}
		tasks = append(tasks, convert(&a.task))
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

// inTask says which task a value is of.
func inTask(err error, index int) error {
	if e, ok := err.(*documentError); ok {
		e.reason += " in task " + strconv.Itoa(index+1)
	}
	return err
}

// taskAssembler makes tasks of records. It is one allocation for all tasks of a
// page, since convert takes the task by address.
type taskAssembler struct {
	rec    record
	task   Task
	shared sharer
}

// assemble makes the task of what is in rec. Every field is set anew, so
// nothing is left of the task before.
func (a *taskAssembler) assemble() error {
	statusCode, _, err := a.rec.integer(fieldTaskStatusCode)
	if err != nil {
		return err
	}
	tryCount, _, err := a.rec.integer(fieldTryCount)
	if err != nil {
		return err
	}
	var texts [taskStrings]string
	a.shared.texts(&a.rec, &texts)
	a.task = Task{
		TaskNo:              texts[fieldTaskNo],
		TaskDetailNo:        texts[fieldTaskDetailNo],
		TaskType:            texts[fieldTaskType],
		TaskTypeDescription: texts[fieldTaskTypeDescription],
		InstanceID:          texts[fieldInstanceID],
		DomainName:          texts[fieldDomainName],
		TaskStatus:          texts[fieldTaskStatus],
		TaskStatusCode:      statusCode,
		CreateTime:          texts[fieldCreateTime],
		UpdateTime:          texts[fieldUpdateTime],
		TryCount:            tryCount,
		ErrorMsg:            texts[fieldErrorMsg],
		FailReason:          texts[fieldFailReason],
		TaskResult:          texts[fieldTaskResult],
	}
	return nil
}

// assemblePage makes the page of the top level. It wants proof that the document
// is one: many a gateway answers with a JSON object of its own.
func assemblePage(top *record, root string, hasData bool) (page Page, err error) {
	if page.Envelope, err = envelope(top, root); err != nil {
		return Page{}, err
	}
	counted := false
	for _, n := range [...]struct {
		field int
		value *int
	}{
		{fieldCurrentPageNum, &page.CurrentPageNum},
		{fieldPageSize, &page.PageSize},
		{fieldTotalPageNum, &page.TotalPageNum},
		{fieldTotalItemNum, &page.TotalItemNum},
	} {
		if *n.value, counted, err = top.integer(n.field); err != nil {
			return Page{}, err
		}
	}
	if page.PrePage, err = top.boolean(fieldPrePage); err != nil {
		return Page{}, err
	}
	if page.NextPage, err = top.boolean(fieldNextPage); err != nil {
		return Page{}, err
	}
	if !hasData && !counted { // of the loop above, TotalItemNum was the last
		return Page{}, valueError(-1, "neither Data nor TotalItemNum")
	}
	return page, nil
}

// envelope copies what is kept: the document may be reused.
func envelope(top *record, root string) (Envelope, error) {
	env := Envelope{
		RequestID: string(top.text(fieldRequestID)),
		HostID:    string(top.text(fieldHostID)),
		Code:      string(top.text(fieldCode)),
		Message:   string(top.text(fieldMessage)),
		Recommend: string(top.text(fieldRecommend)),
		Denied:    accessDenied(top.text(fieldAccessDenied)),
		errorRoot: root == errorRoot,
	}
	if env.errorRoot && len(trim(top.text(fieldCode))) == 0 {
		return Envelope{}, valueError(-1, "root <Error> without Code")
	}
	return env, nil
}
