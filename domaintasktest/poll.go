package domaintasktest

import (
	"net/url"
	"strconv"

	"github.com/domaintask/domaintask"
)

// poll is PollTaskResult: one page of the tasks that the filters leave. A page
// beyond the last one is empty and has the right totals.
func (s *Server) poll(params url.Values) (document, *failure) {
	pageNum, failed := positive(params, "PageNum")
	if failed != nil {
		return nil, failed
	}
	pageSize, failed := positive(params, "PageSize")
	switch {
	case failed != nil:
		return nil, failed
	case pageSize > domaintask.MaxPageSize:
		return nil, invalid("PageSize")
	}
	pageSize = min(pageSize, s.opts.PageSizeLimit)
	lang, failed := language(params)
	if failed != nil {
		return nil, failed
	}
	tasks, failed := s.state.filter(params)
	if failed != nil {
		return nil, failed
	}

	pages := (len(tasks) + pageSize - 1) / pageSize
	page := &pageDocument{
		TotalItemNum:   len(tasks),
		PageSize:       pageSize,
		CurrentPageNum: pageNum,
		TotalPageNum:   pages,
		Data:           taskDocument{TaskDetail: []taskDetail{}},
	}
	if pageNum <= pages {
		first := (pageNum - 1) * pageSize
		for _, task := range tasks[first:min(first+pageSize, len(tasks))] {
			task.TaskTypeDescription = translate(task, lang)
			page.Data.TaskDetail = append(page.Data.TaskDetail, taskDetail(task))
		}
	}
	if !s.opts.OmitPageFlags {
		pre, next := pageNum > 1, pageNum < pages
		page.PrePage, page.NextPage = &pre, &next
	}
	return page, nil
}

// filter returns the tasks that the parameters select. An empty parameter
// selects nothing in particular.
func (st *state) filter(params url.Values) ([]domaintask.TaskDetail, *failure) {
	status := params.Get("TaskResultStatus")
	if status != "" && status != "2" && status != "3" {
		return nil, invalid("TaskResultStatus")
	}
	taskNo, instanceID, domainName := params.Get("TaskNo"), params.Get("InstanceId"), params.Get("DomainName")
	if status+taskNo+instanceID+domainName == "" {
		return st.tasks, nil
	}
	var tasks []domaintask.TaskDetail
	for _, task := range st.tasks {
		if (status == "" || status == strconv.Itoa(int(task.TaskStatusCode))) &&
			(taskNo == "" || taskNo == task.TaskNo) &&
			(instanceID == "" || instanceID == task.InstanceID) &&
			(domainName == "" || domainName == task.DomainName) {
			tasks = append(tasks, task)
		}
	}
	return tasks, nil
}

// positive is a mandatory parameter that counts from 1. The service's
// integers have 32 bits.
func positive(params url.Values, name string) (int, *failure) {
	text := params.Get(name)
	if text == "" {
		return 0, missing(name)
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return 0, invalid(name)
	}
	return int(n), nil
}
