// Package benchtest holds what benchmarks of several packages share, so that they
// do the same work with this module and with others: the pages, a service in its
// own process, and the measurement.
package benchtest

import "testing"

// Measure runs f in a benchmark. cpu-ns/op is the CPU time of the whole process. It
// includes the garbage collector and excludes a Service, which has its own process.
func Measure(b *testing.B, f func() error) {
	b.Helper()
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	if spent := cpuTime() - before; spent > 0 {
		b.ReportMetric(float64(spent)/float64(b.N), "cpu-ns/op")
	}
}
