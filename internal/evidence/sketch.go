package evidence

import (
	"math"
	"math/bits"
)

// sketch estimates how many different words were seen: HyperLogLog (Flajolet,
// Fusy, Gandouet, Meunier, 2007) with 4,096 registers of one byte. Union of
// sketches is the register-wise maximum, so it is associative, commutative and
// idempotent. The zero sketch saw nothing.
//
// The hash has 64 bits, so the correction for large ranges in the paper, made
// for 32 bits, does not apply; for small ranges linear counting is used as in
// the paper.
type sketch struct {
	registers [sketchSize]uint8
}

const (
	sketchBits  = 12
	sketchSize  = 1 << sketchBits
	sketchError = 1.04 / 64 // 1.04/√m, m = 4,096: standard error 1.6 %

	// maxRank is the largest value of a register: all bits of the hash beyond
	// those that choose the register are zero.
	maxRank = 64 - sketchBits + 1
)

func newSketch(words []string) *sketch {
	s := new(sketch)
	for _, w := range words {
		s.add(w)
	}
	return s
}

func (s *sketch) add(word string) {
	h := hash64(word)
	register := h >> (64 - sketchBits)
	rank := uint8(bits.LeadingZeros64(h<<sketchBits|1<<(sketchBits-1)) + 1)
	s.registers[register] = max(s.registers[register], rank)
}

func (s *sketch) union(t *sketch) {
	for i, r := range t.registers {
		s.registers[i] = max(s.registers[i], r)
	}
}

func (s *sketch) estimate() int64 {
	const m = float64(sketchSize)
	sum, zeros := 0.0, 0
	for _, r := range s.registers {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			zeros++
		}
	}
	alpha := 0.7213 / (1 + 1.079/m)
	raw := alpha * m * m / sum
	if raw <= 2.5*m && zeros > 0 {
		raw = m * math.Log(m/float64(zeros))
	}
	return int64(math.Round(raw))
}

// hash64 is FNV-1a with the 64-bit finaliser of MurmurHash3: FNV alone leaves
// the high bits, which choose the register, poorly mixed for short words. It
// is part of the file format: sketches of old sets must merge with new ones.
func hash64(word string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
