package mrt

// judgement says what stands at the start of some bytes.
type judgement int

const (
	undecided   judgement = iota // more input is needed to say
	wholeRecord                  // a record
	batchRecord                  // a TABLE_DUMP record of the batched form
	tornRecord                   // the start of a record that another one overwrote
	cutRecord                    // the start of a record that the input's end cut
	noRecord                     // none of these
)

// judge says what stands at the start of b, and how many bytes of b it takes.
// With final set, b reaches to the end of the input.
//
// A record counts if a known header follows it, or the end of the input. If
// neither does, either the record is torn, and others begin inside the bytes
// that it claims, or garbage follows it.
func (l Limits) judge(b []byte, final bool) (judgement, int) {
	if len(b) < headerSize {
		if final {
			return cutRecord, len(b)
		}
		return undecided, 0
	}
	if !known(b, l.MaxRecord) {
		return noRecord, 0
	}
	const lookahead = headerSize + 4
	n := recordSize(b, headerSize+l.MaxRecord)
	if len(b) < n+lookahead && !final {
		return undecided, 0
	}
	if len(b) == n || len(b) > n && known(b[n:], l.MaxRecord) {
		return wholeRecord, n
	}
	if l.batchedAt(b, n) {
		return batchRecord, n + 4
	}
	for at := 1; at < min(n, len(b)); at++ {
		switch found, decided := l.chained(b[at:], final); {
		case !decided:
			return undecided, 0
		case found:
			return tornRecord, at
		}
	}
	if len(b) < n {
		return cutRecord, len(b)
	}
	return wholeRecord, n
}

// chained reports whether b starts with a record that another record follows,
// or the end of the input. It is how a reader that lost its place finds it
// again. decided is false if more input is needed to say.
func (l Limits) chained(b []byte, final bool) (found, decided bool) {
	if len(b) < headerSize {
		return false, final
	}
	if !known(b, l.MaxRecord) || !dated(b) {
		return false, true
	}
	n := recordSize(b, headerSize+l.MaxRecord)
	if len(b) < n+headerSize+4 && !final {
		return false, false
	}
	if len(b) <= n {
		return len(b) == n, true
	}
	if known(b[n:], l.MaxRecord) && dated(b[n:]) {
		return true, true
	}
	return l.batchedAt(b, n), true
}

// batchedAt reports whether b starts with a TABLE_DUMP record of the batched
// form, n being the size that its header states. RIPE's collectors wrote that
// form in January 2000: one header, one view and sequence number, and then many
// entries; and the header states a length that is four bytes too small.
//
// It is told from a record that garbage follows by two signs: the first entry
// does not end where the record would, and what must follow a record stands
// four bytes late.
func (l Limits) batchedAt(b []byte, n int) bool {
	if Type(b[5]) != TypeTableDump || len(b) < n+4 {
		return false
	}
	first, ok := tableDumpEntrySize(b[headerSize+4:n+4], b[7] == byte(TableDumpIPv6))
	if !ok || headerSize+4+first == n {
		return false
	}
	return len(b) == n+4 || known(b[n+4:], l.MaxRecord)
}
