package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// results are what benchmarks printed.
type results struct {
	processor string // that go test says it ran on
	values    map[string]map[string][]float64
}

func newResults() *results { return &results{values: map[string]map[string][]float64{}} }

// line is what one benchmark prints: its name, with the number of processors
// behind it where that is more than one, how often it ran, and its metrics.
var line = regexp.MustCompile(`^Benchmark(\S+?)(-\d+)?\s+\d+\s+(.*)$`)

// read takes in the output of one round.
func (r *results) read(out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		text := lines.Text()
		if value, ok := strings.CutPrefix(text, "cpu: "); ok {
			r.processor = value
		}
		match := line.FindStringSubmatch(text)
		if match == nil {
			continue
		}
		name, fields := match[1], strings.Fields(match[3])
		if r.values[name] == nil {
			r.values[name] = map[string][]float64{}
		}
		for pair := range slices.Chunk(fields, 2) {
			if value, err := strconv.ParseFloat(pair[0], 64); err == nil && len(pair) == 2 {
				r.values[name][pair[1]] = append(r.values[name][pair[1]], value)
			}
		}
	}
}

// median returns that of what the rounds measured; false where none did.
func (r *results) median(name, metric string) (float64, bool) {
	values := slices.Sorted(slices.Values(r.values[name][metric]))
	n := len(values)
	if n == 0 {
		return 0, false
	}
	return (values[(n-1)/2] + values[n/2]) / 2, true
}

// table writes the rows that were measured. "ratio" is how many times less
// than the other, or how many times the limit where the goal is one.
func (r *results) table(rows []row) string {
	var b strings.Builder
	b.WriteString("| work | ours | compared with | ratio | goal |\n|---|---|---|---|---|\n")
	for _, row := range rows {
		ours, ok := r.median(row.ours, row.metric)
		if !ok {
			continue
		}
		theirs, against := row.limit, "the limit"
		if row.theirs != "" {
			if theirs, ok = r.median(row.theirs, row.metric); !ok {
				continue
			}
			against = row.theirs[strings.LastIndex(row.theirs, "/")+1:]
		}
		fmt.Fprintf(&b, "| %s | %s | %s: %s | %s |\n", row.work, amount(ours, row.metric), against, amount(theirs, row.metric), row.verdict(ours, theirs))
	}
	return b.String()
}

// verdict is the ratio and the goal, and that it was missed where it was.
func (r row) verdict(ours, theirs float64) string {
	mark := func(met bool) string {
		if met {
			return ""
		}
		return " **missed**"
	}
	switch {
	case r.atMost > 0:
		return fmt.Sprintf("%.2f | at most %v%s", ours/theirs, r.atMost, mark(ours <= theirs*r.atMost))
	case r.atLeast > 0:
		return fmt.Sprintf("%.1f× less | at least %v×%s", theirs/ours, r.atLeast, mark(theirs >= ours*r.atLeast))
	}
	return fmt.Sprintf("%.1f× less | ", theirs/ours)
}

// amount writes a value in a unit that suits it.
func amount(value float64, metric string) string {
	unit := ""
	switch metric {
	case peak:
		unit = " MiB"
	case cpu, wall:
		units := []string{" ns", " µs", " ms", " s"}
		for value >= 1000 && len(units) > 1 {
			value, units = value/1000, units[1:]
		}
		unit = units[0]
	}
	digits := 0
	if value < 10 && unit != "" {
		digits = 2
	} else if value < 100 && unit != "" {
		digits = 1
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + unit
}
