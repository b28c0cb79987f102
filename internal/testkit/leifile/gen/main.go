// Command gen writes a golden copy of the LEI system with made-up companies, as
// large as the true one unless told otherwise, to measure with:
//
//	go run ./internal/testkit/leifile/gen FOLDER
//
// It stands beside the package to measure loaders; nothing that ships uses it. It
// writes FOLDER/lei.csv (about 4 GB) and FOLDER/rr.csv.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cleannet/cleannet/internal/testkit/leifile"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	c := leifile.Config{Seed: 1}
	flag.IntVar(&c.Companies, "companies", 3_400_000, "records of level 1")
	flag.IntVar(&c.Relations, "relations", 500_000, "records of level 2")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("want a folder to write to")
	}
	return errors.Join(
		write(filepath.Join(flag.Arg(0), "lei.csv"), func(w io.Writer) error { return leifile.WriteLEI(w, leifile.CSV, c) }),
		write(filepath.Join(flag.Arg(0), "rr.csv"), func(w io.Writer) error { return leifile.WriteRelations(w, leifile.CSV, c) }),
	)
}

func write(name string, fill func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}
