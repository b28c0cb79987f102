package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cleannet/cleannet/internal/testkit/mrtfile"
)

// routes writes a routing table; each route is "PREFIX AS-PATH", and its first
// AS is a peer of the collector: routes FILE ROUTE...
func routes(ts *testscript.TestScript, _ bool, args []string) {
	table := mrtfile.Table{
		Time:      time.Date(2020, 8, 1, 0, 0, 0, 0, time.UTC),
		Collector: netip.MustParseAddr("192.0.2.1"),
	}
	peers := map[uint32]int{}
	for _, route := range args[1:] {
		prefix, text, _ := strings.Cut(route, " ")
		path, err := mrtfile.Path(text)
		ts.Check(err)
		asn := path[0].ASNs[0]
		if _, ok := peers[asn]; !ok {
			peers[asn] = len(peers)
			addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(10 + len(peers))})
			table.Peers = append(table.Peers, mrtfile.Peer{Addr: addr, ASN: asn})
		}
		table.Routes = append(table.Routes, mrtfile.Route{
			Prefix: netip.MustParsePrefix(prefix), Peer: peers[asn],
			Attributes: mrtfile.Attributes{Path: path, NextHop: table.Peers[peers[asn]].Addr},
		})
	}
	var b bytes.Buffer
	ts.Check(table.WriteV2(&b))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

// random writes bytes without a meaning: random FILE SIZE SEED.
func random(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	var seed [32]byte
	copy(seed[:], args[2])
	b := make([]byte, size)
	rand.NewChaCha8(seed).Read(b)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

// first keeps the first per cent of a file: first PERCENT FILE OUT.
func first(ts *testscript.TestScript, _ bool, args []string) {
	percent, err := strconv.Atoi(args[0])
	ts.Check(err)
	b := []byte(ts.ReadFile(args[1]))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b[:len(b)*percent/100], 0o644))
}

// flip inverts a byte in the middle of a file: flip FILE.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	b := []byte(ts.ReadFile(args[0]))
	b[len(b)/2] ^= 0xff
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

// gzipFile compresses a file: gzip FILE OUT.
func gzipFile(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

// copyHarbor makes another copy of the example organisation: harbor FOLDER.
func copyHarbor(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(copyTree(ts.MkAbs(args[0]), filepath.Join(ts.Getenv("WORK"), "harbor")))
}
