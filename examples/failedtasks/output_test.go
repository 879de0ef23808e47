package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// write returns tasks in a form of output.
func write(t *testing.T, form newRowWriter, tasks ...domaintask.TaskDetail) string {
	t.Helper()
	return writeAs(t, form, layout{}, tasks...)
}

// writeAs is write with a layout.
func writeAs(t *testing.T, form newRowWriter, as layout, tasks ...domaintask.TaskDetail) string {
	t.Helper()
	var b bytes.Buffer
	rows := form(bufio.NewWriter(&b), as)
	for _, task := range tasks {
		require.NoError(t, rows.write(row{TaskDetail: task}))
	}
	require.Empty(t, b.String(), "printed before flush")
	require.NoError(t, rows.flush())
	return b.String()
}

var (
	failed = domaintask.TaskDetail{
		TaskNo: "b95bc334", TaskDetailNo: "15fee9d1", TaskType: "CHG_DNS", TaskTypeDescription: "DNS server change",
		InstanceID: "S2018", DomainName: "example.com", TaskStatus: "EXECUTE_FAILURE", TaskStatusCode: 3,
		CreateTime: "2018-03-26 15:08:20", UpdateTime: "2018-03-26 15:22:18", TryCount: 2,
		ErrorMsg: "The registry said <no> & \"never\".",
	}
	chinese = domaintask.TaskDetail{
		TaskDetailNo: "2", TaskType: "UPDATE_REGISTRANT_CONTACT", DomainName: "中文域名中文域名中文域名.example",
		TaskStatusCode: 3, UpdateTime: "yesterday", ErrorMsg: "failed", FailReason: "注册人信息不一致",
	}
	succeeded = domaintask.TaskDetail{
		TaskDetailNo: "3", TaskType: "ORDER_RENEW", DomainName: "例子.example", TaskStatus: "EXECUTE_SUCCESS",
		UpdateTime: "2018-03-26 15:22:18", TaskResult: "12345",
	}
	// Nothing in it may steer a terminal.
	hostile = domaintask.TaskDetail{
		TaskDetailNo: "\x1b]0;title\a", TaskType: "A\tB", DomainName: "evil\u202emoc.example", TaskStatus: "\u009b31m",
		UpdateTime: "\x1b[2J", ErrorMsg: "two\r\nlines\u2028three\U000E0041",
	}
)

func TestJSONLines(t *testing.T) {
	t.Parallel()
	got := clitest.Lines(write(t, newJSONLines, failed, chinese, hostile))
	require.Len(t, got, 3)
	require.Equal(t, `{"TaskNo":"b95bc334","TaskDetailNo":"15fee9d1","TaskType":"CHG_DNS","TaskTypeDescription":"DNS server change",`+
		`"InstanceId":"S2018","DomainName":"example.com","TaskStatus":"EXECUTE_FAILURE","TaskStatusCode":3,`+
		`"CreateTime":"2018-03-26 15:08:20","UpdateTime":"2018-03-26 15:22:18","TryCount":2,`+
		`"ErrorMsg":"The registry said <no> & \"never\"."}`, got[0])
	require.Contains(t, got[1], `"FailReason":"注册人信息不一致"`)

	for i, want := range []domaintask.TaskDetail{failed, chinese, hostile} {
		var task domaintask.TaskDetail
		require.NoError(t, json.Unmarshal([]byte(got[i]), &task))
		require.Equal(t, want, task)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	got := clitest.Lines(write(t, newCSV, failed, hostile))
	require.Len(t, got, 3)
	require.Equal(t, `b95bc334,15fee9d1,CHG_DNS,DNS server change,S2018,example.com,EXECUTE_FAILURE,3,`+
		`2018-03-26 15:08:20,2018-03-26 15:22:18,2,"The registry said <no> & ""never"".",,`, got[1])

	records, err := csv.NewReader(strings.NewReader(strings.Join(got, "\n"))).ReadAll()
	require.NoError(t, err)
	var names []string
	for i, typ := 0, reflect.TypeFor[domaintask.TaskDetail](); i < typ.NumField(); i++ {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	require.Equal(t, names, records[0], "the header is not the service's names")
	require.Equal(t, "two  lines three ", records[2][11])
}

func TestCellsAreNoFormulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=HYPERLINK(A1)": "'=HYPERLINK(A1)",
		"+1":             "'+1",
		"-1":             "'-1",
		"@SUM(A1)":       "'@SUM(A1)",
		"\t=1":           "' =1",
		"\r\n=1":         "'  =1",
		"  =1":           "'  =1",
		"＝1":             "'＝1",
		"\u00a0=1":       "'\u00a0=1",
		"\u2003 =1":      "'\u2003 =1",
		"\u3000=1":       "'\u3000=1",
		"\u00a0a=b":      "\u00a0a=b",
		"a=b":            "a=b",
		"":               "",
		" ":              " ",
		"中":              "中",
	} {
		require.Equal(t, want, cell(text), "%q", text)
	}
	require.Contains(t, write(t, newCSV, domaintask.TaskDetail{ErrorMsg: "=1+1"}), ",'=1+1,")
}

func TestNothingSteersATerminal(t *testing.T) {
	t.Parallel()
	for _, form := range []newRowWriter{newTable, newJSONLines, newCSV} {
		for _, line := range clitest.Lines(write(t, form, hostile, chinese)) {
			require.Equal(t, -1, strings.IndexFunc(line, cli.Steers), "%q", line)
		}
	}
}
