package entity

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
