package main

import (
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	t.Parallel()
	require.Equal(t, `
UPDATED (UTC+8)   TYPE                       DOMAIN                        STATUS  REASON
2018-03-26 15:22  CHG_DNS                    example.com                   failed  The registry said <no> & "never".
yesterday         UPDATE_REGISTRANT_CONTACT  中文域名中文域名中文域名.example  failed  注册人信息不一致: failed
2018-03-26 15:22  ORDER_RENEW                例子.example                  ok      12345
 [2J              A B                        evil moc.example               31m    two  lines three
`, "\n"+write(t, newTable, failed, chinese, succeeded, hostile))
}

func TestTableWithoutAnything(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{""}, clitest.Lines(write(t, newTable, domaintask.TaskDetail{}))[1:])
}

// Values are cut to fit a screen, and nowhere else: a program that reads the table
// expects whole values.
func TestTableCutsOnlyForAScreen(t *testing.T) {
	t.Parallel()
	long := domaintask.TaskDetail{TaskType: "T", DomainName: strings.Repeat("domain.", 10), ErrorMsg: strings.Repeat("原因", 100)}
	for _, line := range clitest.Lines(writeAs(t, newTable, layout{screen: 120}, long)) {
		require.LessOrEqual(t, width(line), 120)
	}
	got := clitest.Lines(write(t, newTable, long))[1]
	require.Contains(t, got, "  "+long.DomainName+"  ")
	require.True(t, strings.HasSuffix(got, "  "+long.ErrorMsg), got)
}

func TestEveryDocumentedTypeFits(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, find(columns, "TaskType").width, len(domaintask.TaskTypeUpdateRegistrantContact))
}

func TestReason(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ failReason, errorMsg, taskResult, want string }{
		{"", "", "", ""},
		{"", "", "result", "result"},
		{"", "a sentence", "result", "a sentence"},
		{"Code", "", "result", "Code"},
		{"Code", "a sentence", "", "Code: a sentence"},
		{"the same", "the same", "", "the same"},
	} {
		task := domaintask.TaskDetail{FailReason: tt.failReason, ErrorMsg: tt.errorMsg, TaskResult: tt.taskResult}
		require.Equal(t, tt.want, reason(task))
	}
}
