package domaintask

import (
	"fmt"
	"strings"
	"time"
)

// TaskDetail is one piece of a domain task: one action on one domain.
// Every field may be empty: the service documents none of them as certain.
//
// Its JSON names are the service's own, so a TaskDetail written as JSON reads
// like the answer that it came from.
type TaskDetail struct {
	TaskNo       string `json:"TaskNo"`       // the task that was submitted; many details may share it
	TaskDetailNo string `json:"TaskDetailNo"` // the identity of this detail; what AcknowledgeTaskResult takes

	TaskType            string `json:"TaskType"`            // an open set, such as ORDER_RENEW or CHG_DNS
	TaskTypeDescription string `json:"TaskTypeDescription"` // TaskType in words, in the language of the request
	InstanceID          string `json:"InstanceId"`          // the instance of the domain name
	DomainName          string `json:"DomainName"`

	TaskStatus     TaskStatus     `json:"TaskStatus"`
	TaskStatusCode TaskStatusCode `json:"TaskStatusCode"` // the same as TaskStatus, as a number

	CreateTime string `json:"CreateTime"` // as sent; see Created
	UpdateTime string `json:"UpdateTime"` // when the task last ran, as sent; see Updated
	TryCount   int    `json:"TryCount"`   // how often the service tried again

	ErrorMsg   string `json:"ErrorMsg"`             // the outcome in words, on success too
	FailReason string `json:"FailReason,omitempty"` // why a task failed; seldom sent by PollTaskResult
	TaskResult string `json:"TaskResult,omitempty"` // often absent
}

// Succeeded reports whether the task ended well. TaskStatusCode decides;
// where the service left it out, TaskStatus does.
func (t TaskDetail) Succeeded() bool {
	return t.status() == StatusCodeSuccess
}

// Failed reports whether the task failed after its last retry. It is not the
// opposite of Succeeded: a task without any status is neither.
func (t TaskDetail) Failed() bool {
	return t.status() == StatusCodeFailure
}

// Ended reports whether the task has succeeded or failed. PollTaskResult lists
// only such tasks. QueryTaskDetailList also lists those that wait or are
// executing. A task with no status, or with one that is not documented, has not
// ended.
func (t TaskDetail) Ended() bool { return t.Succeeded() || t.Failed() }

func (t TaskDetail) status() TaskStatusCode {
	if t.TaskStatusCode != 0 {
		return t.TaskStatusCode
	}
	switch TaskStatus(strings.TrimSpace(string(t.TaskStatus))) {
	case StatusSuccess:
		return StatusCodeSuccess
	case StatusFailure:
		return StatusCodeFailure
	}
	return 0
}

// Created returns CreateTime as a time in UTC+8.
//
// The service writes 2006-01-02 15:04:05 without a zone, which is UTC+8 all
// year. Created also reads what the vendor writes elsewhere: ISO 8601 with Z or
// an offset, with a T or a blank, with fractions of seconds or without seconds,
// and Unix times of 13 digits (milliseconds) or 10 digits (seconds). Blanks
// around the text are ignored. It returns an error if CreateTime is empty or
// anything else.
func (t TaskDetail) Created() (time.Time, error) { return parseTime("CreateTime", t.CreateTime) }

// Updated returns UpdateTime as a time in UTC+8. See Created.
func (t TaskDetail) Updated() (time.Time, error) { return parseTime("UpdateTime", t.UpdateTime) }

// TaskStatus is the state of a task by name.
type TaskStatus string

// The states that the service documents. PollTaskResult lists finished tasks:
// only StatusSuccess and StatusFailure. QueryTaskDetailList lists all.
const (
	StatusWaiting   TaskStatus = "WAITING_EXECUTE"
	StatusExecuting TaskStatus = "EXECUTING"
	StatusSuccess   TaskStatus = "EXECUTE_SUCCESS"
	StatusFailure   TaskStatus = "EXECUTE_FAILURE"
)

// TaskStatusCode is the state of a task as a number. The numbers are those of
// PollTaskResult; QueryTaskList uses 2 for something else.
type TaskStatusCode int

// The codes of the documented states.
const (
	StatusCodeWaiting   TaskStatusCode = 0
	StatusCodeExecuting TaskStatusCode = 1
	StatusCodeSuccess   TaskStatusCode = 2
	StatusCodeFailure   TaskStatusCode = 3
)

