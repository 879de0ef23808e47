package domaintasktest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func TestTasksAreDeterministic(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(1000, 42)
	require.Equal(t, tasks, domaintasktest.Tasks(1000, 42))
	require.Equal(t, tasks[:10], domaintasktest.Tasks(10, 42))
	require.NotEqual(t, tasks[:10], domaintasktest.Tasks(10, 43))
	require.Empty(t, domaintasktest.Tasks(0, 42))
	require.Empty(t, domaintasktest.Tasks(-1, 42))
}

func TestTasksAreBelievable(t *testing.T) {
	t.Parallel()
	const n = 20_000
	detailNo, taskNo := regexp.MustCompile(`^[0-9a-f]{32}$`), regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$`)
	instanceID := regexp.MustCompile(`^S2018[0-9]{10}$`)
	reserved := []string{".example.com", ".example.net", ".example.org", ".example", ".test", ".例子.测试", ".xn--fsqu00a.xn--0zwm56d"}
	seen, submissions, types := map[string]bool{}, map[string]int{}, map[string]bool{}
	failed, reasons, last := 0, 0, ""
	for _, task := range domaintasktest.Tasks(n, 1) {
		require.Regexp(t, detailNo, task.TaskDetailNo)
		require.Regexp(t, taskNo, task.TaskNo)
		require.Regexp(t, instanceID, task.InstanceID)
		require.False(t, seen[task.TaskDetailNo])
		seen[task.TaskDetailNo] = true
		submissions[task.TaskNo]++
		types[task.TaskType] = true
		require.True(t, slices.ContainsFunc(reserved, func(zone string) bool { return strings.HasSuffix(task.DomainName, zone) }), task.DomainName)

		created, err := task.Created()
		require.NoError(t, err)
		updated, err := task.Updated()
		require.NoError(t, err)
		require.True(t, created.Before(updated))
		require.GreaterOrEqual(t, task.UpdateTime, last)
		last = task.UpdateTime

		require.NotEmpty(t, task.TaskTypeDescription)
		require.NotEmpty(t, task.ErrorMsg)
		require.NotEqual(t, task.Succeeded(), task.Failed())
		if task.Failed() {
			failed++
			require.Equal(t, domaintask.StatusFailure, task.TaskStatus)
			require.Equal(t, 3, task.TryCount)
		} else {
			require.Equal(t, domaintask.StatusSuccess, task.TaskStatus)
			require.Empty(t, task.FailReason)
		}
		if task.FailReason != "" {
			reasons++
		}
	}
	require.InDelta(t, n/8, failed, n/50)
	require.InDelta(t, failed/2, reasons, n/50)
	require.Len(t, types, 16)
	require.Less(t, len(submissions), n/2)
	require.Greater(t, len(submissions), n/6)
}
