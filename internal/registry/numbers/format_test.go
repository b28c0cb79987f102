package numbers

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"testing"
)

func TestOpenRefusesEveryCut(t *testing.T) {
	data, _ := build(t, smallFiles()...)
	for n := range data {
		if _, err := Open(data[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut after %d of %d bytes: error %v, want ErrCorrupt", n, len(data), err)
		}
	}
	if _, err := Open(append(slices.Clone(data), 0)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("one byte too many: error %v, want ErrCorrupt", err)
	}
}

func TestOpenRefusesEveryFlippedBit(t *testing.T) {
	data, _ := build(t, smallFiles()...)
	for i := range data {
		for bit := range 8 {
			bad := slices.Clone(data)
			bad[i] ^= 1 << bit
			if _, err := Open(bad); !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
				t.Fatalf("bit %d of byte %d flipped: error %v, want ErrCorrupt or ErrVersion", bit, i, err)
			}
		}
	}
}

func TestOpenShippedRefusesDamage(t *testing.T) {
	data := snapshot(t)
	parts, err := unseal(data)
	if err != nil {
		t.Fatal(err)
	}
	at := headerSize
	for _, p := range parts {
		for _, cut := range []int{at - 1, at, at + 1, at + len(p.body)/2} {
			if _, err := Open(data[:cut]); !errors.Is(err, ErrCorrupt) {
				t.Errorf("cut at %d, section %v: error %v, want ErrCorrupt", cut, p.section, err)
			}
		}
		bad := slices.Clone(data)
		bad[at+len(p.body)/2] ^= 0x10
		if _, err := Open(bad); !errors.Is(err, ErrCorrupt) {
			t.Errorf("bit flipped in section %v: error %v, want ErrCorrupt", p.section, err)
		}
		at += len(p.body)
	}
}

func TestOpenRefusesOtherVersions(t *testing.T) {
	data, _ := build(t, smallFiles()...)
	for _, v := range []uint16{0, 1, 3, 1 << 15} {
		other := slices.Clone(data)
		binary.LittleEndian.PutUint16(other[versionAt:], v)
		if _, err := Open(reseal(other)); !errors.Is(err, ErrVersion) {
			t.Errorf("version %d: error %v, want ErrVersion", v, err)
		}
		// A later version may be of any shape after its number.
		if _, err := Open(other[:versionAt+2]); !errors.Is(err, ErrVersion) {
			t.Errorf("version %d, nothing else: error %v, want ErrVersion", v, err)
		}
	}
}

// reseal makes the checksum fit, as someone who means harm would.
func reseal(data []byte) []byte {
	if len(data) < tableAt {
		return data
	}
	out := slices.Clone(data)
	sum := sha256.Sum256(out[tableAt:])
	copy(out[digestAt:], sum[:])
	return out
}

