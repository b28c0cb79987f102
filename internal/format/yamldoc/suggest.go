package yamldoc

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Suggest returns `; did you mean "x"?` for the nearest of the words, or the
// empty string if none is near: within a third of the word's length in
// single-letter edits.
func Suggest(word string, words iter.Seq[string]) string {
	if best := Closest(word, words); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return ""
}

// suggestOrList returns a suggestion, or all of the words if none is near.
func suggestOrList(word string, words []string) string {
	if s := Suggest(word, slices.Values(words)); s != "" {
		return s
	}
	return ": want one of " + strings.Join(words, ", ")
}

// Closest returns the nearest of the words, empty if none is near. Of equally
// near words the first in the sequence wins. A word longer than maxWord has no
// near one: the comparison takes the product of both lengths.
func Closest(word string, words iter.Seq[string]) string {
	if len(word) > maxWord {
		return ""
	}
	best, bestDistance := "", max(len(word)/3, 1)+1
	for w := range words {
		if abs(len(w)-len(word)) >= bestDistance {
			continue
		}
		if d := distance(word, w); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	return best
}

// maxWord is the longest word, in bytes, that gets a suggestion.
const maxWord = 64

// distance is the optimal string alignment distance of two short words:
// insertions, deletions, substitutions, and swaps of neighbours, over bytes.
func distance(a, b string) int {
	before := make([]int, len(b)+1) // row i-2
	prev := make([]int, len(b)+1)   // row i-1
	row := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
