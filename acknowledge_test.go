package domaintask_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// numbered returns n ids of the given length, or longer where the number needs it.
func numbered(n, length int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%0*d", length, i)
	}
	return ids
}

// acknowledgedBy returns the ids of each acknowledge call that s was sent.
func acknowledgedBy(server *domaintasktest.Server) (calls [][]string) {
	for _, request := range server.Requests() {
		if request.Action != "AcknowledgeTaskResult" {
			continue
		}
		var ids []string
		for i := range len(request.Params) {
			if id := request.Params.Get(fmt.Sprintf("TaskDetailNo.%d", i+1)); id != "" {
				ids = append(ids, id)
			}
		}
		calls = append(calls, ids)
	}
	return calls
}

// TestAcknowledgeSplits states how many ids each call carries: at most a
// hundred, and fewer where they are long, or long once encoded.
func TestAcknowledgeSplits(t *testing.T) {
	t.Parallel()
	slashed := numbered(25, 3)
	for i := range slashed {
		slashed[i] += strings.Repeat("/", 165)
	}
	repeated := append(numbered(60, 32), numbered(80, 32)...)
	for name, tt := range map[string]struct {
		ids   []string
		calls []int
	}{
		"one":                 {numbered(1, 32), []int{1}},
		"a hundred":           {numbered(100, 32), []int{100}},
		"one more":            {numbered(101, 32), []int{100, 1}},
		"many":                {numbered(250, 32), []int{100, 100, 50}},
		"of 44 characters":    {numbered(100, 44), []int{99, 1}},
		"as long as they may": {numbered(25, 512), []int{11, 11, 3}},
		"long once encoded":   {slashed, []int{11, 11, 3}},
		"some of them twice":  {repeated, []int{100, 40}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 0)
			var tasks []domaintask.TaskDetail
			unique := map[string]bool{}
			for _, id := range tt.ids {
				if !unique[id] {
					unique[id] = true
					tasks = append(tasks, domaintask.TaskDetail{TaskDetailNo: id})
				}
			}
			server.Add(tasks...)
			resp, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: tt.ids})
			require.NoError(t, err)
			require.Equal(t, len(tasks), resp.Result, "the sum of all calls")
			require.NotEmpty(t, resp.RequestID)
			var calls []int
			for _, ids := range acknowledgedBy(server) {
				calls = append(calls, len(ids))
			}
			require.Equal(t, tt.calls, calls)
			require.Equal(t, ids(tasks), server.Acknowledged(), "in the order given")
			require.Equal(t, tt.ids, slices.Concat(acknowledgedBy(server)...), "as given")
		})
	}
}

// TestAcknowledgeFailsInPart refuses the nth call: no other is sent, and the
// error lists the ids of the calls before.
func TestAcknowledgeFailsInPart(t *testing.T) {
	t.Parallel()
	all := numbered(250, 32)
	for failing, acknowledged := range map[int]int{1: 0, 2: 100, 3: 200} {
		t.Run(fmt.Sprint("call ", failing), func(t *testing.T) {
			t.Parallel()
			server, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 0)
			server.Inject(append(make([]domaintasktest.Fault, failing-1), domaintasktest.APIError(http.StatusForbidden, "Forbidden.RAM", "denied"))...)
			resp, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: all})
			require.Nil(t, resp)
			require.ErrorIs(t, err, domaintask.ErrForbidden)
			require.False(t, domaintask.Temporary(err))
			require.Len(t, server.Requests(), failing)
			var partial *domaintask.AcknowledgeError
			if acknowledged == 0 {
				require.NotErrorAs(t, err, &partial)
				return
			}
			require.ErrorAs(t, err, &partial)
			require.Equal(t, all[:acknowledged], partial.Acknowledged)
			require.Equal(t, all[acknowledged:], partial.Remaining)
			require.Contains(t, err.Error(), fmt.Sprintf("acknowledged %d of 250 ids: AcknowledgeTaskResult: Forbidden.RAM", acknowledged))
		})
	}
}

// TestAcknowledgeEndsWithItsContext cancels during the second of three calls.
func TestAcknowledgeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 0)
	ctx, cancel := context.WithCancel(t.Context())
	config := server.Config()
	through, sent := config.HTTPClient.Transport, 0
	config.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if sent++; sent == 2 {
			cancel()
		}
		return through.RoundTrip(r)
	})}
	_, err := newClient(t, config).AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: numbered(250, 32)})
	require.ErrorIs(t, err, context.Canceled)
	var partial *domaintask.AcknowledgeError
	require.ErrorAs(t, err, &partial)
	require.GreaterOrEqual(t, len(partial.Acknowledged), 100)
	require.Less(t, sent, 3)
}

// TestAcknowledgeChecksAllBeforeTheFirstCall: an id that cannot be sent is
// found before any is, wherever it stands.
func TestAcknowledgeChecksAllBeforeTheFirstCall(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	all := numbered(250, 32)
	all[240] = "bad\nid"
	_, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: all})
	var paramErr *domaintask.ParamError
	require.ErrorAs(t, err, &paramErr)
	require.Equal(t, "TaskDetailNo.241", paramErr.Param)
}
