package entity

import "crypto/sha256"

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
	all := &cascade{g: g, m: rule.measure(), seeds: numbers, places: places{n: g.n, all: true}}
	f, a := flood{cascade: few}, flood{cascade: all}
	f.few()
	a.many()
	for company := range g.n {
		must, may := never, never
		if p := few.places.find(company); p >= 0 {
			must, may = int(few.must[p]), int(few.may[p])
		}
		if must != int(all.must[company]) || may != int(all.may[company]) {
			return false
		}
	}
	return true
}
