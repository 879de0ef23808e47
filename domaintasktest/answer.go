package domaintasktest

import (
	"encoding/json"
	"encoding/xml"
	"net/url"

	"github.com/domaintask/domaintask"
)

// answer is a response, in either format.
type answer struct {
	status    int    // 0 means no response
	code      string // "" for success
	format    string // "JSON" or "XML"
	requestID string
	document  document // nil if the response is not the service's
}

// document is the body of a response. Its tags are the service's names in both
// formats. It does not use those of domaintask.TaskDetail, so a test shows a
// mistake in them.
type document interface {
	name(requestID string) // sets the request id
}

type pageDocument struct {
	XMLName        xml.Name     `json:"-"`
	Data           taskDocument `json:"Data" xml:"Data"`
	TotalItemNum   int          `json:"TotalItemNum" xml:"TotalItemNum"`
	PageSize       int          `json:"PageSize" xml:"PageSize"`
	CurrentPageNum int          `json:"CurrentPageNum" xml:"CurrentPageNum"`
	RequestID      string       `json:"RequestId" xml:"RequestId"`
	TotalPageNum   int          `json:"TotalPageNum" xml:"TotalPageNum"`
	PrePage        *bool        `json:"PrePage,omitempty" xml:"PrePage,omitempty"`
	NextPage       *bool        `json:"NextPage,omitempty" xml:"NextPage,omitempty"`
}

type taskDocument struct {
	TaskDetail []taskDetail `json:"TaskDetail" xml:"TaskDetail"`
}

// taskDetail has the fields of domaintask.TaskDetail in the same order, so each
// can be converted to the other.
type taskDetail struct {
	TaskNo              string                    `json:"TaskNo" xml:"TaskNo"`
	TaskDetailNo        string                    `json:"TaskDetailNo" xml:"TaskDetailNo"`
	TaskType            string                    `json:"TaskType" xml:"TaskType"`
	TaskTypeDescription string                    `json:"TaskTypeDescription" xml:"TaskTypeDescription"`
	InstanceID          string                    `json:"InstanceId" xml:"InstanceId"`
	DomainName          string                    `json:"DomainName" xml:"DomainName"`
	TaskStatus          domaintask.TaskStatus     `json:"TaskStatus" xml:"TaskStatus"`
	TaskStatusCode      domaintask.TaskStatusCode `json:"TaskStatusCode" xml:"TaskStatusCode"`
	CreateTime          string                    `json:"CreateTime" xml:"CreateTime"`
	UpdateTime          string                    `json:"UpdateTime" xml:"UpdateTime"`
	TryCount            int                       `json:"TryCount" xml:"TryCount"`
	ErrorMsg            string                    `json:"ErrorMsg" xml:"ErrorMsg"`
	FailReason          string                    `json:"FailReason,omitempty" xml:"FailReason,omitempty"`
	TaskResult          string                    `json:"TaskResult,omitempty" xml:"TaskResult,omitempty"`
}

type acknowledgeDocument struct {
	XMLName   xml.Name `json:"-" xml:"AcknowledgeTaskResultResponse"`
	RequestID string   `json:"RequestId" xml:"RequestId"`
	Result    int      `json:"Result" xml:"Result"`
}

type errorDocument struct {
	XMLName   xml.Name `json:"-" xml:"Error"`
	RequestID string   `json:"RequestId" xml:"RequestId"`
	HostID    string   `json:"HostId" xml:"HostId"`
	Code      string   `json:"Code" xml:"Code"`
	Message   string   `json:"Message" xml:"Message"`
	Recommend cdata    `json:"Recommend" xml:"Recommend"`

	AccessDeniedDetail *accessDenied `json:"AccessDeniedDetail,omitempty" xml:"AccessDeniedDetail,omitempty"`
}

// accessDenied is the part of an error that says which permission is missing.
type accessDenied struct {
	AuthAction               string `json:"AuthAction" xml:"AuthAction"`
	AuthPrincipalType        string `json:"AuthPrincipalType" xml:"AuthPrincipalType"`
	AuthPrincipalOwnerID     string `json:"AuthPrincipalOwnerId" xml:"AuthPrincipalOwnerId"`
	AuthPrincipalDisplayName string `json:"AuthPrincipalDisplayName" xml:"AuthPrincipalDisplayName"`
	PolicyType               string `json:"PolicyType" xml:"PolicyType"`
	NoPermissionType         string `json:"NoPermissionType" xml:"NoPermissionType"`
	EncodedDiagnosticMessage string `json:"EncodedDiagnosticMessage" xml:"EncodedDiagnosticMessage"`
}

// cdata is text, in a CDATA section in XML.
type cdata struct {
	Text string `xml:",cdata"`
}

// MarshalJSON writes the text as a string.
func (c cdata) MarshalJSON() ([]byte, error) { return json.Marshal(c.Text) }

func (d *pageDocument) name(requestID string) { d.RequestID = requestID }

func (d *acknowledgeDocument) name(requestID string) { d.RequestID = requestID }

// hostID is the name of the service in errors.
const hostID = "domain.aliyuncs.com"

func (d *errorDocument) name(requestID string) {
	d.RequestID, d.HostID = requestID, hostID
	d.Recommend.Text = "https://api.aliyun.com/troubleshoot?" + url.Values{
		"q":         {d.Code},
		"product":   {"Domain"},
		"requestId": {requestID},
	}.Encode()
}

func (a answer) contentType() string {
	if a.format == "JSON" {
		return "application/json;charset=utf-8"
	}
	return "text/xml;charset=utf-8"
}

// encode encodes the document. None of its types can fail.
func (a answer) encode() []byte {
	if raw, ok := a.document.(rawDocument); ok {
		return raw
	}
	if a.format == "JSON" {
		body, _ := json.Marshal(a.document)
		return body
	}
	body, _ := xml.Marshal(a.document)
	return append([]byte(xmlDeclaration), body...)
}

const xmlDeclaration = "<?xml version='1.0' encoding='UTF-8'?>"
