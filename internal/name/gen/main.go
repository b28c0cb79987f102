// Command gen writes the table of Chinese readings of package name from the
// Unicode Han Database. It keeps the characters of GB 2312 and of level 1 of
// Big5, which are those of ordinary company names, and drops the tones:
//
//	go run ./internal/name/gen FOLDER > internal/name/tables/han.txt
//
// FOLDER holds Unihan_Readings.txt, Unihan_Variants.txt and
// Unihan_OtherMappings.txt, of https://www.unicode.org/Public/UCD/.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("want the folder of the Unihan files")
	}
	kept := map[rune]bool{}
	err := properties(args[0], "Unihan_OtherMappings.txt", func(r rune, key, value string) {
		const endOfLevel1 = 0xC67E
		code, err := strconv.ParseUint(value, 16, 32)
		if key == "kGB0" || key == "kBigFive" && err == nil && code <= endOfLevel1 {
			kept[r] = true
		}
	})
	if err != nil {
		return err
	}
	readings := map[string][]rune{}
	err = properties(args[0], "Unihan_Readings.txt", func(r rune, key, value string) {
		if key == "kMandarin" && kept[r] {
			first, _, _ := strings.Cut(value, " ")
			syllable := toneless(first)
			readings[syllable] = append(readings[syllable], r)
		}
	})
	if err != nil {
		return err
	}
	var pairs []string
	err = properties(args[0], "Unihan_Variants.txt", func(r rune, key, value string) {
		first, _, _ := strings.Cut(value, " ")
		to, err := codePoint(first)
		if key == "kSimplifiedVariant" && kept[r] && err == nil && to != r {
			pairs = append(pairs, string([]rune{r, to}))
		}
	})
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "# Written by gen from the Unicode Han Database: syllable and its characters, then")
	fmt.Fprintln(w, "# after \"=\" pairs of a traditional character and its simplified form. See NOTICE.")
	for _, syllable := range slices.Sorted(maps.Keys(readings)) {
		slices.Sort(readings[syllable])
		fmt.Fprintln(w, syllable, string(readings[syllable]))
	}
	slices.Sort(pairs)
	fmt.Fprintln(w, "=", strings.Join(pairs, ""))
	return w.Flush()
}

// properties calls f for each line of a Unihan file.
func properties(folder, name string, f func(r rune, key, value string)) error {
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it is only read
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "\t", 3)
		if len(parts) != 3 || strings.HasPrefix(parts[0], "#") {
			continue
		}
		r, err := codePoint(parts[0])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		f(r, parts[1], parts[2])
	}
	return lines.Err()
}

// codePoint reads U+4E00.
func codePoint(s string) (rune, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "U+"), 16, 32)
	return rune(n), err
}

// toneless drops the marks of the tones; ü is written u, as in passports and
// company names.
func toneless(syllable string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(syllable))
}
