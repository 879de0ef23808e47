package domaintask

import (
	"context"
	"strconv"

	"github.com/domaintask/domaintask/internal/wire"
)

// MaxAcknowledge is how many ids one AcknowledgeTaskResult call takes. The
// service documents no limit, but every id travels in the query, and servers
// commonly refuse a URL of more than 8 KB: a hundred ids of the service's own
// length, a security token and a signature stay below that.
const MaxAcknowledge = 100

// maxAcknowledgeBytes bounds the ids of one call together, names and
// percent-encoding included, should ids ever be longer than they are today.
const maxAcknowledgeBytes = 6 << 10

// AcknowledgeTaskResultRequest names the task details to confirm.
type AcknowledgeTaskResultRequest struct {
	TaskDetailNos []string // TaskDetail.TaskDetailNo of each; 1 to MaxAcknowledge, none empty

	Lang         Lang   // "" leaves it to the service: English
	UserClientIP string // the address of the user on whose behalf the call is made; "" sends none
}

// AcknowledgeTaskResultResponse tells what was confirmed.
type AcknowledgeTaskResultResponse struct {
	RequestID string // names this call when talking to the vendor's support
	Result    int    // how many details the service says it confirmed; it may differ from how many were sent

	// Unparsed lists content that could not be read, at most 100 values. If it
	// has the field Result, the service acknowledged the details, and Result is
	// 0 because the number is unknown.
	Unparsed []UnparsedValue
	// UnparsedTotal is the number of such values, including the ones that are
	// not listed.
	UnparsedTotal int
}

// AcknowledgeTaskResult confirms task details: PollTaskResult never lists them
// again. What has not been dealt with must not be acknowledged. Acknowledging
// while walking pages moves the pages that follow; see [Client.Pages].
//
// It is safe to repeat. A principal needs the RAM permission
// domain:AcknowledgeTaskResult, which is not implied by that for polling.
//
// See https://api.alibabacloud.com/document/Domain/2018-01-29/AcknowledgeTaskResult
func (c *Client) AcknowledgeTaskResult(ctx context.Context, req AcknowledgeTaskResultRequest) (*AcknowledgeTaskResultResponse, error) {
	params, err := req.params()
	if err != nil {
		return nil, err
	}
	resp := new(AcknowledgeTaskResultResponse)
	_, err = c.do(ctx, operation{action: "AcknowledgeTaskResult", params: params, idempotent: true, decode: resp.decode})
	if err != nil {
		return nil, err
	}
	c.warnUnparsed(ctx, "AcknowledgeTaskResult", resp.RequestID, resp.Unparsed, resp.UnparsedTotal)
	return resp, nil
}

func (r AcknowledgeTaskResultRequest) params() ([]param, error) {
	switch n := len(r.TaskDetailNos); {
	case n == 0:
		return nil, &ParamError{Param: "TaskDetailNo", Reason: "names no task detail to acknowledge"}
	case n > MaxAcknowledge:
		return nil, &ParamError{Param: "TaskDetailNo", Reason: "lists " + strconv.Itoa(n) + " ids; one call takes at most " + strconv.Itoa(MaxAcknowledge)}
	}
	p := params{list: make([]param, 0, len(r.TaskDetailNos)+2)}
	size := 0
	for i, id := range r.TaskDetailNos {
		name := "TaskDetailNo." + strconv.Itoa(i+1)
		if id == "" {
			p.fail(name, "is empty")
		}
		p.add(name, id)
		size += acknowledgeBytes(id)
	}
	if size > maxAcknowledgeBytes {
		p.fail("TaskDetailNo", "takes "+strconv.Itoa(size)+" bytes of the query; one call takes at most "+strconv.Itoa(maxAcknowledgeBytes))
	}
	p.addLang(r.Lang)
	p.addClientIP(r.UserClientIP)
	return p.list, p.err
}

// acknowledgeBytes is an upper bound of what id takes of the query.
func acknowledgeBytes(id string) int {
	return len("&TaskDetailNo.100=") + encodedLen(id)
}

func (r *AcknowledgeTaskResultResponse) decode(body []byte) (wire.Envelope, error) {
	ack, err := wire.DecodeAcknowledgement(body)
	if err != nil {
		return wire.Envelope{}, err
	}
	*r = AcknowledgeTaskResultResponse{
		RequestID:     ack.RequestID,
		Result:        ack.Result,
		Unparsed:      unparsedValues(ack.Unparsed),
		UnparsedTotal: ack.UnparsedTotal,
	}
	return ack.Envelope, nil
}
