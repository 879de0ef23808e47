package domaintasktest_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func ids(tasks []domaintask.TaskDetail) []string {
	list := make([]string, len(tasks))
	for i, task := range tasks {
		list[i] = task.TaskDetailNo
	}
	return list
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(15, 1)
	all := ids(tasks)
	for _, changes := range [][]func(*domaintask.Config){{}, {xml}, {acs3}, {acs3, xml}} {
		srv := newServer(t, domaintasktest.Options{}, tasks...)
		client := newClient(t, srv, changes...)
		acknowledge := func(ids ...string) int {
			ack, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: ids})
			require.NoError(t, err)
			require.NotEmpty(t, ack.RequestID)
			return ack.Result
		}
		require.Equal(t, 12, acknowledge(all[:12]...))
		require.Equal(t, all[:12], srv.Acknowledged(), "sorted by number, not by name")
		require.Equal(t, 0, acknowledge(all[0]), "already acknowledged")
		require.Equal(t, 0, acknowledge("unknown"))
		require.Equal(t, 1, acknowledge(all[13], all[13], "unknown"))
		require.Equal(t, append(slices.Clone(all[:12]), all[13]), srv.Acknowledged())
		require.Equal(t, []domaintask.TaskDetail{tasks[12], tasks[14]}, srv.Tasks())
		require.Equal(t, srv.Tasks(), poll(t, client, domaintask.PollTaskResultRequest{}).Tasks)
	}
}

// TestAcknowledgeForm: ids may be sent in a form, which has room for more than the
// query.
func TestAcknowledgeForm(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(1000, 1)
	srv := newServer(t, domaintasktest.Options{}, tasks...)
	r := rpcRequest("JSON", map[string][]string{"Action": {"AcknowledgeTaskResult"}})
	r.form = map[string][]string{}
	for i, id := range ids(tasks) {
		r.form.Set(fmt.Sprintf("TaskDetailNo.%d", i+1), id)
	}
	r.signRPC()
	require.Equal(t, 1000, r.send(t, srv).Result)
	require.Equal(t, ids(tasks), srv.Acknowledged())

	v3 := acs3Request("application/json", map[string][]string{})
	v3.header.Set("X-Acs-Action", "AcknowledgeTaskResult")
	v3.form = r.form
	v3.signACS3(srv.URL[len("https://"):])
	require.Equal(t, 200, v3.send(t, srv).status)
	require.Len(t, srv.Requests()[1].Params, 1000)
}

// TestConcurrentUse: many goroutines poll a page and acknowledge its tasks, while
// tasks are added. Every task is acknowledged once.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(600, 1)
	srv := newServer(t, domaintasktest.Options{}, tasks[:300]...)
	client := newClient(t, srv)
	var wg sync.WaitGroup
	confirmed := make([]int, 64)
	for i := range confirmed {
		wg.Go(func() {
			for late := tasks[300+i*300/64 : 300+(i+1)*300/64]; ; {
				if len(late) > 0 {
					srv.Insert(i, late[0])
					late = late[1:]
				}
				page, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{PageNum: i%3 + 1, PageSize: 40})
				if err != nil {
					t.Error(err)
					return
				}
				switch {
				case page.TotalItemNum == 0 && len(late) == 0:
					return
				case len(page.Tasks) == 0:
					continue
				}
				ack, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: ids(page.Tasks)})
				if err != nil {
					t.Error(err)
					return
				}
				confirmed[i] += ack.Result
				srv.Requests()
				srv.Tasks()
			}
		})
	}
	wg.Wait()
	require.Empty(t, srv.Tasks())
	require.ElementsMatch(t, ids(tasks), srv.Acknowledged())
	total := 0
	for _, n := range confirmed {
		total += n
	}
	require.Equal(t, 600, total)
}
