package entity

import (
	"errors"
	"fmt"
)

// Source is where a fact was read. Every fact of a registry names one; a fact
// without a source does not enter it.
type Source struct {
	ID        string // slug, unique within a registry: "fcc-covered-list"
	Title     string
	URL       string // empty for a document without an address
	SHA256    string // of the document read, lower-case hex, empty if not kept
	Retrieved Date   // when it was read
	Licence   string // of the document or data, as an SPDX expression or in words
}

// Source implements [Sink].
func (b *Builder) Source(s Source) error {
	if b.sources == nil {
		b.sources = map[string]Source{}
	}
	if s.ID == "" {
		b.faults.add(errors.New("a source has no id: give it one"))
	}
	old, ok := b.sources[s.ID]
	if s.SHA256 == "" && b.digested[s.ID] { // Digest compares them once it is known
		s.SHA256 = old.SHA256
	}
	if ok && old != s {
		b.faults.add(fmt.Errorf("source %q is described in two ways: describe it once, or give the second another id", s.ID))
		return nil
	}
	b.sources[s.ID] = s
	return nil
}

// Digest says of a source, once its file was read to the end, which SHA-256 the
// file has, so that whoever loads it need not read it twice.
func (b *Builder) Digest(source, sha256 string) {
	s, ok := b.sources[source]
	switch {
	case !ok:
		b.faults.add(fmt.Errorf("source %q has a digest and is not described: describe it first", source))
	case s.SHA256 != "" && s.SHA256 != sha256:
		b.faults.add(fmt.Errorf("source %q is of two files with different digests: give the second another id", source))
	case s.SHA256 == "":
		s.SHA256 = sha256
		b.sources[source] = s
		if b.digested == nil {
			b.digested = map[string]bool{}
		}
		b.digested[source] = true
	}
}