// TestVerifyRefusesMalformedSections seals sections that are wrong inside. Open
// cannot see that; Verify must, and lookups must find nothing rather than lie.
func TestVerifyRefusesMalformedSections(t *testing.T) {
	good := unpacked(t, mustBuild(t))
	names, controlText, err := encodeNames([]string{"\x1b[2Jaaaaaaaa", "bb", "cc", "dd", "ee", "ff"})
	if err != nil {
		t.Fatal(err)
	}
	v4 := func(rows ...byte) []byte { return rows }
	tests := []struct {
		name    string
		section section
		body    []byte
		names   []byte // the name section, if it must fit the body
	}{
		{"empty", holderSection, nil, nil},
		{"more rows than bytes", holderSection, []byte{9, 0, 0, 0}, nil},
		{"rows beyond the limit", holderSection, []byte{0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0}, nil},
		// rows, then size and bytes of numbers, countries and names
		{"AS number 0", holderSection, []byte{1, 1, 0, 2, 0, 0, 1, 0}, nil},
		{"AS number beyond 32 bits", holderSection, []byte{1, 5, 0x80, 0x80, 0x80, 0x80, 0x10, 2, 0, 0, 1, 0}, nil},
		{"no such country", holderSection, []byte{1, 1, 1, 2, 0xff, 0x7f, 1, 0}, nil},
		{"country cut", holderSection, []byte{1, 1, 1, 1, 0, 1, 0}, nil},
		{"derived from space, but none", holderSection, []byte{1, 1, 1, 2, 1, 0, 1, 0}, nil},
		{"name not seen before", holderSection, []byte{1, 1, 1, 2, 0, 0, 1, 2}, nil},
		{"column too long", holderSection, []byte{1, 2, 1, 1, 2, 0, 0, 1, 0}, nil},
		{"bytes after the columns", holderSection, []byte{1, 1, 1, 2, 0, 0, 1, 0, 7}, nil},
		{"empty name", nameSection, []byte{1, 1, 0, 1, 0}, nil},
		{"names longer than their text", nameSection, append([]byte{6, 6, 9, 9, 9, 9, 9, 99, 1}, byte(len(good[textSection]))), nil},
		{"names shorter than their text", nameSection, append([]byte{6, 6, 9, 9, 9, 9, 9, 1, 1}, byte(len(good[textSection]))), nil},
		{"fewer names than used", nameSection, append([]byte{1, 1, 9, 1}, byte(len(good[textSection]))), nil},
		{"block beyond the text", nameSection, []byte{6, 6, 9, 9, 9, 9, 9, 9, 2, 0xff, 0x7f}, nil},
		{"text after the last block", nameSection, []byte{0, 0, 0}, nil},
		{"text that is no frame", textSection, slices.Repeat([]byte{7}, len(good[textSection])), nil},
		{"name that moves the cursor", textSection, controlText, names},
		{"no columns", ipv4Section, v4(1), nil},
		// rows, gap zeros, gap rest, size zeros, size rest, AS rows
		{"size 0", ipv4Section, v4(1, 1, wideZero, 0, 1, wideZero, 0, 1, 0), nil},
		{"no such AS row", ipv4Section, v4(1, 1, wideZero, 0, 1, 8, 1, 0, 1, 100), nil},
		{"beyond the last address", ipv4Section, v4(1, 1, 32, 1, 0, 1, 8, 1, 0, 1, 0), nil},
		{"neighbours that should be one", ipv4Section, v4(2, 2, wideZero, wideZero, 0, 2, 8, 8, 2, 0, 0, 2, 0, 0), nil},
		{"a range after the end of the space", ipv6Section, v4(2, 2, wideZero, wideZero, 0, 2, wideZero, 8, 1, 0, 2, 0, 1), nil},
		{"no such country of space", space4Section, v4(1, 1, wideZero, 0, 1, 8, 1, 0, 2, 0xff, 0x7f), nil},
		{"space of size 0", space6Section, v4(1, 1, wideZero, 0, 1, 8, 1, 0, 0), nil},
		{"around the end of the space", ipv6Section, v4(1, 1, 127, 1, 0, 1, 127, 1, 1, 1, 0), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := good
			bad[tt.section] = tt.body
			if tt.names != nil {
				bad[nameSection] = tt.names
			}
			data, err := seal(bad)
			if err != nil {
				t.Fatal(err)
			}
			table, err := Open(data)
			if err != nil {
				t.Fatal(err)
			}
			if err := table.Verify(); !errors.Is(err, ErrCorrupt) {
				t.Errorf("Verify = %v, want ErrCorrupt", err)
			}
			useTable(table)
		})
	}
}

func mustBuild(tb testing.TB) []byte {
	data, _ := build(tb, smallFiles()...)
	return data
}

