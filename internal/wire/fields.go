package wire

import "bytes"

// fieldSet is the known fields of one kind of object. Fields are numbered by their
// place in names. len(names) stands for every unknown one.
type fieldSet struct {
	names  []string
	texts  int // number of fields, the first ones, that hold text
	nested int // the field that holds tasks instead of a scalar, or none
}

const none = -1 // as a field

// The top level. Fields of the envelope come first in every set.
const (
	fieldRequestID = iota
	fieldHostID
	fieldCode
	fieldMessage
	fieldRecommend
	fieldAccessDenied // kept as markup, for accessDenied to read

	fieldCurrentPageNum
	fieldPageSize
	fieldTotalPageNum
	fieldTotalItemNum
	fieldPrePage
	fieldNextPage
	fieldData

	fieldResult = fieldCurrentPageNum // in ackFields

	envelopeTexts = fieldAccessDenied
)

// AccessDeniedDetail of the envelope.
const (
	fieldAuthAction = iota
	fieldAuthPrincipalType
	fieldAuthPrincipalDisplayName
	fieldAuthPrincipalOwnerID
	fieldNoPermissionType
	fieldPolicyType
	fieldEncodedDiagnosticMessage

	deniedTexts = fieldEncodedDiagnosticMessage + 1
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

	taskTexts = fieldTaskStatusCode
	maxFields = fieldTryCount + 1
)

var (
	envelopeFields = fieldSet{
		names:  []string{"RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail"},
		texts:  envelopeTexts,
		nested: none,
	}
	ackFields = fieldSet{
		names:  []string{"RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail", "Result"},
		texts:  envelopeTexts,
		nested: none,
	}
	pageFields = fieldSet{
		names: []string{"RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail",
			"CurrentPageNum", "PageSize", "TotalPageNum", "TotalItemNum", "PrePage", "NextPage", "Data"},
		texts:  envelopeTexts,
		nested: fieldData,
	}
	// rowsFields is the top level of a page whose list has any name.
	rowsFields = fieldSet{
		names:  pageFields.names[:fieldData],
		texts:  envelopeTexts,
		nested: none,
	}
	noFields     = fieldSet{nested: none}
	deniedFields = fieldSet{
		names: []string{"AuthAction", "AuthPrincipalType", "AuthPrincipalDisplayName", "AuthPrincipalOwnerId",
			"NoPermissionType", "PolicyType", "EncodedDiagnosticMessage"},
		texts:  deniedTexts,
		nested: none,
	}
	taskFields = fieldSet{
		names: []string{"TaskNo", "TaskDetailNo", "TaskType", "TaskTypeDescription", "InstanceId", "DomainName",
			"TaskStatus", "CreateTime", "UpdateTime", "ErrorMsg", "FailReason", "TaskResult", "TaskStatusCode", "TryCount"},
		texts:  taskTexts,
		nested: none,
	}
)

// lookup finds a field by its exact name, or else by its name in any case, as
// encoding/json does: the service spells some names both ways.
func (s *fieldSet) lookup(name []byte) (field int, exact bool) {
	for f, n := range s.names {
		if string(name) == n {
			return f, true
		}
	}
	for f, n := range s.names {
		if bytes.EqualFold(name, []byte(n)) {
			return f, false
		}
	}
	return len(s.names), true
}

// The list of tasks in Data, by its name.
const listName = "TaskDetail"
