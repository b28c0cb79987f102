package entity

import (
	"crypto/sha256"
	"slices"
)

// Reseal mends the checksum of a snapshot's header, so that fuzzing gets past
// it.
func Reseal(data []byte) {
	if len(data) >= headerSize {
		sum := sha256.Sum256(data[contentAt:headerSize])
		copy(data[sumAt:], sum[:])
	}
}

// FloodsAgree reports whether the cascade that looks at few companies and the
// one that looks at all find the same in the same rounds.
func FloodsAgree(r *Registry, rule ControlRule, seeds []string, on Date) bool {
	var numbers []int32
	for _, s := range seeds {
		n, _ := r.number(s)
		numbers = append(numbers, n)
	}
	g := r.graph(rule, on)
	few := &cascade{g: g, m: rule.measure(), seeds: numbers, places: places{n: g.n}}
	for company := range g.n {
		few.places.add(company) // all, for what is undisclosed of them
	}
	all := &cascade{g: g, m: rule.measure(), seeds: numbers, places: places{n: g.n, all: true}}
	f, d := flood{cascade: few}, dense{flood: flood{cascade: all}}
	f.within()
	d.many()
	return slices.Equal(few.must, all.must) && slices.Equal(few.may, all.may)
}
