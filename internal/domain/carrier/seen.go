package carrier

// seen is how often, when and from whom something was met, and the first entries
// that show it.
type seen struct {
	count       uint64
	first, last uint32 // seconds since 1970, once counted
	peers       peerMask
	kept        uint32                // of exemplars
	exemplars   [keepExemplars]uint32 // numbers, in the order of the input
}

// add adds up the numbers of two and keeps the first exemplars of both. Peers
// are another matter, since they may lie in several masks.
func (s *seen) add(o *seen) {
	if o.count == 0 {
		return
	}
	if s.count == 0 {
		s.first, s.last = o.first, o.last
	}
	s.count += o.count
	s.first, s.last = min(s.first, o.first), max(s.last, o.last)
	if s.kept == 0 {
		s.kept, s.exemplars = o.kept, o.exemplars
		return
	}
	for _, x := range o.exemplars[:o.kept] {
		if !s.keep(x) {
			return
		}
	}
}

// keep puts an exemplar among the first ones, if it is one of them.
func (s *seen) keep(x uint32) bool {
	i := s.kept
	for i > 0 && x < s.exemplars[i-1] {
		i--
	}
	if i == keepExemplars {
		return false
	}
	s.kept = min(s.kept+1, keepExemplars)
	copy(s.exemplars[i+1:s.kept], s.exemplars[i:])
	s.exemplars[i] = x
	return true
}
