package domaintask

import (
	"context"
	"slices"
	"strconv"

	"github.com/domaintask/domaintask/internal/wire"
)

// MaxAcknowledge is the most ids that one acknowledge call carries. The service
// documents no limit, but every id travels in the query, and servers commonly
// refuse a URL of more than 8 KB: a hundred ids of the service's own length, a
// security token and a signature stay below that.
const MaxAcknowledge = 100

// maxAcknowledgeBytes bounds the ids of one call together, names and
// percent-encoding included: longer ids make a call of fewer.
const maxAcknowledgeBytes = 6 << 10

// AcknowledgeTaskResultRequest names the task details to acknowledge.
type AcknowledgeTaskResultRequest struct {
	TaskDetailNos []string // TaskDetail.TaskDetailNo of each; at least one, none empty

	Lang         Lang   // empty means the service's default, English
	UserClientIP string // the address of the user on whose behalf the call is made; "" sends none
}

// AcknowledgeTaskResultResponse is the result of an acknowledgement.
type AcknowledgeTaskResultResponse struct {
	RequestID string // identifies the call, or the last of several, for the vendor's support
	Result    int    // the number of details that the service reports as acknowledged; it may differ from the number sent

	// Unparsed lists content that could not be read, at most 100 values. If it
	// has the field Result, the service acknowledged the details of that call,
	// and Result does not count them because the number is unknown.
	Unparsed []UnparsedValue
	// UnparsedTotal is the number of such values, including the ones that are
	// not listed.
	UnparsedTotal int
}

// AcknowledgeError is the error of an acknowledgement that took several calls, the
// first of which succeeded. Retrying it with Remaining, or with all ids, is safe.
type AcknowledgeError struct {
	Acknowledged []string // the ids of the calls that succeeded
	Remaining    []string // the other ids; some of them may be acknowledged, too, if the response was lost
	Err          error    // of the call that failed; no other was sent after it
}

// Error returns the number of acknowledged ids and the error, in one line.
func (e *AcknowledgeError) Error() string {
	return oneLine("domaintask: acknowledged " + strconv.Itoa(len(e.Acknowledged)) + " of " +
		strconv.Itoa(len(e.Acknowledged)+len(e.Remaining)) + " ids: " + bare(e.Err))
}

// Unwrap returns the error of the call that failed.
func (e *AcknowledgeError) Unwrap() error { return e.Err }

// AcknowledgeTaskResult acknowledges task details: PollTaskResult never lists them
// again. Do not acknowledge a task before it has been handled. Acknowledging while
// walking pages moves the pages that follow; see [Client.Pages].
//
// Any number of ids is allowed. They are sent unchanged, in sequential calls of at
// most MaxAcknowledge ids. Result is the sum. It stops at the first call that fails
// or when ctx ends. The error is then an [*AcknowledgeError] if a call before has
// succeeded, and the error of that call if none has.
//
// It is safe to retry. A principal needs the RAM permission
// domain:AcknowledgeTaskResult, which is not implied by the one for polling.
//
// See https://api.alibabacloud.com/document/Domain/2018-01-29/AcknowledgeTaskResult
func (c *Client) AcknowledgeTaskResult(ctx context.Context, req AcknowledgeTaskResultRequest) (*AcknowledgeTaskResultResponse, error) {
	if _, err := req.params(); err != nil { // all of it, before the first call
		return nil, err
	}
	ids := req.TaskDetailNos
	sum := new(AcknowledgeTaskResultResponse)
	for done := 0; done < len(ids); {
		n := fitting(ids[done:])
		req.TaskDetailNos = ids[done : done+n]
		resp, err := c.acknowledge(ctx, req)
		switch {
		case err != nil && done > 0:
			return nil, &AcknowledgeError{Acknowledged: slices.Clone(ids[:done]), Remaining: slices.Clone(ids[done:]), Err: err}
		case err != nil:
			return nil, err
		}
		done += n
		sum.add(resp)
	}
	return sum, nil
}

// maxUnparsedAcknowledged is the most Unparsed values of several calls together.
const maxUnparsedAcknowledged = 100

// add adds the response of another call.
func (r *AcknowledgeTaskResultResponse) add(other *AcknowledgeTaskResultResponse) {
	r.RequestID = other.RequestID
	r.Result += other.Result
	r.Unparsed = append(r.Unparsed, other.Unparsed...)
	r.Unparsed = r.Unparsed[:min(len(r.Unparsed), maxUnparsedAcknowledged)]
	r.UnparsedTotal += other.UnparsedTotal
}

// fitting returns how many of the ids, from the first, fit into one call.
func fitting(ids []string) (n int) {
	for size := 0; n < min(len(ids), MaxAcknowledge); n++ {
		if size += acknowledgeBytes(ids[n]); size > maxAcknowledgeBytes && n > 0 {
			break
		}
	}
	return n
}

// acknowledgeBytes returns an upper bound of the bytes of id in the query.
func acknowledgeBytes(id string) int {
	return len("&TaskDetailNo.100=") + encodedLen(id)
}

// acknowledge makes one call, with ids that fit into it.
func (c *Client) acknowledge(ctx context.Context, req AcknowledgeTaskResultRequest) (*AcknowledgeTaskResultResponse, error) {
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
	if len(r.TaskDetailNos) == 0 {
		return nil, &ParamError{Param: "TaskDetailNo", Reason: "names no task detail to acknowledge"}
	}
	p := params{list: make([]param, 0, len(r.TaskDetailNos)+2)}
	for i, id := range r.TaskDetailNos {
		name := "TaskDetailNo." + strconv.Itoa(i+1)
		if id == "" {
			p.fail(name, "is empty")
		}
		p.add(name, id)
	}
	p.addLang(r.Lang)
	p.addClientIP(r.UserClientIP)
	return p.list, p.err
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
