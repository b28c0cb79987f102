package policy

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is a part of a document that differs between two versions.
type Change struct {
	Section string        `json:"section"` // "entries", "control"; "policy" for the head of the document
	ID      string        `json:"id,omitempty"`
	Kind    ChangeKind    `json:"kind"`
	Fields  []FieldChange `json:"fields,omitempty"` // of what was changed
	// Affects are the entries that a changed rule of control or group is used by.
	Affects []string `json:"affects,omitempty"`
}

// ChangeKind says whether a part came, went, or differs.
type ChangeKind string

// The kinds of changes.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
)

// FieldChange is a field that differs, as its document writes it in one line.
// Of a list of words only those are named that came or went.
type FieldChange struct {
	Field   string   `json:"field"` // "in_force", "unless.by"
	Before  string   `json:"before,omitempty"`
	After   string   `json:"after,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Added   []string `json:"added,omitempty"`
}

// Diff compares two documents field by field, by what they say and not by how
// they are written. The order of entries and of words in a list says nothing;
// beside that, two documents without a difference have equal digests.
func Diff(before, after *Policy) []Change {
	a, b := mapping(before.document), mapping(after.document)
	var out []Change
	head := Change{Section: "policy", Kind: Changed}
	for _, key := range keysOf("document") {
		switch key {
		case "authorities", "control", "entries", "exceptions", "tests":
			out = append(out, diffList(key, list(a[key]), list(b[key]))...)
		case "groups":
			out = append(out, diffGroups(mapping(a[key]), mapping(b[key]))...)
		default:
			head.Fields = append(head.Fields, diffField(key, a[key], b[key])...)
		}
	}
	for i := range out {
		if out[i].Kind == Changed {
			out[i].Affects = affected(out[i], after)
		}
	}
	if len(head.Fields) > 0 {
		out = append([]Change{head}, out...)
	}
	return out
}

// diffList compares parts by their ids; those of equal id in their order, as
// with an exception whose term was moved.
func diffList(section string, before, after []any) []Change {
	a, b := byID(before), byID(after)
	order := idsInOrder(before)
	for _, id := range idsInOrder(after) {
		if _, ok := a[id]; !ok {
			order = append(order, id)
		}
	}
	var out []Change
	for _, id := range order {
		was, is := a[id], b[id]
		switch {
		case is == nil:
			out = append(out, Change{Section: section, ID: id, Kind: Removed})
		case was == nil:
			out = append(out, Change{Section: section, ID: id, Kind: Added})
		default:
			if fields := diffField("", was, is); len(fields) > 0 {
				out = append(out, Change{Section: section, ID: id, Kind: Changed, Fields: fields})
			}
		}
	}
	return out
}

func diffGroups(before, after map[string]any) []Change {
	var out []Change
	for _, name := range unionKeys(before, after) {
		was, old := before[name]
		is, now := after[name]
		switch {
		case !now:
			out = append(out, Change{Section: "groups", ID: name, Kind: Removed})
		case !old:
			out = append(out, Change{Section: "groups", ID: name, Kind: Added})
		default:
			if fields := diffField("members", list(was), list(is)); len(fields) > 0 {
				out = append(out, Change{Section: "groups", ID: name, Kind: Changed, Fields: fields})
			}
		}
	}
	return out
}

// diffField compares two values and goes into mappings.
func diffField(name string, before, after any) []FieldChange {
	if same(before, after) {
		return nil
	}
	a, isMap := before.(map[string]any)
	b, alsoMap := after.(map[string]any)
	if isMap && alsoMap {
		var out []FieldChange
		for _, key := range unionKeys(a, b) {
			out = append(out, diffField(strings.TrimPrefix(name+"."+key, "."), a[key], b[key])...)
		}
		return out
	}
	if was, ok := words(before); ok {
		if is, ok := words(after); ok {
			gone, come := without(was, is), without(is, was)
			if len(gone)+len(come) > 0 {
				return []FieldChange{{Field: name, Removed: gone, Added: come}}
			}
		}
	}
	return []FieldChange{{Field: name, Before: inLine(before), After: inLine(after)}}
}

// affected names the entries that use a rule of control or a group.
func affected(c Change, p *Policy) []string {
	var out []string
	for i, item := range list(mapping(p.document)["entries"]) {
		entry := mapping(item)
		switch c.Section {
		case "control":
			if p.Entries[i].ControlName == c.ID {
				out = append(out, p.Entries[i].ID)
			}
		case "groups":
			for _, key := range []string{"select", "all_but"} {
				if groups, ok := words(list(mapping(entry[key])["groups"])); ok && slices.Contains(groups, c.ID) {
					out = append(out, p.Entries[i].ID)
				}
			}
		}
	}
	return out
}

func mapping(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// list reads a list as the compiler does: a single value counts as one item.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// idsInOrder returns what the items of a list are known by. Of several with
// one id the later ones get a number.
func idsInOrder(items []any) []string {
	seen := map[string]int{}
	out := make([]string, len(items))
	for i, item := range items {
		m := mapping(item)
		id := cmp.Or(inLine(m["id"]), inLine(m["name"]))
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s (%d)", id, seen[id])
		}
		out[i] = id
	}
	return out
}

func byID(items []any) map[string]any {
	out := make(map[string]any, len(items))
	for i, id := range idsInOrder(items) {
		out[id] = items[i]
	}
	return out
}

// words returns the scalars of a list, false if it holds anything else or is
// no list.
func words(v any) ([]string, bool) {
	items, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, len(items))
	for i, item := range items {
		switch item.(type) {
		case map[string]any, []any:
			return nil, false
		}
		out[i] = inLine(item)
	}
	return out, true
}

func without(words, others []string) []string {
	var out []string
	for _, w := range words {
		if !slices.Contains(others, w) {
			out = append(out, w)
		}
	}
	return out
}

func unionKeys(a, b map[string]any) []string {
	return unique(slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b)))
}

func same(a, b any) bool {
	var x, y bytes.Buffer
	writeCanonical(&x, a)
	writeCanonical(&y, b)
	return bytes.Equal(x.Bytes(), y.Bytes())
}

// inLine writes a value in one line, text without quotes.
func inLine(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.Join(strings.Fields(v), " ")
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = inLine(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+": "+inLine(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	var b bytes.Buffer
	writeCanonical(&b, v)
	return b.String()
}
