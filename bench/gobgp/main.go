// Command gobgp parses a routing table with GoBGP's MRT package to messages, one
// record after the other on one goroutine, and prints how many entries it holds.
// It is the peer of a comparison in bench/run; being a module of its own, it
// adds nothing to what cleannet depends on.
//
//	gobgp FILE
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/osrg/gobgp/v4/pkg/packet/mrt"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gobgp FILE")
		os.Exit(2)
	}
	entries, err := parse(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "gobgp:", err)
		os.Exit(1)
	}
	fmt.Println(entries, "entries")
}

func parse(path string) (entries int, err error) {
	f, err := os.Open(path) //nolint:gosec // reading what the user names is its purpose
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	scan := bufio.NewScanner(bufio.NewReaderSize(f, 1<<20))
	scan.Buffer(make([]byte, 1<<20), 16<<20)
	scan.Split(mrt.SplitMrt)
	for scan.Scan() {
		record := scan.Bytes()
		header, err := mrt.ParseHeader(record[:mrt.MRT_COMMON_HEADER_LEN])
		if err != nil {
			return entries, fmt.Errorf("header: %w", err)
		}
		message, err := mrt.ParseBody(record[mrt.MRT_COMMON_HEADER_LEN:], header)
		if err != nil {
			return entries, fmt.Errorf("body: %w", err)
		}
		if rib, ok := message.Body.(*mrt.Rib); ok {
			entries += len(rib.Entries)
		}
	}
	return entries, scan.Err()
}
