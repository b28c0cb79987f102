package entity

import (
	"fmt"
	"iter"
)

// suggest returns "; did you mean …?" for a slug that nobody has, empty if no
// slug and no name is near.
func (r *Registry) suggest(slug string) string {
	slugs := func(yield func(string) bool) {
		for i := range r.count() {
			if !yield(r.slug(int32(i))) {
				return
			}
		}
	}
	if s := closest(slug, slugs); s != "" {
		return s
	}
	if found := r.Search(slug); len(found) > 0 {
		return fmt.Sprintf("; did you mean %q?", found[0].Slug)
	}
	return ""
}

// closest returns "; did you mean …?" with the nearest of the words, empty if
// none is nearer than a third of its letters. Of equally near words the first
// wins.
func closest(word string, words iter.Seq[string]) string {
	const most = 100 // letters; the comparison takes the product of both lengths
	best, near := "", max(len(word)/3, 1)+1
	for w := range words {
		if len(word) > most || len(w) > len(word)+near || len(word) > len(w)+near {
			continue
		}
		if d := distance(word, w); d < near {
			best, near = w, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is how many letters must be put in, left out or changed to make one
// word of another (V. Levenshtein, 1965).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
