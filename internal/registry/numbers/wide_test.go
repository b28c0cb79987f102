package numbers

import (
	"math/big"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// number returns w as a big integer, the reference for its arithmetic.
func (w wide) number() *big.Int {
	n := new(big.Int).SetUint64(w.hi)
	return n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(w.lo))
}

// randomWide returns numbers of every length, with runs of zeros and ones.
func randomWide(rng *rand.Rand) wide {
	w := wide{rng.Uint64(), rng.Uint64()}.shr(rng.UintN(129)).shl(rng.UintN(129))
	if rng.IntN(4) == 0 {
		w = w.dec()
	}
	return w
}

func TestWideAgainstBigIntegers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	mask := ipv6.max().number()
	for range 20000 {
		a, b, n := randomWide(rng), randomWide(rng), rng.UintN(130)
		x, y := a.number(), b.number()
		check := func(op string, got wide, want *big.Int) {
			t.Helper()
			if got.number().Cmp(want.And(want, mask)) != 0 {
				t.Fatalf("%s of %v and %v, %d = %v, want %v", op, x, y, n, got.number(), want)
			}
		}
		check("add", a.add(b), new(big.Int).Add(x, y))
		check("sub", a.sub(b), new(big.Int).Sub(x, y))
		check("shr", a.shr(n), new(big.Int).Rsh(x, n))
		check("shl", a.shl(n), new(big.Int).Lsh(x, n))
		if got, want := a.compare(b), x.Cmp(y); got != want || a.less(b) != (want < 0) {
			t.Fatalf("compare(%v, %v) = %d, less %v, want %d", x, y, got, a.less(b), want)
		}
		if got, want := a.bitLen(), uint(x.BitLen()); got != want {
			t.Fatalf("bitLen(%v) = %d, want %d", x, got, want)
		}
		if want := x.TrailingZeroBits(); !a.isZero() && a.trailingZeros() != want {
			t.Fatalf("trailingZeros(%v) = %d, want %d", x, a.trailingZeros(), want)
		}
	}
}

func TestWideOfAddress(t *testing.T) {
	tests := []struct {
		addr string
		fam  family
		want wide
		back string
	}{
		{"0.0.0.0", ipv4, wide{}, "0.0.0.0"},
		{"192.0.2.1", ipv4, wide{0, 0xc0000201}, "192.0.2.1"},
		{"::ffff:192.0.2.1", ipv4, wide{0, 0xc0000201}, "192.0.2.1"},
		{"2001:db8::1", ipv6, wide{0x20010db8_00000000, 1}, "2001:db8::1"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ipv6, ipv6.max(), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	}
	for _, tt := range tests {
		got, fam := wideOf(netip.MustParseAddr(tt.addr))
		if got != tt.want || fam != tt.fam {
			t.Errorf("wideOf(%s) = %x of %d bits, want %x of %d", tt.addr, got, fam, tt.want, tt.fam)
		}
		if back := fam.addr(got).String(); back != tt.back {
			t.Errorf("address of %x = %s, want %s", got, back, tt.back)
		}
	}
}

func TestWideColumnRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	want := []wide{{}, {0, 1}, ipv6.max(), {1 << 63, 0}, {0, 1 << 63}, ipv6.max().dec()}
	for range 5000 {
		want = append(want, randomWide(rng))
	}
	var c wideColumn
	for _, w := range want {
		c.append(w)
	}
	zeros, rest := column{b: c.zeros}, column{b: c.rest}
	for _, w := range want {
		if got := readWide(&zeros, &rest); got != w {
			t.Fatalf("%x comes back as %x", w, got)
		}
	}
	if err := done(ipv6Section, &zeros, &rest); err != nil {
		t.Error(err)
	}
}

func TestReadWideRefusesWhatDoesNotFit(t *testing.T) {
	long := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	tests := []struct {
		name  string
		zeros byte
		rest  []byte
	}{
		{"zeros beyond 128", 129, []byte{0}},
		{"no rest", 0, nil},
		{"rest cut", 0, []byte{0x80}},
		{"rest over 128 bits", 0, append(long, 0x7f)},
		{"rest without end", 0, append(long, 0xff, 0xff, 0xff)},
		{"shifted out at the top", 127, []byte{1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zeros, rest := column{b: []byte{tt.zeros}}, column{b: tt.rest}
			got := readWide(&zeros, &rest)
			if !zeros.bad && !rest.bad {
				t.Errorf("read as %x, want it refused", got)
			}
		})
	}
}
