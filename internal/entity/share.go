package entity

import (
	"fmt"
	"math/big"
	"strings"
)

// Share is a part of a whole in units of 0.0001 %: integers, because sums of
// shares are compared with thresholds and must be exact.
type Share int32

// Whole is 100 %.
const Whole Share = 1_000_000

// String returns the share in percent without trailing zeros: "19.9%".
func (s Share) String() string {
	text := fmt.Sprintf("%d.%04d", s/10_000, s%10_000)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "%"
}

// Range is a share known only within bounds, both inclusive; an exact share
// has equal bounds. An exclusive bound of a source is moved one unit inward.
type Range struct {
	Lo, Hi Share
}

// String returns "50%" or "50%–100%".
func (r Range) String() string {
	if r.Lo == r.Hi {
		return r.Lo.String()
	}
	return r.Lo.String() + "–" + r.Hi.String()
}

// ParseRange reads "100", "19.9", "[50,100]", "(50,100]" or "[0,50)": percent,
// square brackets include their bound. A figure finer than 0.0001 % is widened
// to the units around it, so that the range still holds the truth.
func ParseRange(text string) (Range, error) {
	text = strings.TrimSpace(text)
	bad := fmt.Errorf("share %q: want percent like 19.9 or a range like [50,100] or (50,100]", text)
	if text == "" {
		return Range{}, bad
	}
	inner, openLo, openHi := text, false, false
	if strings.ContainsAny(text[:1], "[(") {
		last := text[len(text)-1]
		if len(text) < 3 || last != ']' && last != ')' {
			return Range{}, bad
		}
		inner, openLo, openHi = text[1:len(text)-1], text[0] == '(', last == ')'
	}
	low, high, two := strings.Cut(inner, ",")
	if !two {
		high = low
	}
	lo, exactLo, okLo := percent(low, false)
	hi, exactHi, okHi := percent(high, true)
	if two != (len(inner) != len(text)) || !okLo || !okHi {
		return Range{}, bad
	}
	if openLo && exactLo { // a bound that was rounded is outside the range already
		lo++
	}
	if openHi && exactHi {
		hi--
	}
	if lo < 0 || hi > Whole || lo > hi {
		return Range{}, fmt.Errorf("share %q: bounds must lie between 0 and 100 and be in order", text)
	}
	return Range{lo, hi}, nil
}

// percent reads a decimal of percent in exact arithmetic, rounded down or up
// to a whole unit, and says whether it was one.
func percent(text string, up bool) (units Share, exact, ok bool) {
	text = strings.TrimSuffix(strings.TrimSpace(text), "%")
	if text == "" || len(text) > 32 || strings.Trim(text, "0123456789.") != "" {
		return 0, false, false
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok || value.Cmp(big.NewRat(1000, 1)) > 0 {
		return 0, false, false
	}
	value.Mul(value, big.NewRat(10_000, 1))
	whole := new(big.Int).Quo(value.Num(), value.Denom())
	if up && !value.IsInt() {
		whole.Add(whole, big.NewInt(1))
	}
	return Share(whole.Int64()), value.IsInt(), true
}
