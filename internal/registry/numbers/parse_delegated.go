package numbers

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// delegatedParser reads the RIRs' statistics exchange format ([Delegated]).
// The version line tells how many records follow, which is how a file that was
// cut in transit is found out.
type delegatedParser struct {
	versioned bool // a version line was read
	announced int  // records according to it
	seen      int
}

func (p *delegatedParser) parse(text string, _ int) (record, error) {
	f := strings.Split(text, "|")
	if !p.versioned && p.seen == 0 && isVersionLine(f) {
		n, err := strconv.Atoi(f[3])
		if err != nil || n < 0 {
			return record{}, fmt.Errorf("%q is not a number of records", clip(f[3]))
		}
		p.versioned, p.announced = true, n
		return record{kind: header}, nil
	}
	if len(f) == 6 && f[5] == "summary" {
		return record{kind: header}, nil
	}
	p.seen++
	return parseDelegation(f)
}

func (p *delegatedParser) end() error {
	if p.versioned && p.seen != p.announced {
		return fmt.Errorf("the version line announces %d records and the file has %d: fetch it again", p.announced, p.seen)
	}
	return nil
}

// FormOf recognises a file by its first bytes, where its form can be told apart:
// it knows [Delegated]. The holders in such a file are opaque keys without a
// name, so that it describes no company and has its place in this table alone; a
// command that is given one for the registry can say so.
func FormOf(head []byte) (Form, bool) {
	for line := range strings.Lines(string(head)) {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		fields := strings.Split(trimmed, "|")
		if isVersionLine(fields) {
			return Delegated, true
		}
		if _, err := parseDelegation(fields); err != nil || !strings.HasSuffix(line, "\n") {
			return "", false
		}
		return Delegated, true
	}
	return "", false
}

// isVersionLine reports whether the fields are
// "version|registry|serial|records|startdate|enddate|UTCoffset".
func isVersionLine(f []string) bool {
	if len(f) != 7 {
		return false
	}
	_, err := strconv.ParseFloat(f[0], 32)
	return err == nil
}

// parseDelegation reads the fields of a record line.
func parseDelegation(f []string) (record, error) {
	if len(f) < 7 {
		return record{}, fmt.Errorf("%d fields, want registry|cc|type|start|value|date|status", len(f))
	}
	var rec record
	var err error
	switch kind, start, value := f[2], f[3], f[4]; kind {
	case "asn":
		rec, err = delegatedASNs(start, value)
	case "ipv4":
		rec, err = delegatedIPv4(start, value)
	case "ipv6":
		rec, err = delegatedIPv6(start, value)
	default:
		err = fmt.Errorf("unknown type %q", clip(kind))
	}
	if err != nil {
		return record{}, err
	}
	switch status := f[6]; status {
	case "allocated", "assigned":
	case "available", "reserved":
		return record{kind: useless}, nil
	default:
		return record{}, fmt.Errorf("unknown status %q", clip(status))
	}
	if rec.kind == asnBlock && rec.last.lo-rec.first.lo >= maxBlockASNs {
		return record{}, fmt.Errorf("a block of %s AS numbers, at most %d are believed", f[4], maxBlockASNs)
	}
	if rec.country, err = parseCC(f[1]); err != nil {
		return record{}, err
	}
	if rec.country == 0 {
		return record{kind: useless}, nil
	}
	return rec, nil
}

func delegatedASNs(start, value string) (record, error) {
	first, err := parseASN(start)
	if err != nil {
		return record{}, err
	}
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil || n == 0 || uint64(first)+n-1 > 1<<32-1 {
		return record{}, fmt.Errorf("%q is not a count of AS numbers from %d on", clip(value), first)
	}
	return record{kind: asnBlock, first: wide{0, uint64(first)}, last: wide{0, uint64(first) + n - 1}}, nil
}

// delegatedIPv4 reads a block given by its first address and its number of
// addresses, which need not be a power of two.
func delegatedIPv4(start, value string) (record, error) {
	a, err := netip.ParseAddr(start)
	if err != nil || !a.Is4() {
		return record{}, fmt.Errorf("start %q is not an IPv4 address", clip(start))
	}
	first, _ := wideOf(a)
	n, err := strconv.ParseUint(value, 10, 33)
	if err != nil || n == 0 || first.lo+n-1 > 1<<32-1 {
		return record{}, fmt.Errorf("%q is not a count of addresses from %v on", clip(value), a)
	}
	last := wide{0, first.lo + n - 1}
	return record{kind: countryRange, family: ipv4, first: first, last: last}, nil
}

// delegatedIPv6 reads a block given by its first address and prefix length.
func delegatedIPv6(start, value string) (record, error) {
	a, err := netip.ParseAddr(start)
	if err != nil || !a.Is6() || a.Is4In6() || a.Zone() != "" {
		return record{}, fmt.Errorf("start %q is not an IPv6 address", clip(start))
	}
	n, err := strconv.ParseUint(value, 10, 8)
	if err != nil || n > 128 {
		return record{}, fmt.Errorf("%q is not an IPv6 prefix length", clip(value))
	}
	first, _ := wideOf(a)
	host := ipv6.max().shr(uint(n))
	if (wide{first.hi & host.hi, first.lo & host.lo}) != (wide{}) {
		return record{}, errors.New("start is not the first address of a block of that prefix length")
	}
	return record{kind: countryRange, family: ipv6, first: first, last: first.add(host)}, nil
}
