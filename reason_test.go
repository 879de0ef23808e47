package domaintask_test

import (
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

func TestReason(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ failReason, errorMsg, result, reason, code string }{
		// One reason in all the ways that a service may write it.
		{"", "The domain name is locked", "", "The domain name is locked", ""},
		{"", "The domain name is locked.", "", "The domain name is locked", ""},
		{"", " The  domain name\nis locked. ", "", "The domain name is locked", ""},
		{"", "DomainLocked: The domain name is locked.", "", "The domain name is locked", "DomainLocked"},
		{"DomainLocked: The domain name is locked.", "", "", "The domain name is locked", "DomainLocked"},
		{"DomainLocked", "The domain name is locked.", "", "The domain name is locked", "DomainLocked"},
		{"DomainLocked", "DomainLocked: The domain name is locked", "", "The domain name is locked", "DomainLocked"},
		{"The domain name is locked.", "The domain name is locked.", "", "The domain name is locked", ""},
		{"DomainLocked：域名已锁定。", "", "", "域名已锁定", "DomainLocked"},
		{"", "域名已锁定。", "", "域名已锁定", ""},
		{"DomainLocked: by：the registry: a：b", "", "", "by：the registry: a：b", "DomainLocked"},
		{"Domain.Locked_ByRegistry-2: locked", "", "", "locked", "Domain.Locked_ByRegistry-2"},

		// A code alone, and words that only look like one.
		{"DomainLocked", "", "", "DomainLocked", "DomainLocked"},
		{"DomainLocked", "DomainLocked", "", "DomainLocked", "DomainLocked"},
		{"DomainLocked:", "", "", "DomainLocked", "DomainLocked"},
		{"", "Locked", "", "Locked", ""},
		{"", "Note: the registry is closed", "", "Note: the registry is closed", ""},
		{"", "see: https://example.com/a", "", "see: https://example.com/a", ""},
		{"registry closed", "The operation failed.", "", "The operation failed", ""},

		// What is left when the better fields are empty.
		{"", "", "12345", "12345", ""},
		{"", " . ", "12345", "12345", ""},
		{"", "", "", "", ""},
	} {
		task := domaintask.TaskDetail{FailReason: tt.failReason, ErrorMsg: tt.errorMsg, TaskResult: tt.result}
		require.Equal(t, tt.reason, task.Reason(), "%+v", tt)
		require.Equal(t, tt.code, task.ReasonCode(), "%+v", tt)
	}
}
