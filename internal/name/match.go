package name

// match pairs the words of the two names: equal ones first, then words that
// one name writes together and the other apart, then the most alike.
func (c *comparison) match() {
	a, b := c.a.core, c.b.core
	if c.a.joined == c.b.joined && len(a) != len(b) {
		c.pairAll()
		return
	}
	last := -1
	for i := range a {
		for j := range b {
			if c.usedB&(1<<j) != 0 || a[i].text != b[j].text || a[i].kind != b[j].kind || a[i].native != b[j].native {
				continue
			}
			c.add(&a[i], &b[j], 1, "")
			c.usedA |= 1 << i
			c.usedB |= 1 << j
			c.reordered = c.reordered || j < last
			last = j
			break
		}
	}
	if c.n == len(a) || c.n == len(b) {
		return
	}
	c.usedA, c.usedB = c.merge(a, b, c.usedA, c.usedB)
	c.usedB, c.usedA = c.merge(b, a, c.usedB, c.usedA)
	c.matchAlike()
}

// pairAll is match for names that differ only in where words are parted.
func (c *comparison) pairAll() {
	weight := max(c.a.weight, c.b.weight)
	c.pairs[0] = pair{weight: weight, s: 1}
	c.n = 1
	c.usedA, c.usedB = ^uint32(0), ^uint32(0)
	c.together = true
}

func (c *comparison) add(a, b *token, s float64, how string) {
	if c.n < len(c.pairs) {
		c.pairs[c.n] = pair{a, b, max(a.weight, b.weight), s, how}
		c.n++
	}
}

// merge pairs two neighbours of a with one word of b that joins them.
func (c *comparison) merge(a, b []token, usedA, usedB uint32) (newA, newB uint32) {
	for i := 0; i+1 < len(a); i++ {
		if usedA&(3<<i) != 0 {
			continue
		}
		first, second := a[i].text, a[i+1].text
		for j := range b {
			t := b[j].text
			if usedB&(1<<j) == 0 && len(t) == len(first)+len(second) && t[:len(first)] == first && t[len(first):] == second {
				c.add(&b[j], &b[j], 1, "")
				usedA |= 3 << i
				usedB |= 1 << j
				c.together = true
				break
			}
		}
	}
	return usedA, usedB
}

// matchAlike pairs the words that are left, the most alike first.
func (c *comparison) matchAlike() {
	type candidate struct {
		i, j int
		s    float64
		how  string
	}
	var found [64]candidate
	n := 0
	bones := (c.a.scripts|c.b.scripts)&arabic != 0
	for i := range c.a.core {
		if c.usedA&(1<<i) != 0 {
			continue
		}
		for j := range c.b.core {
			if c.usedB&(1<<j) != 0 {
				continue
			}
			if s, how := similarity(&c.a.core[i], &c.b.core[j], bones); s > 0 && n < len(found) {
				found[n] = candidate{i, j, s, how}
				n++
			}
		}
	}
	for {
		var best *candidate
		for k := range found[:n] {
			f := &found[k]
			if c.usedA&(1<<f.i) == 0 && c.usedB&(1<<f.j) == 0 && (best == nil || f.s > best.s) {
				best = f
			}
		}
		if best == nil {
			return
		}
		c.add(&c.a.core[best.i], &c.b.core[best.j], best.s, best.how)
		c.usedA |= 1 << best.i
		c.usedB |= 1 << best.j
	}
}
