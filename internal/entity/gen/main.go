// Command gen builds a registry of the size of the LEI system from drawn facts
// and says what that took: time, memory, and how fast the snapshot opens. It
// stands beside the package to measure it; nothing that ships uses it.
//
//	go run ./internal/entity/gen -companies 3400000 -edges 500000
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
)

func main() {
	companies := flag.Int("companies", 3_400_000, "companies to draw")
	edges := flag.Int("edges", 500_000, "holdings to draw")
	output := flag.String("o", "", "where to keep the snapshot; a temporary file if empty")
	flag.Parse()
	// The facts hold no pointers, so that collecting garbage is cheap and may
	// as well be done before memory runs to twice what is in use.
	debug.SetMemoryLimit(1700 << 20)
	if err := run(*companies, *edges, *output); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(companies, edges int, output string) error {
	if output == "" {
		dir, err := os.MkdirTemp("", "registry")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }() // what stays behind is a temporary file
		output = filepath.Join(dir, "registry.bin")
	}
	start := time.Now()
	var b entity.Builder
	if err := draw(&b, companies, edges); err != nil {
		return err
	}
	say(start, "facts given")
	r, err := b.Registry(nil)
	if err != nil {
		return err
	}
	say(start, "checked and laid out")
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	size, err := r.WriteTo(buffered)
	if err := errors.Join(err, buffered.Flush(), file.Close()); err != nil {
		return err
	}
	say(start, fmt.Sprintf("%d bytes written", size))
	return reopen(output, companies)
}

// reopen maps the snapshot into memory and opens it.
func reopen(name string, companies int) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	data, err := syscall.Mmap(int(file.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return err
	}
	start := time.Now()
	r, err := entity.Open(data, nil)
	if err != nil {
		return err
	}
	say(start, "opened")
	start = time.Now()
	c, ok := r.Company(slug(companies / 2))
	if !ok {
		return errors.New("a company is lost")
	}
	held := len(r.Identifiers(c.Slug, entity.Date{}))
	say(start, fmt.Sprintf("found %s with %d identifier", c.Name, held))
	start = time.Now()
	if err := r.Verify(); err != nil {
		return err
	}
	say(start, "verified")
	return syscall.Munmap(data)
}

// draw gives companies with an LEI each, and holdings among them.
func draw(sink entity.Sink, companies, edges int) error {
	r := rand.New(rand.NewPCG(1, 2))
	if err := sink.Source(entity.Source{ID: "drawn", Title: "drawn at random"}); err != nil {
		return err
	}
	for _, i := range r.Perm(companies) {
		lei := lei(i)
		id, err := evidence.NewID(evidence.SchemeLEI, lei)
		if err != nil {
			return err
		}
		if err := errors.Join(
			sink.Company(entity.Company{
				Slug: slug(i), Name: fmt.Sprintf("%s Holdings %d GmbH & Co. KG", lei[4:10], i), Country: "DE", Source: "drawn", Record: "LEI " + lei,
			}),
			sink.Identifier(entity.Identifier{ID: id, Company: slug(i), Source: "drawn", Record: "LEI " + lei}),
		); err != nil {
			return err
		}
	}
	asset := r.Perm(companies)
	for i := range edges {
		e := entity.Edge{
			Owner: slug(r.IntN(companies)), Asset: slug(asset[i%companies]), Interest: entity.Consolidation,
			Share: entity.Range{Lo: entity.Whole/2 + 1, Hi: entity.Whole}, Source: "drawn", Record: fmt.Sprint("relation ", i),
		}
		if err := sink.Edge(e); err != nil {
			return err
		}
	}
	return nil
}

// lei returns the code of a number: letters and digits as the LEI system
// scatters them, and check digits (ISO 17442, ISO 7064 MOD 97-10).
func lei(i int) string {
	x := uint64(i)*0x9e3779b97f4a7c15 ^ 0x5bd1e995
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	code := []byte("5493")
	for range 14 {
		code = append(code, alphabet[x%36])
		x = x/36 + uint64(i)<<20
	}
	sum := 0
	for _, c := range append(code, "00"...) {
		switch {
		case c <= '9':
			sum = (sum*10 + int(c-'0')) % 97
		default:
			sum = (sum*100 + int(c-'A') + 10) % 97
		}
	}
	return fmt.Sprintf("%s%02d", code, 98-sum)
}

func slug(i int) string {
	code := []byte("lei-" + lei(i))
	for j, c := range code {
		if c >= 'A' && c <= 'Z' {
			code[j] = c + 'a' - 'A'
		}
	}
	return string(code)
}

// say prints a step with the time since its start and the most memory that the
// process has held.
func say(start time.Time, step string) {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // of this process it cannot fail
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	fmt.Printf("%8.1f ms  %6.1f s of CPU in all  %5d MiB at most  %s\n",
		float64(time.Since(start).Microseconds())/1000, cpu.Seconds(), usage.Maxrss/1024, step)
}
