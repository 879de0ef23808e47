package wire

// taskAssembler makes tasks from records. It is one allocation for all tasks of a
// page, since convert takes the task by address.
type taskAssembler struct {
	rec    record
	task   Task
	shared interner
}

// assemble makes the task from rec. It sets every field, so nothing of the previous
// task remains.
func (a *taskAssembler) assemble() {
	statusCode, _ := a.rec.integer(fieldTaskStatusCode)
	tryCount, _ := a.rec.integer(fieldTryCount)
	var texts [taskTexts]string
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
}

// assemblePage makes the page from the top level. It requires proof that the
// document is one: many gateways respond with a JSON object of their own.
func assemblePage(top *record, root string, hasList bool) (page Page, err error) {
	if page.Envelope, err = envelope(top, root); err != nil {
		return Page{}, err
	}
	page.CurrentPageNum, _ = top.integer(fieldCurrentPageNum)
	page.PageSize, _ = top.integer(fieldPageSize)
	page.TotalPageNum, _ = top.integer(fieldTotalPageNum)
	total, counted := top.integer(fieldTotalItemNum)
	page.TotalItemNum = total
	page.PrePage = top.boolean(fieldPrePage)
	page.NextPage = top.boolean(fieldNextPage)
	if !hasList && !counted {
		return Page{}, valueError(-1, "neither a list in Data nor TotalItemNum")
	}
	return page, nil
}

// envelope copies the values, since the document may be reused. White space around
// a value belongs to the layout of the document.
func envelope(top *record, root string) (Envelope, error) {
	env := Envelope{
		RequestID: string(top.trimmed(fieldRequestID)),
		HostID:    string(top.trimmed(fieldHostID)),
		Code:      string(top.trimmed(fieldCode)),
		Message:   string(top.trimmed(fieldMessage)),
		Recommend: string(top.trimmed(fieldRecommend)),
		Denied:    accessDenied(top.trimmed(fieldAccessDenied)),
		errorRoot: root == errorRoot,
	}
	if env.errorRoot && env.Code == "" {
		return Envelope{}, valueError(-1, "root <Error> without Code")
	}
	return env, nil
}
