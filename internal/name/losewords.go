package name

// loseWords takes away for words that differ and words without a counterpart.
func (c *comparison) loseWords() {
	var paired, addedA, addedB float64
	for _, p := range c.pairs[:c.n] {
		paired += 2 * p.weight
	}
	addedA, addedB = added(c.a, c.usedA), added(c.b, c.usedB)
	factor := addedFactor
	if addedA > 0 && addedB > 0 {
		factor = conflictFactor
	}
	whole := paired + factor*(addedA+addedB)
	if whole == 0 {
		return
	}
	scale := 1.0
	if brand := 100 * factor * (addedA + addedB) / whole; brand > lostBrand && c.brand(addedA, addedB) {
		scale = lostBrand / brand
		c.note("%s", "one name is the start of the other: at most 20 points for what it adds")
	}
	misspelt, variants := 0.0, 0
	for _, p := range c.pairs[:c.n] {
		if p.s < 1 {
			lost := 100 * 2 * p.weight * (1 - p.s) / whole
			if p.s < nearlyEqual {
				misspelt += lost
			}
			if c.terms != nil {
				c.lose(lost, "%q and %q: %s", p.a.raw, p.b.raw, p.how)
			} else {
				c.score -= lost
			}
		} else if p.a != nil && p.b != nil && p.a.kind == word && p.a.raw != p.b.raw {
			variants++
		}
	}
	if misspelt > 0 && misspelt < lostMisspelling {
		c.lose(lostMisspelling-misspelt, "words that are not written alike are never accepted")
	}
	if variants > 0 {
		c.lose(lostVariant, "another writing of the same words")
	}
	perWeight := 100 * factor * scale / whole
	c.loseAdded(c.a, c.usedA, perWeight)
	c.loseAdded(c.b, c.usedB, perWeight)
	if lost := perWeight * (addedA + addedB); lost > 0 && lost < lostAdded {
		c.lose(lostAdded-lost, "a word that only one name has is never a small matter")
	}
}

// note writes a term without points.
func (c *comparison) note(format string, args ...any) {
	if c.terms != nil {
		c.lose(0, format, args...)
	}
}

// added returns the weight of the words that have no counterpart.
func added(n *Name, used uint32) float64 {
	sum := 0.0
	for i := range n.core {
		if used&(1<<i) == 0 && n.core[i].kind == word {
			sum += n.core[i].weight
		}
	}
	return sum
}

func (c *comparison) loseAdded(n *Name, used uint32, perWeight float64) {
	for i := range n.core {
		t := &n.core[i]
		if used&(1<<i) != 0 || t.kind != word {
			continue
		}
		if c.terms != nil {
			c.lose(perWeight*t.weight, "only one has %q", t.raw)
		} else {
			c.score -= perWeight * t.weight
		}
	}
}

// brandWeight is the least weight of the words of a brand: those of ordinary
// words alone are none.
const brandWeight = 0.75

// brand tells whether one name, without a legal form, is the start of the
// other. The city that names of Chinese companies begin with may stand before:
// "Hikvision" and "Hangzhou Hikvision Digital Technology Co., Ltd.".
func (c *comparison) brand(addedA, addedB float64) bool {
	short, long, used := c.a, c.b, c.usedB
	if addedA > 0 {
		short, long, used = c.b, c.a, c.usedA
	}
	if addedA > 0 && addedB > 0 || len(short.forms) > 0 || short.weight < brandWeight || len(short.core) >= len(long.core) {
		return false
	}
	city := 0
	if long.core[0].kind == place && used&1 == 0 && len(short.core) < len(long.core)-1 {
		city = 1
	}
	start := (uint32(1)<<len(short.core) - 1) << city
	if c.n != len(short.core) || used&start != start {
		return false
	}
	c.city = city == 1
	return true
}
