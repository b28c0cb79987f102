// Command gen makes the snapshot that ships inside the binary out of the
// unpacked packages of the ip-location-db project; go generate in the folder
// above runs it. It fails if one line of its inputs cannot be used.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/numbers"
)

func main() {
	asn := flag.String("asn", "", "`folder` of the unpacked package asn")
	countries := flag.String("country", "", "`folder` of the unpacked package asn-country")
	retrieved := flag.String("retrieved", "", "`day` on which the packages were fetched, YYYY-MM-DD")
	out := flag.String("out", "", "`file` to write the snapshot to")
	flag.Parse()
	if err := run(*asn, *countries, *retrieved, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(asn, countries, retrieved, out string) error {
	day, err := entity.ParseDate(retrieved)
	if err != nil {
		return err
	}
	in, err := numbers.IPLocationDB(os.DirFS(asn), os.DirFS(countries), day)
	if err != nil {
		return err
	}
	var snapshot bytes.Buffer
	rep, err := numbers.Build(context.Background(), in, &snapshot)
	if err != nil {
		return err
	}
	for _, p := range rep.Problems {
		fmt.Fprintln(os.Stderr, p)
	}
	if n := rep.Malformed(); n > 0 {
		return fmt.Errorf("%d lines cannot be used: look at them before you ship the table", n)
	}
	if err := os.WriteFile(out, snapshot.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, %+v\n", out, snapshot.Len(), rep.Manifest.Counts)
	return nil
}
