package source

// lzmaProb is the probability of a zero bit, in units of 1/2048.
type lzmaProb uint16

const (
	lzmaStates   = 12
	lzmaHalf     = 1 << 10 // an even chance
	lzmaMaxProps = 9*5*5 - 1
)

// lzmaLen is the model of a length.
type lzmaLen struct {
	choice, choice2 lzmaProb
	low, mid        [16][8]lzmaProb
	high            [256]lzmaProb
}

func even(p []lzmaProb) {
	for i := range p {
		p[i] = lzmaHalf
	}
}

func (l *lzmaLen) reset() {
	l.choice, l.choice2 = lzmaHalf, lzmaHalf
	for i := range l.low {
		even(l.low[i][:])
		even(l.mid[i][:])
	}
	even(l.high[:])
}

// tree decodes n bits, each in the context of those before it.
func (d *lzmaDecoder) tree(probs []lzmaProb, n int) uint32 {
	m := uint32(1)
	for range n {
		m = m<<1 | d.bit(&probs[m])
	}
	return m - 1<<n
}

// reverse decodes n bits, the lowest first. probs begins at context one.
func (d *lzmaDecoder) reverse(probs []lzmaProb, n uint32) (v uint32) {
	m := uint32(1)
	for i := range n {
		bit := d.bit(&probs[m-1])
		m = m<<1 | bit
		v |= bit << i
	}
	return v
}

// bit decodes one bit and adapts its probability.
func (d *lzmaDecoder) bit(p *lzmaProb) uint32 {
	if d.width < 1<<24 {
		d.normalise()
	}
	bound := d.width >> 11 * uint32(*p)
	if d.code < bound {
		d.width = bound
		*p += (2048 - *p) >> 5
		return 0
	}
	d.width -= bound
	d.code -= bound
	*p -= *p >> 5
	return 1
}

// normalise takes in a byte when the range has become small.
func (d *lzmaDecoder) normalise() {
	if d.width >= 1<<24 {
		return
	}
	d.width <<= 8
	d.code <<= 8
	if d.pos >= len(d.in) {
		d.short = true
		return
	}
	d.code |= uint32(d.in[d.pos])
	d.pos++
}
