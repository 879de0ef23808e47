package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	t.Parallel()
	r := newResults()
	for _, round := range []string{
		"goos: linux\ncpu: Fast 9000\nBenchmarkSign/ours-2   100   1500 ns/op   1600 cpu-ns/op   8 allocs/op\nBenchmarkSign/sdk-2   100   2 ns/op   24000 cpu-ns/op\nPASS\n",
		"BenchmarkSign/ours   100   1500 ns/op   9000 cpu-ns/op   8 allocs/op\nBenchmarkSign/sdk   7   2e3 ns/op   24000 cpu-ns/op\n",
		"BenchmarkSign/ours-16   100   1500 ns/op   2000 cpu-ns/op   8 allocs/op\nBenchmarkSign/sdk-16   100   2 ns/op   1e9 cpu-ns/op\n",
	} {
		r.read(strings.NewReader(round))
	}
	require.Equal(t, "Fast 9000", r.processor)
	want := []string{
		"| work | ours | compared with | ratio | goal |",
		"|---|---|---|---|---|",
		"| CPU | 2.00 µs | sdk: 24.0 µs | 15.0× less | at least 15× |",
		"| CPU | 2.00 µs | sdk: 24.0 µs | 15.0× less | at least 16× **missed** |",
		"| CPU | 2.00 µs | sdk: 24.0 µs | 15.0× less |  |",
		"| CPU | 2.00 µs | sdk: 24.0 µs | 0.07 | at most 1 |",
		"| CPU | 24.0 µs | ours: 2.00 µs | 15.0× more |  |",
		"| allocations | 8 | the limit: 7 | 1.14 | at most 1 **missed** |",
	}
	require.Equal(t, strings.Join(want, "\n")+"\n", r.table([]row{
		{work: "CPU", ours: "Sign/ours", theirs: "Sign/sdk", metric: cpu, atLeast: 15},
		{work: "CPU", ours: "Sign/ours", theirs: "Sign/sdk", metric: cpu, atLeast: 16},
		{work: "CPU", ours: "Sign/ours", theirs: "Sign/sdk", metric: cpu},
		{work: "CPU", ours: "Sign/ours", theirs: "Sign/sdk", metric: cpu, atMost: 1},
		{work: "CPU", ours: "Sign/sdk", theirs: "Sign/ours", metric: cpu},
		{work: "allocations", ours: "Sign/ours", metric: allocs, limit: 7, atMost: 1},
		{work: "not measured", ours: "Sign/ours", metric: peak, limit: 1, atMost: 1},
		{work: "not measured", ours: "Sign/ours", theirs: "Sign/none", metric: cpu},
	}))
}

// TestReadme requires the README's table to be printed by this command: with these
// rows and goals, and no goal missed.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(text), "| work | ours | compared with | ratio | goal |\n|---|---|---|---|---|\n")
	require.True(t, ok)
	for _, row := range goals {
		var line string
		line, table, _ = strings.Cut(table, "\n")
		require.True(t, strings.HasPrefix(line, "| "+row.work+" | "), line)
		_, goal, _ := strings.Cut(row.verdict(row.atLeast+1), " | ")
		require.True(t, strings.HasSuffix(line, " | "+goal+" |"), line)
	}
	require.True(t, strings.HasPrefix(table, "\n"), "it has more rows")
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value  float64
		metric string
		want   string
	}{
		{999, wall, "999 ns"}, {1000, wall, "1.00 µs"}, {12_340, cpu, "12.3 µs"}, {123e6, wall, "123 ms"}, {5.2e9, wall, "5.20 s"}, {2e13, wall, "20000 s"},
		{8, allocs, "8"}, {1013, allocs, "1013"}, {7.81, peak, "7.81 MiB"},
	} {
		require.Equal(t, tt.want, amount(tt.value, tt.metric))
	}
}
