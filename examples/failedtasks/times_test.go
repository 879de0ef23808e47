package main

import (
	"strings"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{ // in UTC
		"2026-01-31":          {"2026-01-30T16:00:00Z", "2026-01-31T16:00:00Z"},
		"2026-01-31 15:04":    {"2026-01-31T07:04:00Z", "2026-01-31T07:05:00Z"},
		"2026-01-31T15:04":    {"2026-01-31T07:04:00Z", "2026-01-31T07:05:00Z"},
		"2026-01-31 15:04:05": {"2026-01-31T07:04:05Z", "2026-01-31T07:04:06Z"},
		"2026-01-31T15:04:05": {"2026-01-31T07:04:05Z", "2026-01-31T07:04:06Z"},
	} {
		begin, end, err := span(text)
		require.NoError(t, err)
		require.Equal(t, want, [2]string{begin.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339)}, text)
	}
	for _, text := range []string{"", "today", "2026-1-31", "31.01.2026", "2026-01-31 15", "2026-01-31T15:04:05Z", " 2026-01-31"} {
		_, _, err := span(text)
		require.ErrorContains(t, err, "UTC+8", text)
	}
}

func TestPeriodChoosesTasks(t *testing.T) {
	t.Parallel()
	var tasks []domaintask.TaskDetail
	for i, updated := range []string{"2026-01-30 23:59:59", "2026-01-31 00:00:00", "2026-01-31 12:30:59", "2026-01-31 23:59:59", "2026-02-01 00:00:00", "some day"} {
		task := failures(6)[i]
		task.UpdateTime = updated
		tasks = append(tasks, task)
	}
	backend := clitest.Service(t, tasks...)
	for _, tt := range []struct {
		args   []string
		listed []int
		note   string
	}{
		{nil, []int{0, 1, 2, 3, 4, 5}, "listed 6 failed tasks, 3 pages"},
		{[]string{"-since", "2026-01-31"}, []int{1, 2, 3, 4, 5}, "listed 5 of 6 failed tasks, omitted 1 updated at other times, kept 1 without a time, 3 pages"},
		{[]string{"-until", "2026-01-31"}, []int{0, 1, 2, 3, 5}, "listed 5 of 6 "},
		{[]string{"-since", "2026-01-31", "-until", "2026-01-31"}, []int{1, 2, 3, 5}, "omitted 2 "},
		{[]string{"-since", "2026-01-31 12:30", "-until", "2026-01-31 12:30"}, []int{2, 5}, "omitted 4 "},
		{[]string{"-since", "2026-01-31T00:00:01", "-until", "2026-01-31T23:59:58"}, []int{2, 5}, "omitted 4 "},
		{[]string{"-since", "2026-01-31", "-limit", "2"}, []int{1, 2}, "listed 2 of 6 failed tasks, omitted 1 updated at other times, 2 pages"},
	} {
		got := start(t.Context(), backend.URL, append(tt.args, "-output", "csv", "-columns", "TaskDetailNo", "-page-size", "2")...)
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
		want := []string{"TaskDetailNo"}
		for _, i := range tt.listed {
			want = append(want, tasks[i].TaskDetailNo)
		}
		require.Equal(t, want, clitest.Lines(got.Stdout), strings.Join(tt.args, " "))
		require.Contains(t, got.Stderr, tt.note)
	}
}
