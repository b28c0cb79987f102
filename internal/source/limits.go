package source

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
)

// Limits bound what one input may cost. A field that is zero or negative
// means its default.
type Limits struct {
	// MaxFile is the size in bytes of an input as stored.
	MaxFile int64
	// MaxExpanded is how many bytes decompression may produce from one input,
	// all layers and members together. Bytes copied out of a zip count too,
	// since entries may overlap; those of a tar do not, unless it is sparse.
	MaxExpanded int64
	// MaxRatio is how many times larger than the stored input what it expands
	// to may be. It is checked from 64 MiB on, so that a small and very
	// regular file passes, and against the size of the whole input where that
	// is known, so that a disk image which begins with a hole passes too.
	MaxRatio float64
	// MaxMembers is the number of members of all the archives in one input.
	MaxMembers int
	// MaxDepth is how many layers, each a compression or an archive, may lie
	// within each other: a.tar.gz has two.
	MaxDepth int
	// MaxWalk is the number of directory entries that one [Walk] looks at.
	MaxWalk int
	// MaxSpool is how many bytes of one input may be held aside at a time for
	// readers that need random access, mostly in a temporary file.
	MaxSpool int64
}

const (
	mib = 1 << 20
	gib = 1 << 30

	// ratioGrace is the expanded size from which MaxRatio is checked.
	ratioGrace = 64 * mib
	// maxWindow bounds the history that the outermost zstd or xz stream may ask
	// for: what zstd(1) itself accepts unless told otherwise, and twice what
	// `xz -9` uses.
	maxWindow = 128 * mib
)

// DefaultLimits returns the limits that stand for zero fields: 64 GiB stored,
// 256 GiB expanded, ratio 500, a million members, 8 layers, a million
// directory entries, 16 GiB spooled.
func DefaultLimits() Limits {
	return Limits{
		MaxFile:     64 * gib,
		MaxExpanded: 256 * gib,
		MaxRatio:    500,
		MaxMembers:  1_000_000,
		MaxDepth:    8,
		MaxWalk:     1_000_000,
		MaxSpool:    16 * gib,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	return Limits{
		MaxFile:     positive(l.MaxFile, d.MaxFile),
		MaxExpanded: positive(l.MaxExpanded, d.MaxExpanded),
		MaxRatio:    positive(l.MaxRatio, d.MaxRatio),
		MaxMembers:  positive(l.MaxMembers, d.MaxMembers),
		MaxDepth:    positive(l.MaxDepth, d.MaxDepth),
		MaxWalk:     positive(l.MaxWalk, d.MaxWalk),
		MaxSpool:    positive(l.MaxSpool, d.MaxSpool),
	}
}

// positive returns v, or otherwise if v is not above zero.
func positive[T int | int64 | float64](v, otherwise T) T {
	return cmp.Or(max(v, 0), otherwise)
}

// LimitError says which limit was reached. Limit is the name that a command
// gives its flag: "max-file", "max-expanded", "max-ratio", "max-members",
// "max-depth", "max-walk", "max-spool", or "window", which is fixed.
type LimitError struct {
	Limit string
	Max   string // the limit's value, with its unit
}

// Error names the limit and its value.
func (e *LimitError) Error() string {
	return fmt.Sprintf("exceeds the limit %s of %s", e.Limit, e.Max)
}

// limitStep returns how to get past the limit in err's chain.
func limitStep(err error) string {
	e, ok := errors.AsType[*LimitError](err)
	switch {
	case !ok:
		return ""
	case e.Limit == "window":
		return "decompress it with its own tool and name the result"
	}
	return fmt.Sprintf("raise %s if you trust it", e.Limit)
}

// formatBytes writes a size as a person would set it.
func formatBytes(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{gib, "GiB"}, {mib, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.size && n%u.size == 0 {
			return fmt.Sprintf("%d %s", n/u.size, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// account keeps the sums that the limits of one input bound. It is shared by
// the input and all members, and safe for concurrent use.
type account struct {
	limits   Limits
	stored   func() int64 // size of the input, or what was read of it so far
	expanded atomic.Int64
	members  atomic.Int64
	spooled  atomic.Int64
}

// expand adds n bytes that came out of a decompressor.
func (a *account) expand(n int64) error {
	sum := a.expanded.Add(n)
	if sum < 0 || sum > a.limits.MaxExpanded {
		return &LimitError{"max-expanded", formatBytes(a.limits.MaxExpanded)}
	}
	if sum > ratioGrace && float64(sum) > a.limits.MaxRatio*float64(a.stored()) {
		return &LimitError{"max-ratio", fmt.Sprintf("%g", a.limits.MaxRatio)}
	}
	return nil
}

// member counts one more member of an archive.
func (a *account) member() error {
	if a.members.Add(1) > int64(a.limits.MaxMembers) {
		return &LimitError{"max-members", fmt.Sprint(a.limits.MaxMembers)}
	}
	return nil
}

// layer checks that one more layer may be entered from the given depth.
func (a *account) layer(depth int) error {
	if depth >= a.limits.MaxDepth {
		return &LimitError{"max-depth", fmt.Sprint(a.limits.MaxDepth)}
	}
	return nil
}

// spool adds n bytes held aside; a negative n gives them back.
func (a *account) spool(n int64) error {
	if a.spooled.Add(n) > a.limits.MaxSpool {
		return &LimitError{"max-spool", formatBytes(a.limits.MaxSpool)}
	}
	return nil
}
