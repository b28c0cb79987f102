package entity

// places numbers the companies that a reckoning touches, in the order in which
// it meets them: a registry holds millions, most reckonings touch a few. Where
// many are touched, a company's place is its own number.
type places struct {
	n     int32   // companies
	all   bool    // every company has a place, its number
	list  []int32 // companies by place
	slots []int32 // open addressing of place plus one
}

// crowd is the part of all companies beyond which it is cheaper to give every
// one its place.
const crowd = 64

// crowded reports whether there are so many.
func (p *places) crowded() bool { return len(p.list) > int(p.n)/crowd && len(p.list) > 1000 }

// count returns how many places there are.
func (p *places) count() int {
	if p.all {
		return int(p.n)
	}
	return len(p.list)
}

// company returns the company of a place.
func (p *places) company(place int32) int32 {
	if p.all {
		return place
	}
	return p.list[place]
}

// find returns a company's place, -1 if it has none.
func (p *places) find(company int32) int32 {
	if p.all {
		return company
	}
	if len(p.slots) == 0 {
		return -1
	}
	return p.slots[p.slot(company)] - 1
}

func (p *places) slot(company int32) uint32 {
	mask := uint32(len(p.slots) - 1)
	at := uint32(company) * 0x9e3779b1 >> 3 & mask // Knuth's multiplicative hashing
	for p.slots[at] != 0 && p.list[p.slots[at]-1] != company {
		at = (at + 1) & mask
	}
	return at
}

// add gives a company without a place the next one.
func (p *places) add(company int32) int32 {
	if 2*(len(p.list)+1) > len(p.slots) {
		p.grow()
	}
	place := int32(len(p.list))
	p.slots[p.slot(company)] = place + 1
	p.list = append(p.list, company)
	return place
}

func (p *places) grow() {
	p.slots = make([]int32, max(2*len(p.slots), 64))
	for place, company := range p.list {
		p.slots[p.slot(company)] = int32(place) + 1
	}
}

// clone returns places that grow by themselves.
func (p *places) clone() places {
	out := places{n: p.n, all: p.all}
	out.list = append(out.list, p.list...)
	out.slots = append(out.slots, p.slots...)
	return out
}
