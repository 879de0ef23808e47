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

// results holds the output of benchmarks.
type results struct {
	processor string // as go test prints it
	values    map[string]map[string][]float64
}

func newResults() *results { return &results{values: map[string]map[string][]float64{}} }

// line matches the output of one benchmark: its name, with the number of processors
// if that is more than one, the number of iterations, and its metrics.
var line = regexp.MustCompile(`^Benchmark(\S+?)(-\d+)?\s+\d+\s+(.*)$`)

// read parses the output of one round.
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

// table returns the measured rows: the medians, and the median of the ratios of
// each round, since the speed of a machine varies.
func (r *results) table(rows []row) string {
	var b strings.Builder
	b.WriteString("| work | ours | compared with | ratio | goal |\n|---|---|---|---|---|\n")
	for _, row := range rows {
		ours := r.values[row.ours][row.metric]
		theirs, against := slices.Repeat([]float64{row.limit}, len(ours)), "the limit"
		if row.theirs != "" {
			theirs, against = r.values[row.theirs][row.metric], row.theirs[strings.LastIndex(row.theirs, "/")+1:]
		}
		if len(ours) == 0 || len(theirs) != len(ours) {
			continue
		}
		times := make([]float64, len(ours))
		for i := range times {
			times[i] = theirs[i] / ours[i]
		}
		fmt.Fprintf(&b, "| %s | %s | %s: %s | %s |\n", row.work, amount(median(ours), row.metric), against, amount(median(theirs), row.metric), row.verdict(median(times)))
	}
	return b.String()
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// verdict returns how many times less than theirs ours is, or how many times theirs
// if the goal is a limit, and the goal.
func (r row) verdict(times float64) string {
	mark := func(met bool) string {
		if met {
			return ""
		}
		return " **missed**"
	}
	switch {
	case r.atMost > 0:
		return fmt.Sprintf("%.2f | at most %v%s", 1/times, r.atMost, mark(1 <= times*r.atMost))
	case r.atLeast > 0:
		return fmt.Sprintf("%.1f× less | at least %v×%s", times, r.atLeast, mark(times >= r.atLeast))
	case times < 1:
		return fmt.Sprintf("%.1f× more | ", 1/times)
	}
	return fmt.Sprintf("%.1f× less | ", times)
}

// amount formats a value in a suitable unit.
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
