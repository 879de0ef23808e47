package domaintasktest

import "github.com/domaintask/domaintask"

// Submit adds tasks that wait to be executed. QueryTaskDetailList lists them
// at once, PollTaskResult once they have ended, by Succeed or Fail.
//
// It sets the status of each task and drops its outcome: TryCount, ErrorMsg,
// FailReason and TaskResult. So the tasks may come from [Tasks].
func (s *Server) Submit(tasks ...domaintask.TaskDetail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := serviceTime(s.opts.Now())
	for _, d := range s.state.add(tasks) {
		d.pending = true
		d.TaskStatus, d.TaskStatusCode = domaintask.StatusWaiting, domaintask.StatusCodeWaiting
		d.TryCount, d.ErrorMsg, d.FailReason, d.TaskResult = 0, "", "", ""
		if d.CreateTime == "" {
			d.CreateTime = now
		}
		d.UpdateTime = d.CreateTime
	}
}

// Execute starts the execution of submitted tasks with these TaskDetailNos. It
// skips tasks that are unknown or have ended, as Succeed and Fail do.
func (s *Server) Execute(taskDetailNos ...string) {
	s.move(taskDetailNos, false, func(task *domaintask.TaskDetail) {
		task.TaskStatus, task.TaskStatusCode = domaintask.StatusExecuting, domaintask.StatusCodeExecuting
	})
}

// Succeed ends submitted tasks with success. PollTaskResult lists them from
// then on, after the tasks that it lists already.
func (s *Server) Succeed(taskDetailNos ...string) {
	s.move(taskDetailNos, true, succeed)
}

// Fail ends submitted tasks with this reason, after three tries. PollTaskResult
// lists them from then on, after the tasks that it lists already.
func (s *Server) Fail(reason string, taskDetailNos ...string) {
	s.move(taskDetailNos, true, func(task *domaintask.TaskDetail) { fail(task, reason) })
}

// move changes the tasks that have not ended.
func (s *Server) move(ids []string, ends bool, change func(*domaintask.TaskDetail)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := serviceTime(s.opts.Now())
	for _, id := range ids {
		for d := s.state.byNo[id]; d != nil; d = d.older {
			if !d.pending {
				continue
			}
			change(&d.TaskDetail)
			d.UpdateTime = now
			if ends {
				d.pending = false
				s.state.list(len(s.state.listed), []*detail{d})
			}
		}
	}
}
