package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "中文": 4, "ｱ": 1, "Ａ": 2, "한글": 4, "…": 1, "，": 2, "🙂": 2, "𠀀": 2,
	} {
		require.Equal(t, want, width(text), text)
	}
	for _, tt := range []struct {
		text    string
		columns int
		want    string
	}{
		{"abcd", 4, "abcd"},
		{"abcde", 4, "abc…"},
		{"中文", 4, "中文"},
		{"中文字", 5, "中文…"},
		{"中文字", 4, "中…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		require.Equal(t, tt.want, fit(tt.text, tt.columns))
		require.LessOrEqual(t, width(fit(tt.text, tt.columns)), tt.columns)
	}
}