// String returns the service's name of the state, such as EXECUTE_FAILURE, and
// for a code that it does not document TaskStatusCode(7).
func (c TaskStatusCode) String() string {
	switch c {
	case StatusCodeWaiting:
		return string(StatusWaiting)
	case StatusCodeExecuting:
		return string(StatusExecuting)
	case StatusCodeSuccess:
		return string(StatusSuccess)
	case StatusCodeFailure:
		return string(StatusFailure)
	}
	return fmt.Sprintf("TaskStatusCode(%d)", int(c))
}

// StatusFilter selects tasks by state in a request. It is a type apart from
// TaskStatusCode, whose zero is a state.
type StatusFilter int

// The filters. The zero StatusFilter is AnyStatus. The numbers are those that
// the service takes, but for OnlyWaiting, which it writes as 0.
const (
	AnyStatus     StatusFilter = 0
	OnlyExecuting StatusFilter = 1
	OnlySucceeded StatusFilter = 2
	OnlyFailed    StatusFilter = 3
	OnlyWaiting   StatusFilter = 4
)

// String returns what f selects: any, waiting, executing, succeeded or failed.
func (f StatusFilter) String() string {
	switch f {
	case AnyStatus:
		return "any"
	case OnlyWaiting:
		return "waiting"
	case OnlyExecuting:
		return "executing"
	case OnlySucceeded:
		return "succeeded"
	case OnlyFailed:
		return "failed"
	}
	return fmt.Sprintf("StatusFilter(%d)", int(f))
}

// Task types that the documentation of the service names. The set is open: a
// type that is not listed here is no error.
const (
	TaskTypeOrderActivate           = "ORDER_ACTIVATE" // registration
	TaskTypeOrderRenew              = "ORDER_RENEW"
	TaskTypeOrderRedeem             = "ORDER_REDEEM"
	TaskTypeDeleteDomain            = "DELETE_DOMAIN"
	TaskTypeChangeHolder            = "CHG_HOLDER"
	TaskTypeChangeDNS               = "CHG_DNS"
	TaskTypeSetWhoisProtect         = "SET_WHOIS_PROTECT"
	TaskTypeSetUpdateProhibited     = "SET_UPDATE_PROHIBITED"
	TaskTypeSetTransferProhibited   = "SET_TRANSFER_PROHIBITED"
	TaskTypeUpdateAdminContact      = "UPDATE_ADMIN_CONTACT"
	TaskTypeUpdateBillingContact    = "UPDATE_BILLING_CONTACT"
	TaskTypeUpdateTechContact       = "UPDATE_TECH_CONTACT"
	TaskTypeUpdateRegistrantContact = "UPDATE_REGISTRANT_CONTACT"
	TaskTypeCreateDNSHost           = "CREATE_DNSHOST"
	TaskTypeUpdateDNSHost           = "UPDATE_DNSHOST"
	TaskTypeSyncDNSHost             = "SYNC_DNSHOST"
)

// Lang is the language of error messages and of TaskTypeDescription.
type Lang string

// The languages that the service knows. The zero Lang leaves the choice to
// the service, which takes LangEnglish.
const (
	LangEnglish Lang = "en"
	LangChinese Lang = "zh"
)

// Format is the response format to request. Both decode to the same values. A
// response in the other format is read, too.
type Format int

// The formats of the service. The zero Format is FormatJSON.
const (
	FormatJSON Format = iota
	FormatXML
)

// String returns the service's name for f.
func (f Format) String() string {
	switch f {
	case FormatJSON:
		return "JSON"
	case FormatXML:
		return "XML"
	}
	return fmt.Sprintf("Format(%d)", int(f))
}

// SignatureMethod is how requests are signed.
type SignatureMethod int

// The signature methods. The zero SignatureMethod is SignatureHMACSHA1.
const (
	SignatureHMACSHA1 SignatureMethod = iota // RPC signature version 1.0; everything signed is in the query; not in FIPS 140-only mode
	SignatureACS3                            // ACS3-HMAC-SHA256; the signature is in the Authorization header
)

// String returns the service's name for m.
func (m SignatureMethod) String() string {
	switch m {
	case SignatureHMACSHA1:
		return "HMAC-SHA1"
	case SignatureACS3:
		return "ACS3-HMAC-SHA256"
	}
	return fmt.Sprintf("SignatureMethod(%d)", int(m))
}
