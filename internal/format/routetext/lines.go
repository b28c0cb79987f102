package routetext

import (
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// bgpdumpName tells the first field of bgpdump's lines.
func bgpdumpName(word string) bool {
	return strings.HasPrefix(word, "TABLE_DUMP") || word == "BGP" || strings.HasPrefix(word, "BGP4MP")
}

// kinds returns the letter of a kind of line, 0 if it is none.
func kinds(word string) byte {
	if slices.Contains([]string{"B", "A", "W", "STATE"}, word) {
		return word[0]
	}
	return 0
}

func readBgpdump(r io.Reader, c *Counts, each func(*Route) error) error {
	var route Route
	return eachLine(r, func(l line) error {
		f := strings.SplitN(l.text, "|", 9)
		if len(f) < 6 || !bgpdumpName(f[0]) {
			if l.text != "" {
				c.bad(l)
			}
			return nil
		}
		switch kinds(f[2]) {
		case 'W':
			c.Withdrawn++
			return nil
		case 'S':
			c.Changes++
			return nil
		case 0:
			c.bad(l)
			return nil
		}
		if strings.HasSuffix(f[0], "_AP") && len(f) > 7 { // the path identifier stands before the path
			f = slices.Delete(f, 6, 7)
		}
		if len(f) < 7 || !route.bgpdump(f, l) {
			c.bad(l)
			return nil
		}
		return each(&route)
	})
}

// bgpdump sets the route from the fields of a line.
func (r *Route) bgpdump(f []string, l line) bool {
	seconds, _, _ := strings.Cut(f[1], ".")
	at, errTime := strconv.ParseUint(seconds, 10, 32)
	peer, errPeer := netip.ParseAddr(f[3])
	asn, errASN := strconv.ParseUint(f[4], 10, 32)
	prefix, errPrefix := netip.ParsePrefix(f[5])
	path, ok := appendPath(r.Path[:0], f[6])
	*r = Route{
		Prefix: prefix.Masked(), Peer: peer, PeerASN: uint32(asn), Path: path, Time: uint32(at),
		Offset: l.offset, Length: int64(len(l.text)),
	}
	return errTime == nil && errPeer == nil && errASN == nil && errPrefix == nil && ok
}

// isTableHead tells the line above the routes of "show ip bgp".
func isTableHead(line string) bool {
	f := strings.Fields(line)
	return len(f) >= 5 && f[0] == "Network" && f[1] == "Next" && f[2] == "Hop" && f[len(f)-1] == "Path"
}

// tableReader reads "show ip bgp". Its columns stand where the head has their
// names; a long prefix pushes the rest of its route to the next line, and a
// further route of a prefix leaves its column empty.
type tableReader struct {
	local  uint32     // AS number of the router, 0 if the text does not say
	id     netip.Addr // of the router
	status int        // columns before a prefix, which say of what sort a route is
	next   int        // column of the next hop, 0 before the head
	column int        // of the path
	prefix netip.Prefix
	hop    netip.Addr // a long one, whose route goes on on the next line
	route  Route
	path   []byte
}

func readTable(r io.Reader, c *Counts, each func(*Route) error) error {
	var t tableReader
	return eachLine(r, func(l line) error {
		switch {
		case isTableHead(l.text):
			t.status = strings.Index(l.text, "Network")
			t.next, t.column = strings.Index(l.text, "Next"), strings.LastIndex(l.text, "Path")
			return nil
		case t.next == 0:
			t.preface(l.text)
			return nil
		case strings.TrimSpace(l.text) == "" || strings.HasPrefix(l.text, "Displayed") || strings.HasPrefix(l.text, "Total"):
			return nil
		}
		switch t.row(l) {
		case partRow:
			return nil
		case noRow:
			c.bad(l)
			return nil
		}
		return each(&t.route)
	})
}

// preface takes what stands above the table: the router's id and AS number.
func (t *tableReader) preface(text string) {
	f := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
	for i := range f {
		if i+2 < len(f) && f[i] == "local" && f[i+1] == "AS" {
			t.local, _ = asNumber(f[i+2])
		}
		if i+1 < len(f) && f[i] == "ID" || i+2 < len(f) && f[i] == "ID" && f[i+1] == "is" {
			for _, word := range f[i+1 : min(i+3, len(f))] {
				if addr, err := netip.ParseAddr(word); err == nil {
					t.id = addr
				}
			}
		}
	}
}

// rowKind is what a line under the head is.
type rowKind uint8

const (
	noRow   rowKind = iota
	partRow         // a prefix whose route stands on the next line
	wholeRow
)

func (t *tableReader) row(l line) rowKind {
	left := l.text[:min(len(l.text), t.next)]
	rest := l.text[len(left):]
	if network := strings.TrimSpace(left[min(t.status, len(left)):]); network != "" {
		// A long prefix runs into the columns after its own.
		words := strings.Fields(l.text[t.status:])
		prefix, ok := networkOf(words[0])
		if !ok {
			return noRow
		}
		t.prefix, t.hop = prefix, netip.Addr{}
		rest = l.text[t.status+strings.Index(l.text[t.status:], words[0])+len(words[0]):]
	}
	words := strings.Fields(rest)
	if len(words) == 0 || !t.prefix.IsValid() {
		return partOf(len(words) == 0 && t.prefix.IsValid())
	}
	word, _, _ := strings.Cut(words[0], "(") // FRR adds the name of the peer
	if hop, err := netip.ParseAddr(word); err == nil {
		if t.hop = hop; len(words) == 1 {
			return partRow
		}
	}
	if !t.hop.IsValid() || len(l.text) < t.column {
		return noRow
	}
	path, ok := appendPath(t.path[:0], l.text[t.column:])
	if t.path = path; !ok {
		return noRow
	}
	t.route = Route{Prefix: t.prefix, Peer: t.hop, Path: path, Offset: l.offset, Length: int64(len(l.text))}
	t.hop = netip.Addr{}
	if t.local != 0 {
		t.route.Path, t.route.PeerASN = prepend(t.local, path), t.local
		if t.id.IsValid() {
			t.route.Peer = t.id
		}
	}
	return wholeRow
}

// partOf tells a line that holds a prefix alone.
func partOf(prefix bool) rowKind {
	if prefix {
		return partRow
	}
	return noRow
}

// networkOf reads a prefix, or an address alone, which stands for the network of
// its class (RFC 791 section 3.2).
func networkOf(word string) (netip.Prefix, bool) {
	if prefix, err := netip.ParsePrefix(word); err == nil {
		return prefix.Masked(), true
	}
	addr, err := netip.ParseAddr(word)
	if err != nil || !addr.Is4() {
		return netip.Prefix{}, false
	}
	bits := 24
	switch first := addr.As4()[0]; {
	case addr == netip.IPv4Unspecified():
		bits = 0
	case first < 128:
		bits = 8
	case first < 192:
		bits = 16
	}
	prefix, err := addr.Prefix(bits)
	return prefix, err == nil
}

// readBirdc reads "show route all": a line for the route, and a line for each of
// its attributes, indented by a tab.
func readBirdc(r io.Reader, c *Counts, each func(*Route) error) error {
	var route Route
	var prefix netip.Prefix
	open := false
	return eachLine(r, func(l line) error {
		if l.text == "" {
			return nil
		}
		if l.text[0] != '\t' {
			open = false
			word, _, _ := strings.Cut(l.text, " ")
			if p, err := netip.ParsePrefix(word); err == nil {
				prefix = p.Masked()
			} else if word != "" { // "Table master4:", "BIRD 2.0.12 ready."
				prefix = netip.Prefix{}
			}
			if prefix.IsValid() {
				open = true
				route = Route{Prefix: prefix, Peer: birdPeer(l.text), Path: route.Path[:0], Offset: l.offset, Length: int64(len(l.text))}
			}
			return nil
		}
		name, value, _ := strings.Cut(strings.TrimSpace(l.text), ":")
		switch {
		case !open:
		case name == "via" || strings.HasPrefix(name, "via "):
			if addr, err := netip.ParseAddr(nth(strings.TrimSpace(l.text), 1)); err == nil && !route.Peer.IsValid() {
				route.Peer = addr
			}
		case name == "BGP.as_path" || name == "bgp_path": // BIRD 2, BIRD 3
			open = false
			path, ok := appendPath(route.Path[:0], value)
			if route.Path = path; !ok {
				c.bad(l)
				return nil
			}
			return each(&route)
		}
		return nil
	})
}

// birdPeer finds the address after "from" in a route's line.
func birdPeer(text string) netip.Addr {
	_, after, _ := strings.Cut(text, " from ")
	addr, _ := netip.ParseAddr(strings.TrimRight(nth(after, 0), "]")) // none is not valid
	return addr
}

// nth returns a word of a text, empty if it has fewer.
func nth(text string, n int) string {
	if f := strings.Fields(text); n < len(f) {
		return f[n]
	}
	return ""
}
