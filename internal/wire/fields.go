package wire

import "bytes"

// fieldSet is the known fields of one kind of object. Fields are numbered by
// their place in names; len(names) stands for every unknown one.
type fieldSet struct {
	names  []string
	nested int // the field that holds tasks instead of a scalar, or none
	raw    int // the field that is kept as markup if it is not a scalar, or none
}

const none = -1 // as a field

// The top level. Fields of the envelope come first in every set.
const (
	fieldRequestID = iota
	fieldHostID
	fieldCode
	fieldMessage
	fieldRecommend
	fieldAccessDenied

	fieldCurrentPageNum
	fieldPageSize
	fieldTotalPageNum
	fieldTotalItemNum
	fieldPrePage
	fieldNextPage
	fieldData

	fieldResult = fieldCurrentPageNum // in ackFields
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
		names:  []string{"RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail"},
		nested: none,
		raw:    fieldAccessDenied,
	}
	ackFields = fieldSet{
		names:  []string{"RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail", "Result"},
		nested: none,
		raw:    fieldAccessDenied,
	}
	pageFields = fieldSet{
		names: []string{"RequestId", "HostId", "Code", "Message", "Recommend", "AccessDeniedDetail",
			"CurrentPageNum", "PageSize", "TotalPageNum", "TotalItemNum", "PrePage", "NextPage", "Data"},
		nested: fieldData,
		raw:    fieldAccessDenied,
	}
	deniedFields = fieldSet{
		names: []string{"AuthAction", "AuthPrincipalType", "AuthPrincipalDisplayName", "AuthPrincipalOwnerId",
			"NoPermissionType", "PolicyType", "EncodedDiagnosticMessage"},
		nested: none,
		raw:    none,
	}
	taskFields = fieldSet{
		names: []string{"TaskNo", "TaskDetailNo", "TaskType", "TaskTypeDescription", "InstanceId", "DomainName",
			"TaskStatus", "CreateTime", "UpdateTime", "ErrorMsg", "FailReason", "TaskResult", "TaskStatusCode", "TryCount"},
		nested: none,
		raw:    none,
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
