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

// record is what a reader found in one object: the text of each known field.
// Absent, null and empty are the same to its users, so nil stands for all.
type record struct {
	fields  *fieldSet
	seen    uint32              // a bit for each known field that was there
	members bool                // there was any member, known or not
	values  [maxFields][]byte   // only where seen; they point into the document or into scratch
	scratch []byte              // values that differ from their form in the document
	slot    int                 // which element of next foretells the next member
	next    [maxFields + 2]lead // one before the first member, one after each field, one after unknown ones
}

// lead foretells a member: objects of a list mostly repeat the order and the
// white space of the one before, so after the same field the same bytes lead
// to the same next field. One comparison then replaces reading them.
type lead struct {
	text  []byte
	field int
}

func (r *record) reset() {
	r.seen, r.members, r.slot = 0, false, 0
	r.scratch = r.scratch[:0]
}

// mark notes that a known field is there; false means for the second time.
func (r *record) mark(field int) bool {
	bit := uint32(1) << field
	again := r.seen&bit != 0
	r.seen |= bit
	return !again
}

// text is the value of a field, nil when it is absent, null or empty.
func (r *record) text(field int) []byte {
	if r.seen&(1<<field) == 0 || len(r.values[field]) == 0 {
		return nil
	}
	return r.values[field]
}

func (r *record) name(field int) string { return r.fields.names[field] }

func (r *record) duplicate(field, offset int) error {
	return valueError(offset, r.name(field)+" twice in one object")
}
