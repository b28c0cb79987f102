package name

import "strings"

// losePlaces takes away for places that only one name has.
func (c *comparison) losePlaces() {
	if c.city {
		c.note("%s", "the place at its start is no matter")
		return
	}
	a, b := addedPlace(c.a, c.usedA), addedPlace(c.b, c.usedB)
	switch {
	case a != nil && b != nil:
		if c.terms != nil {
			c.lose(lostPlaces, "other places: %q and %q", a.raw, b.raw)
		} else {
			c.score -= lostPlaces
		}
	case a != nil:
		c.losePlace(a, c.b)
	case b != nil:
		c.losePlace(b, c.a)
	}
}

// losePlace takes away for a place that the other name does not have.
func (c *comparison) losePlace(t *token, other *Name) {
	points, what := float64(lostPlaceFirms), "both names are those of firms"
	switch {
	case t.bracket:
		points, what = lostBranch, "a branch"
	case len(other.forms) == 0:
		points, what = lostPlace, "perhaps a branch"
	}
	if c.terms == nil {
		c.score -= points
		return
	}
	c.lose(points, "only one has the place %q: %s", t.raw, what)
}

func addedPlace(n *Name, used uint32) *token {
	for i := range n.core {
		if used&(1<<i) == 0 && n.core[i].kind == place {
			return &n.core[i]
		}
	}
	return nil
}

// loseNumbers takes away for numbers that differ.
func (c *comparison) loseNumbers() {
	a, b := c.a.numbers, c.b.numbers
	if len(a) == 0 && len(b) == 0 || sameWords(a, b) {
		return
	}
	switch {
	case len(a) > 0 && len(b) > 0:
		c.lose(lostSeries, "other numbers: %v and %v", a, b)
	case len(a)+len(b) == 1 && (len(a) == 1 && a[0] == "1" || len(b) == 1 && b[0] == "1"):
		c.lose(lostFirst, "only one has the number 1")
	default:
		c.lose(lostNumber, "only one has the numbers %v", append(a[:len(a):len(a)], b...))
	}
}

// sameWords tells whether two short lists hold the same words, in any order.
func sameWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	var used uint64
next:
	for _, w := range a {
		for j, v := range b {
			if j < 64 && used&(1<<j) == 0 && v == w {
				used |= 1 << j
				continue next
			}
		}
		return false
	}
	return true
}

// loseForms takes away for legal forms that differ.
func (c *comparison) loseForms() {
	a, b := c.a.forms, c.b.forms
	switch {
	case len(a) == 0 && len(b) == 0:
	case len(a) == 0 || len(b) == 0:
		switch {
		case min(len(c.a.core), len(c.b.core)) == 1:
			c.lose(lostNoFormBare, "only one has a legal form, and the name is one word")
		case !c.a.rare && !c.b.rare:
			c.lose(lostNoFormBare, "only one has a legal form, and the words are ordinary")
		default:
			c.lose(lostNoForm, "only one has a legal form")
		}
	case sameForms(a, b):
	case saysFirm(a) && saysFirm(b):
		c.loseForm(lostFirm, "words for a firm, %s and %s", a, b)
	default:
		c.loseForm(lostOtherForm, "other legal forms: %s and %s", a, b)
	}
}

// loseForm writes the names of forms only if somebody asks for them.
func (c *comparison) loseForm(points float64, format string, a, b []legalForm) {
	if c.terms == nil {
		c.score -= points
		return
	}
	c.lose(points, format, formNames(a), formNames(b))
}

// saysFirm tells whether forms only say that there is a firm, which lists and
// statutes write for companies of any form.
func saysFirm(forms []legalForm) bool {
	for _, f := range forms {
		if f.key != "co" && f.key != "corp" {
			return false
		}
	}
	return true
}

func sameForms(a, b []legalForm) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a { // both are sorted
		if a[i].key != b[i].key {
			return false
		}
	}
	return true
}

func formNames(forms []legalForm) string {
	var out strings.Builder
	for i, f := range forms {
		if i > 0 {
			out.WriteString("+")
		}
		out.WriteString(f.key)
	}
	return out.String()
}

// commonWeight is the least weight of words in common that tells one firm from
// others.
const commonWeight = 0.5

func (c *comparison) loseRest() {
	if c.together {
		c.lose(lostTogether, "written together in one, apart in the other")
	}
	if c.reordered {
		c.lose(lostOrder, "another order of words")
	}
	if c.a.scripts&^latin != c.b.scripts&^latin {
		c.lose(lostScript, "one is read from %s", (c.a.scripts|c.b.scripts)&^latin)
	}
	common := 0.0
	for _, p := range c.pairs[:c.n] {
		common += p.weight
	}
	if common < commonWeight {
		c.lose(lostOrdinary, "nothing but ordinary words in common")
	}
}
