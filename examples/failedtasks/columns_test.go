package main

import (
	"testing"

	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestColumns(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t, failed)
	for _, tt := range []struct{ output, columns, want string }{
		{"table", "domainname, REASON", "DOMAIN                        REASON\nexample.com                   The registry said <no> & \"never\".\n"},
		{"table", "TryCount,TaskStatusCode,CreateTime", "TRIES  CODE  CREATED (UTC+8)\n2      3     2018-03-26 15:08\n"},
		{"csv", "Reason,TryCount,CreateTime", "Reason,TryCount,CreateTime\n\"The registry said <no> & \"\"never\"\".\",2,2018-03-26 15:08:20\n"},
		{"json", "TryCount,DomainName,FailReason,Reason", `{"TryCount":2,"DomainName":"example.com","FailReason":"","Reason":"The registry said <no> & \"never\"."}` + "\n"},
	} {
		got := start(t.Context(), backend.URL, "-output", tt.output, "-columns", tt.columns)
		require.Equal(t, tt.want, got.Stdout)
	}
}

// Each column can be shown in each form, and is empty or zero for a task without
// the field.
func TestEveryColumn(t *testing.T) {
	t.Parallel()
	for _, c := range columns {
		for _, form := range []newRowWriter{newTable, newJSONLines, newCSV} {
			require.NotEmpty(t, writeAs(t, form, layout{columns: []column{c}}, failed, chinese))
		}
		require.GreaterOrEqual(t, c.width, len(c.title), "%s is cut", c.title)
	}
}
