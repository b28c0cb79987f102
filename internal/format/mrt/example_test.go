package mrt_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/netip"
	"time"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// Print who announced which prefix along which path, and what is damaged.
func Example() {
	table := mrtfile.Table{
		Time:  time.Unix(1735689600, 0),
		Peers: []mrtfile.Peer{{Addr: netip.MustParseAddr("192.0.2.2"), ASN: 64496}},
		Routes: []mrtfile.Route{{
			Prefix: netip.MustParsePrefix("198.51.100.0/24"),
			Attributes: mrtfile.Attributes{
				Path:    mrtfile.MustPath("64496 64497 64498"),
				NextHop: netip.MustParseAddr("192.0.2.2"),
			},
		}},
	}
	var file bytes.Buffer
	if err := table.WriteV2(&file); err != nil {
		log.Fatal(err)
	}
	file.WriteString("and some garbage")

	scanner := mrt.NewScanner(&file, mrt.Limits{})
	var entries mrt.Entries
	var attrs mrt.Attributes
	var path mrt.Path
	for {
		record, err := scanner.Next()
		if err == io.EOF {
			return
		}
		if gap, ok := err.(mrt.Gap); ok {
			fmt.Println(gap)
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		for entries.Reset(record); entries.Next(); {
			entry := entries.Entry()
			if err := attrs.Parse(entry.Attrs); err != nil {
				log.Fatal(err)
			}
			if err := path.Decode(attrs.RawPath(entry.AS4)); err != nil {
				log.Fatal(err)
			}
			fmt.Printf("%s from AS%d: %s\n", entry.Prefix, entry.Peer.ASN, &path)
			for left, right := range path.Adjacencies {
				fmt.Printf("  AS%d next to AS%d\n", left, right)
			}
		}
		if err := entries.Err(); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// 198.51.100.0/24 from AS64496: 64496 64497 64498
	//   AS64496 next to AS64497
	//   AS64497 next to AS64498
	// mrt: skipped 16 bytes at offset 91: no record
}
