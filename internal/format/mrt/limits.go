package mrt

import "cmp"

// Limits bounds what a [Scanner] takes from hostile input. The zero value of
// every field stands for its default.
type Limits struct {
	// MaxRecord is the largest record body in bytes; a header that states more
	// is no header. Default 16 MiB, at most 256 MiB. The largest record that
	// the formats allow, 65,535 entries with 65,535 bytes of attributes each,
	// does not occur; a full table of 2018 has records of some 70,000 bytes.
	MaxRecord int
	// MaxGap is the number of bytes after which the search for the next record
	// is given up with [ErrLost]. Default 16 MiB. Before the first record the
	// search ends after 1 MiB at the latest, with [ErrNotMRT].
	MaxGap int64
	// ChunkSize is the size at which chunks are cut, in bytes. Default 256 KiB.
	// A chunk is larger if it has to hold a larger record.
	ChunkSize int
}

const (
	defaultMaxRecord = 16 << 20
	highestMaxRecord = 256 << 20
	defaultMaxGap    = 16 << 20
	defaultChunkSize = 256 << 10
	smallestChunk    = 64
	maxFirstGap      = 1 << 20
)

// withDefaults replaces zero and impossible values.
func (l Limits) withDefaults() Limits {
	l.MaxRecord = min(cmp.Or(max(l.MaxRecord, 0), defaultMaxRecord), highestMaxRecord)
	l.MaxGap = cmp.Or(max(l.MaxGap, 0), defaultMaxGap)
	l.ChunkSize = max(cmp.Or(max(l.ChunkSize, 0), defaultChunkSize), smallestChunk)
	return l
}
