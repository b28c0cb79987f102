// Package entity knows companies: what they are called, which identifiers they
// hold, who owns how much of them, each fact with its dates and its source.
//
// A [Registry] is immutable and safe for concurrent use. It is made once, by
// [New], from [Records] that loaders under internal/registry produce. It
// answers three questions: who holds an identifier at a date
// ([Registry.Resolve]), which companies a set of companies controls at a date
// ([Registry.Control]), and which companies go by a name ([Registry.Search]).
//
// It judges organisations, never people: a share held by a natural person is
// simply not stated.
package entity
