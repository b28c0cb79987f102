package policy

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// The attributes on which parts of the language rest, where a kind has them.
const (
	attrUses       = "uses"          // words: what the thing is used for
	attrClass      = "product_class" // words: what sort of thing it is
	attrProducedIn = "produced_in"   // countries in which it is produced
)

// Words asks that an attribute, or a subject in a role of that name, have one
// of the words.
type Words struct {
	Attr  string
	Words []string
}

// String returns "places core or access".
func (w Words) String() string { return w.Attr + " " + strings.Join(w.Words, " or ") }

// Test answers for an observation. What it does not show is Undecided, and so
// is a list of words that was cut and shows none of those asked for.
func (w Words) Test(o *evidence.Observation) Truth {
	return askWords(o, w.Attr, func(word string) bool { return slices.Contains(w.Words, word) })
}

func askWords(o *evidence.Observation, key string, want func(string) bool) Truth {
	a, ok := o.Attr(key)
	switch {
	case ok && slices.ContainsFunc(a.Words(), want):
		return True
	case ok && len(a.Words()) > 0 && !a.More():
		return False
	case ok:
		return Undecided
	}
	id := o.Subject(key)
	switch {
	case id.IsZero():
		return Undecided
	case want(id.Value()):
		return True
	}
	return False
}

// all combines answers: one False decides, else one Undecided.
func all(answers ...Truth) Truth {
	out := True
	for _, t := range answers {
		if t == False {
			return False
		}
		if t == Undecided {
			out = Undecided
		}
	}
	return out
}

// Concerns says whether an observation is of the class of products that the
// entry is about, in a use that it is about. The strings say what would have
// to be known where that is undecided.
func (e *Entry) Concerns(o *evidence.Observation) (Truth, []string) {
	class := e.Select.Class
	out := True
	var missing []string
	ask := func(t Truth, what string) {
		out = all(out, t)
		if t == Undecided {
			missing = append(missing, what)
		}
	}
	if len(class.Products) > 0 {
		ask(Words{attrClass, class.Products}.Test(o), "whether it is of the class "+strings.Join(class.Products, " or "))
	}
	if len(class.ProducedIn) > 0 {
		ask(Words{attrProducedIn, class.ProducedIn}.Test(o), "whether it is produced in "+strings.Join(class.ProducedIn, " or "))
	}
	if len(class.ProducedOutside) > 0 {
		outside := func(country string) bool { return !slices.Contains(class.ProducedOutside, country) }
		ask(askWords(o, attrProducedIn, outside), "whether it is produced outside "+strings.Join(class.ProducedOutside, " and "))
	}
	if len(e.Uses) > 0 {
		ask(Words{attrUses, e.Uses}.Test(o), "its use: the entry concerns it only to the extent used for "+strings.Join(e.Uses, ", "))
	}
	if out != Undecided {
		return out, nil
	}
	return out, missing
}

// Carve is an exception that the rule itself makes: it carves things out of
// the class that the entry is about.
type Carve struct {
	ID    string
	Title string
	Where []Words         // all must hold
	Term  entity.Interval // zero ends are open
	Known entity.Interval // when this was the published state; zero: always
}

// Excepts returns the exception inside the rule that covers an observation at
// a date. Undecided names those that may, each with what would have to be
// known. On the day on which its term ends an exception no longer covers.
func (e *Entry) Excepts(o *evidence.Observation, on entity.Date) (*Carve, Truth, []string) {
	out := False
	var missing []string
	for i := range e.Except {
		x := &e.Except[i]
		if !x.Term.Contains(on) {
			continue
		}
		t := True
		var open []string
		for _, w := range x.Where {
			answer := w.Test(o)
			t = all(t, answer)
			if answer == Undecided {
				open = append(open, w.String())
			}
		}
		switch t {
		case True:
			return x, True, nil
		case Undecided:
			out = Undecided
			missing = append(missing, fmt.Sprintf("whether the exception %s (%s) covers it: %s", x.ID, x.Title, strings.Join(open, ", ")))
		}
	}
	return nil, out, missing
}

func (c *compiler) carves(n yamldoc.Node, relations []Relation) []Carve {
	var out []Carve
	for _, item := range n.List() {
		m := item.Map(keysOf("except")...)
		x := Carve{
			ID:    c.slug(m.Need("id")),
			Title: c.needText(m, "title"),
			Where: c.where(m.Need("where"), relations),
			Term:  c.openInterval(m, "from", "until"),
			Known: c.known(m.Get("known")),
		}
		for _, before := range out {
			if before.ID == x.ID && before.Known.Overlaps(x.Known) {
				m.Get("id").Note("exception %q stands twice: give each its time of knowledge (known) if its term was moved", x.ID)
			}
		}
		out = append(out, x)
	}
	return out
}

// where reads attributes with the words that they may have.
func (c *compiler) where(n yamldoc.Node, relations []Relation) []Words {
	m := n.Map()
	var out []Words
	for _, key := range slices.Sorted(slices.Values(m.Keys())) {
		c.mayLack(m.KeyAt(key), relations, key, evidence.OpSet)
		words := unique(m.Get(key).Texts())
		if len(words) == 0 {
			m.KeyAt(key).Note("say which words of %q are meant", key)
		}
		out = append(out, Words{key, words})
	}
	if n.IsMap() && len(out) == 0 {
		n.Note("nothing is asked for: name attributes and their words")
	}
	return out
}

// mayLack checks an attribute that a kind need not have, because without it
// the answer is unknown. One that a kind has must be of the right sort, and a
// near miss is taken for a mistake.
func (c *compiler) mayLack(at yamldoc.Node, relations []Relation, key string, op evidence.Op) {
	for _, r := range relations {
		if r.Kind == nil {
			continue
		}
		i := slices.IndexFunc(r.Kind.Attrs, func(a evidence.AttrSpec) bool { return a.Key == key })
		_, role := r.Kind.Role(key)
		near := yamldoc.Suggest(key, slices.Values(attrKeys(r.Kind)))
		switch {
		case i >= 0 && op == evidence.OpSet && r.Kind.Attrs[i].Op != evidence.OpSet:
			at.Note("attribute %q of %q is a number, not a list of words", key, r.Kind.Name)
		case i >= 0 && op != evidence.OpSet && r.Kind.Attrs[i].Op == evidence.OpSet:
			at.Note("attribute %q of %q is a list of words, not a number", key, r.Kind.Name)
		case i < 0 && !role && near != "":
			at.Note("relation %q has no attribute %q%s", r.Kind.Name, key, near)
		}
	}
}

// atMost reads caps: attributes with their greatest values.
func (c *compiler) atMost(n yamldoc.Node, relations []Relation) []Limit {
	m := n.Map()
	var out []Limit
	for _, key := range slices.Sorted(slices.Values(m.Keys())) {
		c.mayLack(m.KeyAt(key), relations, key, evidence.OpMax)
		if m.Get(key).IsZero() {
			m.KeyAt(key).Note("say how much of %q is allowed", key)
		}
		out = append(out, Limit{key, int64(m.Get(key).Int(0, math.MaxInt32))})
	}
	return out
}
