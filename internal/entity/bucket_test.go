package entity

import "testing"

// TestSeveralUnnamedHolders keeps that an asset may have several holders
// without a name: two persons with a half each are no repetition.
func TestSeveralUnnamedHolders(t *testing.T) {
	half := Edge{Asset: "a", Share: Range{Whole / 2, Whole / 2}, Interest: "shareholding", Source: "s"}
	records := Records{
		Sources:   []Source{{ID: "s"}},
		Companies: []Company{{Slug: "a", Name: "A", Source: "s"}},
		Edges:     []Edge{half, half},
	}
	if _, err := New(records, nil); err != nil {
		t.Error(err)
	}
	records.Edges = append(records.Edges, half)
	if _, err := New(records, nil); err == nil {
		t.Error("three halves make no error")
	}
}
