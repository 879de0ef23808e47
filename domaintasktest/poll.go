package domaintasktest

import (
	"encoding/xml"
	"net/url"
	"slices"
	"strconv"

	"github.com/domaintask/domaintask"
)

// poll performs PollTaskResult.
func (s *Server) poll(params url.Values) (document, *failure) {
	return s.page(params, "PollTaskResult", "TaskResultStatus", []string{"2", "3"}, s.state.listed)
}

// page returns one page of the details in list that the parameters select. A
// page after the last one is empty and has the right totals.
func (s *Server) page(params url.Values, action, statusParam string, statuses []string, list []*detail) (*pageDocument, *failure) {
	num, failed := positive(params, "PageNum")
	if failed != nil {
		return nil, failed
	}
	size, failed := positive(params, "PageSize")
	switch {
	case failed != nil:
		return nil, failed
	case size > domaintask.MaxPageSize:
		return nil, invalid("PageSize")
	}
	size = min(size, s.opts.PageSizeLimit)
	lang, failed := language(params)
	if failed != nil {
		return nil, failed
	}
	want := filter{taskNo: params.Get("TaskNo"), instanceID: params.Get("InstanceId"), domainName: params.Get("DomainName")}
	if status := params.Get(statusParam); status != "" {
		if !slices.Contains(statuses, status) {
			return nil, invalid(statusParam)
		}
		code, _ := strconv.Atoi(status)
		want.hasStatus, want.status = true, domaintask.TaskStatusCode(code)
	}

	tasks, total := want.window(list, int64(num-1)*int64(size), size)
	pages := (total + size - 1) / size
	page := &pageDocument{
		XMLName:        xml.Name{Local: action + "Response"},
		TotalItemNum:   total,
		PageSize:       size,
		CurrentPageNum: num,
		TotalPageNum:   pages,
		Data:           taskDocument{TaskDetail: make([]taskDetail, len(tasks))},
	}
	for i, d := range tasks {
		task := d.TaskDetail
		task.TaskTypeDescription = translate(task, lang)
		page.Data.TaskDetail[i] = taskDetail(task)
	}
	if !s.opts.OmitPageFlags {
		pre, next := num > 1, num < pages
		page.PrePage, page.NextPage = &pre, &next
	}
	return page, nil
}

// filter selects tasks. A field of "" selects all.
type filter struct {
	hasStatus                      bool
	status                         domaintask.TaskStatusCode
	taskNo, instanceID, domainName string
}

// window returns the selected details from position first on, at most size, and
// the number of all selected details. It does not copy the rest of the list.
func (f filter) window(list []*detail, first int64, size int) (window []*detail, total int) {
	if f == (filter{}) {
		rest := list[min(first, int64(len(list))):]
		return rest[:min(size, len(rest))], len(list)
	}
	for _, d := range list {
		if !f.selects(&d.TaskDetail) {
			continue
		}
		if int64(total) >= first && len(window) < size {
			window = append(window, d)
		}
		total++
	}
	return window, total
}

func (f filter) selects(task *domaintask.TaskDetail) bool {
	return (!f.hasStatus || f.status == task.TaskStatusCode) &&
		(f.taskNo == "" || f.taskNo == task.TaskNo) &&
		(f.instanceID == "" || f.instanceID == task.InstanceID) &&
		(f.domainName == "" || f.domainName == task.DomainName)
}

// positive reads a required parameter that counts from 1. The service's
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
