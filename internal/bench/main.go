// Command bench runs the benchmarks of this module several times and prints
// the medians, and how they compare, as Markdown tables:
//
//	go run ./internal/bench
//
// It takes four and a half minutes, of which most is waiting for services that take
// their time, and wants the machine for itself.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

const module = "github.com/domaintask/domaintask"

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 10, "how often each benchmark runs; ours and theirs take turns")
	each := flag.Duration("time", 300*time.Millisecond, "how long each benchmark runs, at least once")
	pattern := flag.String("bench", ".", "run only the benchmarks that match this regular expression")
	flag.Parse()

	all, err := run(*rounds, *each, *pattern)
	if err != nil {
		log.Fatal("bench: ", err)
	}
	fmt.Printf("Medians of %d; %s, %s/%s, %d × %s.\n\n", *rounds, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), all.processor)
	fmt.Print(all.table(goals))
	fmt.Print("\nAnd the rest:\n\n", all.table(others))
}

// run builds the benchmarks once and runs them in rounds.
func run(rounds int, each time.Duration, pattern string) (*results, error) {
	dir, err := os.MkdirTemp("", "domaintask-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "bench.test")
	build := exec.Command("go", "test", "-c", "-o", binary, module)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("go test -c: %w", err)
	}
	all := newResults()
	start := time.Now()
	for i := range rounds {
		var out bytes.Buffer
		round := exec.Command(binary, "-test.run=^$", "-test.bench="+pattern, "-test.benchtime="+each.String(), "-test.timeout=0")
		round.Stdout, round.Stderr = &out, os.Stderr
		if err := round.Run(); err != nil {
			return nil, fmt.Errorf("round %d: %w\n%s", i+1, err, out.Bytes())
		}
		all.read(&out)
		fmt.Fprintf(os.Stderr, "round %d of %d, %v\n", i+1, rounds, time.Since(start).Round(time.Second))
	}
	return all, nil
}
