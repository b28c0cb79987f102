// Package bird writes a plan as filters for the BIRD routing daemon.
//
// [Target] writes one file to include in a BIRD 2 configuration: sets of AS
// numbers, one to a line with the id of the item that asks for it, and
// functions that tell at which place of a path such a number stands. The
// header of the file says how to use it.
//
// The meaning of the levels is that of the carrier evidence: direct is the
// first element of the path, origin the last (each member, if that is a set),
// transit any number on the path that is not its origin. BIRD's language cannot
// look into a set, so cleannet_is_transit differs where a path ends in one: a
// number before the set that is also in it counts as transit (it announced the
// routes of the others), and of a path with several sets the earlier ones are
// not told from the last. A number forbidden at every level is found anywhere,
// by cleannet_is_forbidden, without these limits.
package bird

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cleannet/cleannet/internal/enforce"
)

// Target writes filters for BIRD 2. Its zero value is ready for use.
type Target struct{}

// FileName is the name of the file that the target writes.
const FileName = "cleannet-bird.conf"

// MaxNumbers is the most AS numbers and prefixes, taken together, that a file
// holds. It is more than all AS numbers in use, and a policy that reaches it
// means something else than it says.
const MaxNumbers = 200_000

// MaxLines is the most lines that a file holds, comments included.
const MaxLines = 1_000_000

// Name implements [enforce.Target].
func (Target) Name() string { return "bird" }

// Doc implements [enforce.Target].
func (Target) Doc() string {
	return "Import filters by AS path and prefix for the BIRD routing daemon, version 2.0.12 and later of the 2 series."
}

// Domains implements [enforce.Target].
func (Target) Domains() []string { return []string{"carrier"} }

// Files implements [enforce.Target]. It fails where the plan asks for more
// than [MaxNumbers] or [MaxLines], or for a block of addresses that no single
// company can hold.
func (t Target) Files(p *enforce.Plan) ([]enforce.File, error) {
	s, err := collect(p, t.Domains())
	if err != nil {
		return nil, err
	}
	w := new(writer)
	w.header(p, s)
	w.lists(p, t.Domains(), s)
	w.sets(s)
	w.functions(s)
	if w.lines > MaxLines {
		return nil, fmt.Errorf("bird: %d lines, the limit is %d: narrow the policy's entries", w.lines, MaxLines)
	}
	return []enforce.File{{Name: FileName, Data: w.buf.Bytes()}}, nil
}

var (
	errTooMany = errors.New("narrow the policy's entries, or split the policy")
	errWide    = errors.New("no single company holds so wide a block: correct the registry")
)

// writer makes the text. All text from outside passes through clean.
type writer struct {
	buf   bytes.Buffer
	lines int
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.buf, format+"\n", args...)
	w.lines++
}

// clean makes text from outside fit for a comment.
func clean(text string) string { return enforce.Comment(text, 160) }

// cleanID is clean for ids, which must not lose their end.
func cleanID(id string) string { return enforce.Comment(id, 2048) }
