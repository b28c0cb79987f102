// Package entity knows companies: what they are called, which identifiers they
// hold, who owns how much of them, each fact with its dates and its source.
//
// A [Registry] is immutable and safe for concurrent use. It is made once, from
// facts that loaders under internal/registry give to a [Builder], or by [New]
// from [Records] in memory, or by [Open] from a snapshot. It answers three
// questions: who holds an identifier at a date ([Registry.Resolve]), which
// companies a set of companies controls at a date ([Registry.Control]), and
// which companies go by a name ([Registry.Search]). [Registry.KnownAt] gives it
// as it was known at a date, [Registry.Assume] as it would be under an
// assumption.
//
// It judges organisations, never people: the shares of natural persons are
// buckets without a name.
package entity
