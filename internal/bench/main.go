// Command bench runs the benchmarks of this module several times and prints medians
// and ratios as Markdown tables:
//
//	go run ./internal/bench
//
// It takes four minutes, mostly waiting for slow services, and needs an otherwise
// idle machine.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// packages are the packages with benchmarks, first the one of this module.
var packages = []string{"github.com/domaintask/domaintask", "github.com/domaintask/domaintask/internal/sdktest"}

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 10, "runs of each benchmark; ours and theirs alternate")
	each := flag.Duration("time", 300*time.Millisecond, "minimum time of each run")
	pattern := flag.String("bench", ".", "run only those of Sign, Decode, Call, Walk, WalkHeap and Drain that match this regular expression")
	flag.Parse()

	all, err := run(*rounds, *each, *pattern)
	if err != nil {
		log.Fatal("bench: ", err)
	}
	fmt.Printf("Medians of %d; %s, %s/%s, %d × %s.\n\n", *rounds, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), all.processor)
	fmt.Print(all.table(goals))
	fmt.Print("\nAnd the rest:\n\n", all.table(others))
}

// run builds the benchmarks once and runs them in rounds. In each round the two
// packages alternate, so that compared benchmarks run at about the same time.
func run(rounds int, each time.Duration, pattern string) (*results, error) {
	dir, err := os.MkdirTemp("", "domaintask-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var binaries []string
	for _, pkg := range packages {
		binary := filepath.Join(dir, path.Base(pkg)+".test")
		build := exec.Command("go", "test", "-c", "-o", binary, pkg)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("go test -c %s: %w", pkg, err)
		}
		binaries = append(binaries, binary)
	}
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	all := newResults()
	start := time.Now()
	for i := range rounds {
		for _, name := range benchmarks() {
			if !wanted.MatchString(name) {
				continue
			}
			for j, binary := range binaries {
				args := []string{"-test.run=^$", "-test.bench=^Benchmark" + name + "$", "-test.benchtime=" + each.String(), "-test.timeout=0"}
				switch {
				case name == drains && j > 0:
					continue
				case name == drains: // in virtual time, which only tests have
					args = []string{"-test.run=^TestDrainTimes$", "-drain.times"}
				}
				var out bytes.Buffer
				bench := exec.Command(binary, args...)
				bench.Stdout, bench.Stderr = &out, os.Stderr
				if err := bench.Run(); err != nil {
					return nil, fmt.Errorf("round %d, %s: %w\n%s", i+1, name, err, out.Bytes())
				}
				all.read(&out)
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d, %v\n", i+1, rounds, time.Since(start).Round(time.Second))
	}
	return all, nil
}

// benchmarks returns the names of the benchmarks in the rows.
func benchmarks() []string {
	var names []string
	for _, row := range slices.Concat(goals, others) {
		if name, _, _ := strings.Cut(row.ours, "/"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
