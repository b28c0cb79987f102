//go:build race

package testkit

// Race reports whether the race detector is on, which makes everything several
// times slower: a test of a large file may then take a part of it.
const Race = true
