package routetext

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
)

// MaxLine is the longest line in bytes that is read.
const MaxLine = 1 << 20

// Errors of texts.
var (
	// ErrEmpty: the text holds no route.
	ErrEmpty = errors.New("no route")
	// ErrLine: a line is longer than [MaxLine].
	ErrLine = errors.New("line too long")
)

// Route is a route as a text shows it. It is valid until the function that was
// given it returns.
type Route struct {
	Prefix  netip.Prefix
	Peer    netip.Addr // who announced it; not valid if the text does not say
	PeerASN uint32     // the first number of the path if the text does not say
	// Path is the AS path as the value of an AS_PATH attribute with numbers of 4
	// bytes (RFC 4271 section 4.3); empty for a route of the router's own.
	Path           []byte
	Time           uint32 // seconds since 1970, 0 if the text does not say
	Offset, Length int64  // of the line, in bytes; 0 in JSON
}

// Form is what printed a text.
type Form uint8

// Forms.
const (
	None Form = iota
	Bgpdump
	ShowIPBGP
	Birdc
	FRRJSON
)

// String returns the command that prints the form.
func (f Form) String() string {
	switch f {
	case Bgpdump:
		return "bgpdump -m"
	case ShowIPBGP:
		return "show ip bgp"
	case Birdc:
		return "birdc show route all"
	case FRRJSON:
		return "show bgp json"
	}
	return "no form"
}

// Detect tells the form by the first bytes of a text.
func Detect(head []byte) Form {
	if bytes.IndexByte(head, 0) >= 0 {
		return None
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	if bytes.HasPrefix(text, []byte("{")) {
		if bytes.Contains(text, []byte(`"routes"`)) && (bytes.Contains(text, []byte(`"tableVersion"`)) || bytes.Contains(text, []byte(`"routerId"`))) {
			return FRRJSON
		}
		return None
	}
	line, _, whole := bytes.Cut(text, []byte("\n"))
	if fields := strings.Split(string(line), "|"); whole && len(fields) >= 6 && kinds(fields[2]) != 0 && bgpdumpName(fields[0]) {
		return Bgpdump
	}
	for line := range bytes.Lines(head) {
		switch {
		case isTableHead(string(line)):
			return ShowIPBGP
		case bytes.HasPrefix(line, []byte("\tBGP.as_path:")), bytes.HasPrefix(line, []byte("\tbgp_path:")):
			return Birdc
		}
	}
	return None
}

// Counts is what a text holds beside routes.
type Counts struct {
	Withdrawn, Changes uint64 // lines of bgpdump about withdrawals and states
	Malformed          uint64 // lines that look like routes and could not be understood
	FirstMalformed     int64  // where the first of them begins, in bytes
}

// bad counts a line that could not be understood.
func (c *Counts) bad(l line) {
	if c.Malformed == 0 {
		c.FirstMalformed = l.offset
	}
	c.Malformed++
}

// Read calls each for every route. The error is that of each, wraps [ErrEmpty] or
// [ErrLine], or is the reader's.
func Read(r io.Reader, form Form, each func(*Route) error) (Counts, error) {
	var c Counts
	found := false
	take := func(route *Route) error {
		found = true
		if first := firstASN(route.Path); route.PeerASN == 0 {
			route.PeerASN = first
		}
		return each(route)
	}
	var err error
	switch form {
	case Bgpdump:
		err = readBgpdump(r, &c, take)
	case ShowIPBGP:
		err = readTable(r, &c, take)
	case Birdc:
		err = readBirdc(r, &c, take)
	case FRRJSON:
		err = readFRR(r, &c, take)
	}
	if err == nil && !found && c.Withdrawn+c.Changes == 0 {
		err = ErrEmpty
	}
	if err != nil {
		return c, fmt.Errorf("routes of %s: %w", form, err)
	}
	return c, nil
}

// line is a line without its end, and its place.
type line struct {
	text   string
	offset int64
}

// eachLine calls do for every line.
func eachLine(r io.Reader, do func(line) error) error {
	lines := bufio.NewReaderSize(r, MaxLine)
	for offset := int64(0); ; {
		raw, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("byte %d: %w", offset, ErrLine)
		case err != nil && err != io.EOF:
			return err
		}
		if len(raw) > 0 {
			if err := do(line{strings.TrimRight(string(raw), "\r\n"), offset}); err != nil {
				return err
			}
		}
		if offset += int64(len(raw)); err == io.EOF {
			return nil
		}
	}
}
