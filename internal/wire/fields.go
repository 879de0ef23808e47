package wire

import "bytes"

// fieldSet is the known fields of one kind of object. Fields are numbered by
// their place in names; len(names) stands for every unknown one.
type fieldSet struct {
	names  []string
	nested int // the field that holds objects instead of a scalar; -1 for none
}

// The top level. Fields of the envelope come first in every set.
const (
	fieldRequestID = iota
	fieldHostID
	fieldCode
	fieldMessage
	fieldRecommend

	fieldCurrentPageNum
	fieldPageSize
	fieldTotalPageNum
	fieldTotalItemNum
	fieldPrePage
	fieldNextPage
	fieldData

	fieldResult = fieldCurrentPageNum // in ackFields
)

// A task: the strings first, because they are stored together.
const (
	fieldTaskNo = iota
	fieldTaskDetailNo
	fieldTaskType
	fieldTaskTypeDescription
	fieldInstanceID
	fieldDomainName
	fieldTaskStatus
	fieldCreateTime
	fieldUpdateTime
	fieldErrorMsg
	fieldFailReason
	fieldTaskResult

	fieldTaskStatusCode
	fieldTryCount

	taskStrings = fieldTaskStatusCode
	maxFields   = fieldTryCount + 1
)

var (
	envelopeFields = fieldSet{
		names:  []string{"RequestId", "HostId", "Code", "Message", "Recommend"},
		nested: -1,
	}
	ackFields = fieldSet{
		names:  []string{"RequestId", "HostId", "Code", "Message", "Recommend", "Result"},
		nested: -1,
	}
	pageFields = fieldSet{
		names: []string{"RequestId", "HostId", "Code", "Message", "Recommend",
			"CurrentPageNum", "PageSize", "TotalPageNum", "TotalItemNum", "PrePage", "NextPage", "Data"},
		nested: fieldData,
	}
	taskFields = fieldSet{
		names: []string{"TaskNo", "TaskDetailNo", "TaskType", "TaskTypeDescription", "InstanceId", "DomainName",
			"TaskStatus", "CreateTime", "UpdateTime", "ErrorMsg", "FailReason", "TaskResult", "TaskStatusCode", "TryCount"},
		nested: -1,
	}
)

// lookup finds a field by its exact name, or else in any case of its letters,
// as encoding/json does: the service spells some names both ways.
func (s *fieldSet) lookup(name []byte) int {
	for f, n := range s.names {
		if string(name) == n {
			return f
		}
	}
	for f, n := range s.names {
		if bytes.EqualFold(name, []byte(n)) {
			return f
		}
	}
	return len(s.names)
}
