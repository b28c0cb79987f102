package relationship

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxLinks bounds how many links a file may have; the Internet has under a
// million.
const maxLinks = 8 << 20

// Read reads relationships in the serial-1 form: lines "a|b|-1" for a provider a
// of b, "a|b|0" for peers, and "a|b|1" for a customer a of b, which some files
// have beside it. Lines that begin with # are comments; further columns are not
// looked at. The error names the line.
func Read(r io.Reader) (*Book, error) {
	b := &Book{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<16)
	no := 0
	for lines.Scan() {
		no++
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		f := strings.Split(text, "|")
		if len(f) < 3 {
			return nil, fmt.Errorf("line %d: %q is no relationship: want lines like 64496|64497|-1", no, clip(text))
		}
		x, err := asn(f[0])
		y, err2 := asn(f[1])
		if err := errors.Join(err, err2); err != nil {
			return nil, fmt.Errorf("line %d: %w: want lines like 64496|64497|-1", no, err)
		}
		kinds := map[string]Kind{"-1": Provider, "0": Peer, "1": Customer}
		kind, ok := kinds[f[2]]
		switch {
		case !ok:
			return nil, fmt.Errorf("line %d: %q is no kind of relationship: want -1, 0 or 1", no, clip(f[2]))
		case x == y:
			return nil, fmt.Errorf("line %d: AS%d cannot be related to itself: remove the line", no, x)
		case len(b.links) == maxLinks:
			return nil, fmt.Errorf("line %d: more than %d links: give a smaller file", no, maxLinks)
		}
		b.put(x, y, kind, 1)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", no+1, err)
	}
	if len(b.links) == 0 {
		return nil, errors.New("it holds no relationship: want lines like 64496|64497|-1")
	}
	return b, nil
}

func asn(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is no AS number", clip(s))
	}
	return uint32(n), nil
}

// clip shortens text of a file for a message.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