// unpacked returns the sections of a snapshot as seal takes them.
func unpacked(tb testing.TB, data []byte) sections {
	tb.Helper()
	parts, err := unseal(data)
	if err != nil {
		tb.Fatal(err)
	}
	var out sections
	for i, p := range parts {
		if p.section == textSection {
			out[i] = p.body
			continue
		}
		if out[i], err = p.unpack(); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

// useTable calls everything, for what must not panic.
func useTable(t *Table) {
	t.Holder(64496)
	t.Search("example", 3)
	for _, a := range []string{"192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "ffff::"} {
		t.Origin(netip.MustParseAddr(a))
		t.OriginASN(netip.MustParseAddr(a))
		t.Space(netip.MustParseAddr(a))
	}
	n := 0
	for range t.Prefixes(64496) {
		if n++; n > 1000 {
			break
		}
	}
	for range t.Holders() {
	}
	for range t.Routes() {
	}
}

// FuzzOpen gives Open a snapshot with a fitting checksum, so that the parts
// behind it are reached. What Verify accepts must be in order.
func FuzzOpen(f *testing.F) {
	f.Add(mustBuild(f))
	empty, _ := build(f, text(NamesCSV, "n", "1,x\n"))
	f.Add(empty)
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Open(reseal(data))
		if err != nil {
			return
		}
		if table.Verify() == nil {
			checkOrder(t, table)
		}
		useTable(table)
	})
}

// FuzzSections reaches behind the checksum and the compression, too.
func FuzzSections(f *testing.F) {
	good := unpacked(f, mustBuild(f))
	f.Add(good[holderSection], good[nameSection], good[textSection], good[ipv4Section], good[ipv6Section], good[space4Section], good[space6Section])
	f.Add([]byte{0, 0, 0, 0}, []byte{0, 0, 0}, []byte{}, []byte{0, 0, 0, 0, 0, 0}, []byte{0, 0, 0, 0, 0, 0}, []byte{0, 0, 0, 0, 0, 0}, []byte{0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, holders, names, text, v4, v6, space4, space6 []byte) {
		table := tableOf(holders, names, text, v4, v6, space4, space6)
		if table.Verify() == nil {
			checkOrder(t, table)
		}
		useTable(table)
	})
}

// tableOf returns a table of sections that are unpacked already.
func tableOf(holders, names, text, v4, v6, space4, space6 []byte) *Table {
	t := &Table{}
	asns := func() []uint32 {
		if h := t.holders.value(); h != nil {
			return h.asns
		}
		return nil
	}
	t.holders.make = func() (*holderTable, error) { return decodeHolders(holders) }
	t.names.make = func() (*nameTable, error) { return decodeNames(names, text) }
	t.v4.make = func() (*table4, error) { return decode4(ipv4Section, v4, asns()) }
	t.v6.make = func() (*table6, error) { return decode6(ipv6Section, v6, asns()) }
	t.space4.make = func() (*table4, error) { return decode4(space4Section, space4, countryValues()) }
	t.space6.make = func() (*table6, error) { return decode6(space6Section, space6, countryValues()) }
	return t
}

// checkOrder reports routes that overlap or are out of order, and holders that
// are.
func checkOrder(t *testing.T, table *Table) {
	t.Helper()
	var before netip.Addr
	for r := range table.Routes() {
		if r.Last.Less(r.First) || before.IsValid() && !before.Less(r.First) {
			t.Fatalf("route %+v after %v", r, before)
		}
		before = r.Last
	}
	var last uint32
	for h := range table.Holders() {
		if h.ASN <= last {
			t.Fatalf("AS number %d after %d", h.ASN, last)
		}
		last = h.ASN
	}
}

func TestSealIsReadable(t *testing.T) {
	want := sections{[]byte("{}"), nil, bytes.Repeat([]byte("name "), 100000), {9}, {1}, {2, 3}}
	data, err := seal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := unpacked(t, data)
	for s := range want {
		if !bytes.Equal(got[s], want[s]) {
			t.Errorf("section %v has %d bytes, want %d", section(s), len(got[s]), len(want[s]))
		}
	}
	if _, err := seal(sections{make([]byte, maxManifest+1)}); err == nil {
		t.Error("a manifest beyond the limit is sealed, want an error")
	}
}
