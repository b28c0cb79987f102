package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/policy"
	"github.com/cleannet/cleannet/internal/watch/rib"
)

type verdict = policy.Verdict

// record is what is known of a finding.
type record struct {
	Finding *finding.Finding `json:"finding"`
	Pair    rib.Pair         `json:"pair"`
	Told    State            `json:"told"`           // what was last said of it, empty for nothing
	Since   time.Time        `json:"since,omitzero"` // when it was said to be new
	Penalty penalty          `json:"penalty"`
	Feeds   []string         `json:"feeds"` // that showed it, sorted

	holds     bool // it holds now
	lost      bool // where it does not: its feed went
	gone      time.Time
	waiting   bool // it is of the state file, and no route has shown it since
	unsettled bool // it is in records.open
}

// records are the findings that are followed.
type records struct {
	byID   map[string]*record
	byPair map[rib.Pair][]*record
	open   []*record // of which something may be to be said
	full   bool      // that was said
	dirty  bool      // they differ from the state file
}

func newRecords() records {
	return records{byID: make(map[string]*record), byPair: make(map[rib.Pair][]*record)}
}

// add takes in a record.
func (r *records) add(x *record) {
	r.byID[x.Finding.ID] = x
	r.byPair[x.Pair] = append(r.byPair[x.Pair], x)
	r.dirty = true
}

// drop forgets a record.
func (r *records) drop(x *record) {
	delete(r.byID, x.Finding.ID)
	rest := slices.DeleteFunc(r.byPair[x.Pair], func(y *record) bool { return x == y })
	if len(rest) == 0 {
		delete(r.byPair, x.Pair)
	} else {
		r.byPair[x.Pair] = rest
	}
	r.dirty = true
}

// unsettle says that something may be to be said of a record.
func (r *records) unsettle(x *record) {
	if !x.unsettled {
		x.unsettled = true
		r.open = append(r.open, x)
	}
}

// note takes in what was judged of a pair. It reports true, once, where there is
// no room for a finding.
func (r *records) note(c *rib.Change, found []*finding.Finding, now time.Time, limit int, d *Damping) (refused bool) {
	current := make(map[string]bool, len(found))
	for _, f := range found {
		current[f.ID] = true
		x, known := r.byID[f.ID]
		switch {
		case known:
		case len(r.byID) >= limit:
			refused = refused || !r.full
			r.full = true
			continue
		default:
			x = &record{Finding: f, Pair: c.Pair}
			r.add(x)
		}
		x.Finding, x.Feeds = f, feedsOf(c.Observations)
		x.waiting = false
		if !x.holds {
			x.holds = true
			x.Penalty.add(d, now)
			r.unsettle(x)
		}
	}
	for _, x := range r.byPair[c.Pair] {
		if x.holds && !x.waiting && !current[x.Finding.ID] {
			x.fail(c.Lost, now, d)
			r.unsettle(x)
		}
	}
	r.full = r.full && len(r.byID) >= limit
	return refused
}

// fail says that the finding no longer holds.
func (x *record) fail(lost bool, now time.Time, d *Damping) {
	x.holds, x.waiting, x.lost, x.gone = false, false, lost, now
	x.Penalty.add(d, now)
}

// feedsOf returns the feeds that showed observations. A source's name begins with
// that of its feed, see [Link.Source].
func feedsOf(observations []evidence.Observation) []string {
	var out []string
	for i := range observations {
		for _, ref := range observations[i].Refs {
			feed, _, _ := strings.Cut(ref.Path, " ")
			out = append(out, feed)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// due returns what is to be said now, in an order that the findings decide.
func (r *records) due(d *Damping, now time.Time) []*Change {
	var out []*Change
	still := r.open[:0]
	for _, x := range r.open {
		if state := x.state(d, now); state != "" {
			out = append(out, x.tell(state, now))
			r.dirty = true
		}
		switch {
		case !x.rests(d, now):
			still = append(still, x)
		case !x.holds:
			x.unsettled = false
			r.drop(x)
		default:
			x.unsettled = false
		}
	}
	clear(r.open[len(still):])
	r.open = still
	slices.SortFunc(out, func(a, b *Change) int {
		return cmp.Or(cmp.Compare(a.Finding.Entry, b.Finding.Entry), a.Finding.Party.Compare(b.Finding.Party),
			a.Finding.Subject.Compare(b.Finding.Subject), cmp.Compare(a.Finding.ID, b.Finding.ID))
	})
	return out
}

// state returns what is to be said of the finding, empty for nothing.
func (x *record) state(d *Damping, now time.Time) State {
	p := x.Penalty.now(d, now)
	switch {
	case x.Told == StateFlapping && p > d.Reuse:
		return ""
	case x.Told != StateFlapping && p > d.Suppress:
		return StateFlapping
	case x.holds && x.Told != StateNew:
		return StateNew
	case x.holds, x.Told != StateNew && x.Told != StateFlapping, now.Sub(x.gone) < d.Hold:
		return ""
	case x.lost:
		return StateLost
	}
	return StateCleared
}

// rests reports whether nothing is to be said of the finding unless it changes.
func (x *record) rests(d *Damping, now time.Time) bool {
	if x.holds {
		return x.Told == StateNew
	}
	// What is gone is remembered while it may yet count as flapping.
	return x.Told != StateNew && x.Told != StateFlapping && x.Penalty.now(d, now) < d.Reuse
}

// tell makes the change and notes that it was said.
func (x *record) tell(state State, now time.Time) *Change {
	if state == StateNew || x.Since.IsZero() {
		x.Since = now
	}
	x.Told = state
	c := &Change{State: state, Time: now, Since: x.Since, Finding: x.Finding}
	for _, s := range x.Finding.Chain {
		if s.Kind == finding.StepBytes && s.Ref != nil {
			c.Route = s.Ref.Note
			break
		}
	}
	return c
}

func plural[T int | uint64](n T, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
