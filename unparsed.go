package domaintask

import (
	"context"

	"github.com/domaintask/domaintask/internal/wire"
)

// UnparsedValue is content of a response that could not be read: a number that
// is none, text that is an object, a byte that is not UTF-8, a field that has
// two values, an element of the list that is not a task. The rest of the
// response is not affected.
//
// A number or boolean that could not be read is 0 or nil. A text that is an
// object or a list is kept as it was sent. A byte that is not UTF-8 becomes
// U+FFFD. Of two values, the one under the exact name of the field is kept,
// otherwise the last one.
type UnparsedValue struct {
	Task         int    // index into Tasks; -1 if the value belongs to none
	TaskDetailNo string // of that task
	Field        string // the service's name of the field, Data or TaskDetail; "" for text between XML elements
	Raw          string // the value as sent, at most 256 bytes; it may not be valid UTF-8
}

func unparsedValues(list []wire.Unparsed) []UnparsedValue {
	if len(list) == 0 {
		return nil
	}
	values := make([]UnparsedValue, len(list))
	for i, u := range list {
		values[i] = UnparsedValue(u)
	}
	return values
}

// warnUnparsed logs that a response has content that could not be read. Of the
// content it logs only the place: it may be anything.
func (c *Client) warnUnparsed(ctx context.Context, action, requestID string, list []UnparsedValue, total int) {
	if total == 0 {
		return
	}
	id := list[0].TaskDetailNo
	c.logger.WarnContext(ctx, "domaintask: response has values that cannot be read", "action", action, "values", total,
		"first_field", list[0].Field, "first_task_detail_no", oneLine(id[:min(len(id), 64)]), "request_id", oneLine(requestID))
}
