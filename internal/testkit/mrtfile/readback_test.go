package mrtfile_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// TestReadBack writes random tables and reads them with package mrt.
func TestReadBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, writer := range writers() {
		t.Run(writer.name, func(t *testing.T) {
			for range 200 {
				table := randomTable(rnd)
				var b bytes.Buffer
				if err := writer.write(table, &b); err != nil {
					t.Fatal(err)
				}
				want := describe(table, writer.name == "v1", writer.name == "v2-addpath")
				if diff := gocmp.Diff(want, readBack(t, b.Bytes())); diff != "" {
					t.Fatalf("routes (-written +read):\n%s", diff)
				}
			}
		})
	}
}

// randomTable returns a table that both forms can hold: without confederations,
// which AS4_PATH loses, and with peers of the family of their routes.
func randomTable(rnd *rand.Rand) mrtfile.Table {
	table := sampleTable()
	table.Routes = nil
	for range rnd.IntN(30) {
		r := mrtfile.Route{Peer: rnd.IntN(3), PathID: rnd.Uint32()}
		r.Originated = table.Time.Add(-time.Duration(rnd.IntN(1e6)) * time.Second)
		bytes16 := [16]byte{0x20, 1, 0x0d, 0xb8, byte(rnd.IntN(4)), byte(rnd.Uint32()), 3, 7, 9}
		if table.Peers[r.Peer].Addr.Is6() {
			r.Prefix = netip.PrefixFrom(netip.AddrFrom16(bytes16), rnd.IntN(129))
		} else {
			r.Prefix = netip.PrefixFrom(netip.AddrFrom4([4]byte(bytes16[2:])), rnd.IntN(33))
		}
		r.NextHop = table.Peers[r.Peer].Addr
		r.Origin = mrtfile.Origin(rnd.IntN(3))
		for range rnd.IntN(4) {
			s := mrtfile.Segment{Type: mrtfile.SegmentType(1 + rnd.IntN(2))}
			count := 1 + rnd.IntN(5)
			if s.Type == mrtfile.Sequence && rnd.IntN(20) == 0 {
				count = 300
			}
			for range count {
				s.ASNs = append(s.ASNs, 1+rnd.Uint32N(1<<(10+rnd.IntN(23))-1))
			}
			r.Path = append(r.Path, s)
		}
		for range rnd.IntN(80) {
			r.Communities = append(r.Communities, rnd.Uint32())
		}
		table.Routes = append(table.Routes, r)
	}
	return table
}

// describe returns the routes of a table as text, in the order of the file.
func describe(table mrtfile.Table, v1, addPath bool) []string {
	var lines []string
	order := map[netip.Prefix]int{}
	routes := slices.Clone(table.Routes)
	for i, r := range routes {
		if _, found := order[r.Prefix.Masked()]; !found {
			order[r.Prefix.Masked()] = i
		}
	}
	if !v1 {
		slices.SortStableFunc(routes, func(a, b mrtfile.Route) int {
			return order[a.Prefix.Masked()] - order[b.Prefix.Masked()]
		})
	}
	for _, r := range routes {
		peer := table.Peers[r.Peer]
		line := fmt.Sprintf("%s from %s AS%d at %d via %s origin %d path %s",
			r.Prefix.Masked(), peer.Addr, peer.ASN, r.Originated.Unix(), r.NextHop, r.Origin, pathText(r.Path))
		if addPath {
			line += fmt.Sprintf(" id %d", r.PathID)
		}
		lines = append(lines, line)
	}
	return lines
}

// pathText returns a path of sequences and sets as text.
func pathText(path []mrtfile.Segment) string {
	var words []string
	for _, s := range path {
		text := strings.Trim(fmt.Sprint(s.ASNs), "[]")
		if s.Type == mrtfile.Set {
			text = "{" + strings.ReplaceAll(text, " ", ",") + "}"
		}
		words = append(words, text)
	}
	return strings.Join(words, " ")
}

// readBack reads a file into the text of describe.
func readBack(t *testing.T, data []byte) []string {
	var lines []string
	var entries mrt.Entries
	var attrs mrt.Attributes
	var path mrt.Path
	scanner := mrt.NewScanner(bytes.NewReader(data), mrt.Limits{})
	for {
		r, err := scanner.Next()
		if err == io.EOF {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		for entries.Reset(r); entries.Next(); {
			e := entries.Entry()
			if err := attrs.Parse(e.Attrs); err != nil {
				t.Fatal(err)
			}
			if err := path.Decode(attrs.RawPath(e.AS4)); err != nil {
				t.Fatal(err)
			}
			line := fmt.Sprintf("%s from %s AS%d at %d via %s origin %d path %s",
				e.Prefix, e.Peer.Addr, e.Peer.ASN, e.Originated, attrs.NextHopAddr(), attrs.Origin[0], &path)
			if e.HasPathID {
				line += fmt.Sprintf(" id %d", e.PathID)
			}
			lines = append(lines, line)
		}
		if err := entries.Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBgpdump has bgpdump read what the package writes. The text below is what
// the sample says, not what bgpdump happened to print.
func TestBgpdump(t *testing.T) {
	program, err := exec.LookPath("bgpdump")
	if err != nil {
		t.Skip("bgpdump is not installed: no independent check of the files")
	}
	lines := []struct{ before, id, after string }{
		{"|B|192.0.2.2|64496|198.51.100.0/24|", "1|", "64496 64496 64497 {64498,64499}|INCOMPLETE|192.0.2.9|0|0|64496:1 64496:2|NAG||\n"},
		{"|B|2001:db8::3|64511|2001:db8:100::/40|", "2|", "64511 64500|IGP|2001:db8::3|0|0||NAG||\n"},
		{"|B|192.0.2.4|64510|198.51.100.0/24|", "3|", "64510 65551 64497|EGP|192.0.2.4|0|0||NAG||\n"},
		{"|B|192.0.2.4|64510|203.0.113.128/25|", "0|", "64510 (65001 65002) [65003,65004] 64505|IGP|192.0.2.4|0|0||NAG||\n"},
		{"|B|192.0.2.2|64496|0.0.0.0/0|", "0|", "|IGP|192.0.2.2|0|0||NAG||\n"},
	}
	for _, writer := range writers() {
		t.Run(writer.name, func(t *testing.T) {
			form, order := "TABLE_DUMP2", []int{0, 2, 1, 3, 4} // routes of a prefix together
			switch writer.name {
			case "v1":
				form, order = "TABLE_DUMP", []int{0, 1, 2, 3, 4}
			case "v2-addpath":
				form = "TABLE_DUMP2_AP"
			}
			var want strings.Builder
			for _, i := range order {
				line := lines[i]
				if writer.name != "v2-addpath" {
					line.id = ""
				}
				want.WriteString(form + "|1735787045" + line.before + line.id + line.after)
			}
			file := filepath.Join(t.TempDir(), "table.mrt")
			if err := os.WriteFile(file, encode(t, writer.write), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := exec.CommandContext(t.Context(), program, "-m", file).Output()
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want.String(), string(got)); diff != "" {
				t.Errorf("bgpdump -m (-want +got):\n%s", diff)
			}
		})
	}
}
