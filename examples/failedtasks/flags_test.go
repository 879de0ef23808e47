package main

import (
	"testing"

	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.RequireUsage(t, run, usage, flagSet(new(options)))
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args string
		want string // must be in the line
	}{
		{"-status broken", `"failed", "succeeded", "all"`},
		{"-output yaml", `"table", "json", "csv"`},
		{"-format yaml", `"json", "xml"`},
		{"-lang de", `"en", "zh", ""`},
		{"-limit -1", "-limit"},
		{"-limit many", "-limit: must be a number"},
		{"-page 0", "-page"},
		{"-since yesterday", "in UTC+8"},
		{"-until 2026-02-30", "-until"},
		{"-since 2026-02-02 -until 2026-02-01", "-since is later than -until"},
		{"-columns DomainName,Nonsense", `-columns: unknown column "Nonsense"; must be one of TaskNo, TaskDetailNo, TaskType`},
		{"-columns reason,Reason", "Reason is duplicated"},
		{"-page-size 1001", "-page-size must be 0 to 1000"},
		{"-page-size -1", "-page-size"},
		{"-timeout -1s", "-timeout"},
		{"-timeout 5", "-timeout: must be like 10s"},
		{"-nonsense", "-nonsense"},
		{"-emulator -endpoint example.com", "are mutually exclusive"},
		{"-endpoint http://example.com", "Endpoint"},
		{"-endpoint https://user:secret@example.com", "Endpoint"},
		{"-domain a\x01b", "DomainName"},
		{"example.com", "example.com"},
		{"-emulator false", `"false"`},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			clitest.RequireRefused(t, run, tt.args, tt.want)
		})
	}
}

func TestFlagsReachTheRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want map[string]string // "" = must be absent
	}{
		{nil, map[string]string{"TaskResultStatus": "3", "PageNum": "1", "PageSize": "1000", "UserClientIp": "", "DomainName": "", "TaskNo": "", "InstanceId": "", "Lang": ""}},
		{[]string{"-status", "failed"}, map[string]string{"TaskResultStatus": "3"}},
		{[]string{"-status", "succeeded"}, map[string]string{"TaskResultStatus": "2"}},
		{[]string{"-status", "all"}, map[string]string{"TaskResultStatus": ""}},
		{[]string{"-domain", "例子.example"}, map[string]string{"DomainName": "例子.example"}},
		{[]string{"-task", "t-1"}, map[string]string{"TaskNo": "t-1"}},
		{[]string{"-instance", "S2018"}, map[string]string{"InstanceId": "S2018"}},
		{[]string{"-lang", "zh"}, map[string]string{"Lang": "zh"}},
		{[]string{"-lang", "en"}, map[string]string{"Lang": "en"}},
		{[]string{"-lang", ""}, map[string]string{"Lang": ""}}, // the default
		{[]string{"-page", "4", "-page-size", "25"}, map[string]string{"PageNum": "4", "PageSize": "25"}},
		{[]string{"-page-size", "0"}, map[string]string{"PageSize": "1000"}},
		{[]string{"-limit", "7"}, map[string]string{"PageSize": "7"}},
		{[]string{"-limit", "7000"}, map[string]string{"PageSize": "1000"}},
		{[]string{"-limit", "7", "-since", "2018-01-01"}, map[string]string{"PageSize": "1000"}}, // the seven may be anywhere
		{[]string{"-limit", "7", "-page-size", "3"}, map[string]string{"PageSize": "3"}},
		{[]string{"-limit", "7", "-page", "2"}, map[string]string{"PageSize": "1000"}}, // otherwise page 2 would begin with task 8
	} {
		backend := clitest.Service(t)
		got := start(t.Context(), backend.URL, tt.args...)
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
		requests := backend.Requests()
		require.Len(t, requests, 1)
		for name, want := range tt.want {
			require.Equal(t, want, requests[0].Params.Get(name), "%s with %v", name, tt.args)
		}
	}

	for format, want := range map[string]string{"json": "JSON", "xml": "XML"} {
		backend := clitest.Service(t)
		got := start(t.Context(), backend.URL, "-format", format)
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
		require.Equal(t, "PollTaskResult", backend.Requests()[0].Action)
		require.Equal(t, want, backend.Requests()[0].Format)
		require.Contains(t, backend.Requests()[0].UserAgent, "failedtasks")
	}
}
