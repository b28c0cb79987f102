// Command compare runs two programs in turn and prints, for each, the median
// wall and processor time and the peak memory, and the ratio of the two pair by
// pair. Taking turns keeps the ratio honest where the machine's speed drifts.
//
//	compare -n 5 -units 641957 -what entries -- OURS ARG... -- PEER ARG...
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

func main() {
	n := flag.Int("n", 5, "counted runs of each program, after one that is not")
	units := flag.Float64("units", 0, "units of work that a run does, for a rate")
	what := flag.String("what", "units", "what the units are")
	flag.Parse()
	split := slices.Index(flag.Args(), "--")
	if split < 1 || split == flag.NArg()-1 || *n < 1 {
		fmt.Fprintln(os.Stderr, "usage: compare [flags] -- OURS ARG... -- PEER ARG...")
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	if err := compare(out, *n, *units, *what, flag.Args()[:split], flag.Args()[split+1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// sample is what a run took.
type sample struct {
	wall, cpu float64 // seconds
	rss       float64 // MiB
}

func compare(w *bufio.Writer, n int, units float64, what string, ours, peer []string) error {
	var a, b []sample
	for i := range n + 1 {
		x, err := measure(ours)
		if err != nil {
			return err
		}
		y, err := measure(peer)
		if err != nil {
			return err
		}
		if i > 0 { // the first pair warms the file cache
			a, b = append(a, x), append(b, y)
		}
	}
	report(w, ours[0], a, units, what)
	report(w, peer[0], b, units, what)
	ratios := make([]float64, n)
	cpus := make([]float64, n)
	for i := range a {
		ratios[i] = b[i].wall / a[i].wall
		cpus[i] = b[i].cpu / a[i].cpu
	}
	slices.Sort(ratios)
	slices.Sort(cpus)
	fmt.Fprintf(w, "peer/ours  wall %.1f× (%.1f to %.1f)   cpu %.1f× (%.1f to %.1f)\n",
		median(ratios), ratios[0], ratios[n-1], median(cpus), cpus[0], cpus[n-1])
	return nil
}

func measure(args []string) (sample, error) {
	cmd := exec.CommandContext(context.Background(), args[0], args[1:]...) //nolint:gosec // running what the user names is its purpose
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return sample{}, fmt.Errorf("%v: %w", args, err)
	}
	wall := time.Since(start).Seconds()
	state := cmd.ProcessState
	s := sample{wall: wall, cpu: (state.UserTime() + state.SystemTime()).Seconds()}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		s.rss = float64(usage.Maxrss) / 1024 // kilobytes on Linux
	}
	return s, nil
}

func report(w *bufio.Writer, name string, samples []sample, units float64, what string) {
	pick := func(f func(sample) float64) float64 {
		values := make([]float64, len(samples))
		for i, s := range samples {
			values[i] = f(s)
		}
		slices.Sort(values)
		return median(values)
	}
	wall := pick(func(s sample) float64 { return s.wall })
	line := fmt.Sprintf("%-40s wall %.3f s   cpu %.3f s   peak %.0f MiB", name, wall,
		pick(func(s sample) float64 { return s.cpu }), pick(func(s sample) float64 { return s.rss }))
	if units > 0 {
		line += fmt.Sprintf("   %.2f M %s/s", units/wall/1e6, what)
	}
	fmt.Fprintln(w, line)
}

// median of sorted values.
func median(v []float64) float64 {
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
