package enforce

import (
	"fmt"
	"strings"

	"github.com/cleannet/cleannet/internal/policy"
)

// Level says where on an AS path a network must not stand. It is a set of
// bits; the zero Level is that of items that no AS path can show, which are
// all items outside the carrier domain.
type Level uint8

// The levels.
const (
	// Direct: the neighbour, the first AS of a received path.
	Direct Level = 1 << iota
	// Transit: on the path, but not its origin.
	Transit
	// Origin: the last AS of the path, or a member of the set that ends it.
	Origin
	// Any: everywhere on the path.
	Any = Direct | Transit | Origin
)

// Has reports whether all of the other level's places are among l's.
func (l Level) Has(other Level) bool { return l&other == other }

// String returns the words of the level: "direct", "direct+origin", "any",
// and "none" for the zero Level.
func (l Level) String() string {
	switch l & Any {
	case 0:
		return "none"
	case Any:
		return "any"
	}
	var words []string
	for _, w := range []struct {
		level Level
		word  string
	}{{Direct, "direct"}, {Transit, "transit"}, {Origin, "origin"}} {
		if l.Has(w.level) {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, "+")
}

// levelOf derives the level from the kinds of observation that an entry
// forbids. A session's far end and a provider by an ASPA are neighbours, whose
// routes have them as their first AS. Who is at the same exchange need not be a
// neighbour, and a filter does not take anyone away from there: a meeting has no
// level, like every kind that does not show on a path.
func levelOf(e *policy.Entry) Level {
	if e.Domain != domainCarrier {
		return 0
	}
	var l Level
	for _, r := range e.Relations {
		name := r.Name
		if r.Kind != nil {
			name = r.Kind.Name
		}
		switch name {
		case "adjacency", "session", "aspa":
			l |= Direct
		case "transit":
			l |= Transit
		case "origin":
			l |= Origin
		}
	}
	return l
}

const domainCarrier = "carrier"

// ParseLevel reads the words of a level as [Level.String] writes them, or a
// list of places parted by commas.
func ParseLevel(text string) (Level, error) {
	var l Level
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '+' || r == ',' }) {
		switch word {
		case "direct":
			l |= Direct
		case "transit":
			l |= Transit
		case "origin":
			l |= Origin
		case "any":
			l |= Any
		default:
			return 0, fmt.Errorf("unknown level %q: want any, or some of direct, transit, origin", word)
		}
	}
	if l == 0 {
		return 0, fmt.Errorf("no level: want any, or some of direct, transit, origin")
	}
	return l, nil
}
