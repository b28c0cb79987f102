package source

import "sync/atomic"

// Progress counts what has been read of all the inputs that share it. Bytes
// are those of the inputs as stored, before decompression, so that they can be
// set against file sizes. The zero value is ready; it must not be copied, and
// is safe for concurrent use.
type Progress struct {
	bytes, size, inputs atomic.Int64
}

// Bytes returns how many bytes of the inputs opened so far have been read.
func (p *Progress) Bytes() int64 { return p.bytes.Load() }

// Size returns the total size in bytes of the inputs opened so far. An input
// of unknown size (standard input, a pipe) counts with what was read of it.
func (p *Progress) Size() int64 { return p.size.Load() }

// Inputs returns how many inputs have been opened so far.
func (p *Progress) Inputs() int64 { return p.inputs.Load() }
