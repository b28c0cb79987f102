package entity

// places numbers the companies that a reckoning touches, in the order in which
// it meets them. A registry holds millions, most reckonings touch a few: a
// hash table serves those, and an array the others.
type places struct {
	n     int32
	list  []int32 // companies by place
	slots []int32 // open addressing of place plus one, while few
	dense []int32 // by company: place plus one, once many
}

// crowd is the part of all companies beyond which an array is the cheaper.
const crowd = 16

// find returns a company's place, -1 if it has none.
func (p *places) find(company int32) int32 {
	if p.dense != nil {
		return p.dense[company] - 1
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
	if p.dense == nil && 2*(len(p.list)+1) > len(p.slots) {
		p.grow()
	}
	place := int32(len(p.list))
	if p.dense != nil {
		p.dense[company] = place + 1
	} else {
		p.slots[p.slot(company)] = place + 1
	}
	p.list = append(p.list, company)
	return place
}

func (p *places) grow() {
	if len(p.list) > int(p.n)/crowd && len(p.list) > 1000 {
		p.dense, p.slots = make([]int32, p.n), nil
		for place, company := range p.list {
			p.dense[company] = int32(place) + 1
		}
		return
	}
	p.slots = make([]int32, max(2*len(p.slots), 64))
	for place, company := range p.list {
		p.slots[p.slot(company)] = int32(place) + 1
	}
}

// clone returns places that grow by themselves.
func (p *places) clone() places {
	out := places{n: p.n}
	out.list = append(out.list, p.list...)
	out.slots = append(out.slots, p.slots...)
	if p.dense != nil {
		out.dense = append(out.dense, p.dense...)
	}
	return out
}
