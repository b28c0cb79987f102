package bird_test

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/enforce"
	"github.com/cleannet/cleannet/internal/testkit"
)

// TestSets announces paths with AS sets, which the filter language cannot
// write as a constant, over a real session.
func TestSets(t *testing.T) {
	deny := func(l enforce.Level) *enforce.Plan {
		return plan(as(4134, "china-telecom", l), as(4809, "china-telecom", l))
	}
	paths := []string{
		"{4134}", "{4134,64502}", "4134 {4134}", "64501 4134 64504 {64502}",
		"64501 {4134,64502}", "64501 {4134}", "64501 {64502,64503}", "64501 4134 {64502,64503}",
		"4134 {64502}", "{4134,64502} 64503", "{64502,64503} 64501", "64501 {4134,64502} 64503",
		"64501 4134 4134 {64502}", "64501 {41340,134}", "64501 {64502} {4809,64503}", "64501 4809 {4134,64502}",
	}
	for level, want := range map[enforce.Level][]bool{ // rejected
		enforce.Direct:  {true, true, true, false, false, false, false, false, true, true, false, false, false, false, false, false},
		enforce.Transit: {false, false, true, true, false, false, false, true, true, true, false, true, true, false, false, true},
		enforce.Origin:  {true, true, true, false, true, true, false, false, false, false, false, false, false, false, true, true},
		enforce.Any:     {true, true, true, true, true, true, false, true, true, true, false, true, true, false, true, true},
	} {
		t.Run(level.String(), func(t *testing.T) {
			conf := func(protocols string) string { return writeConfig(t, deny(level), protocols) }
			for i, accepted := range announce(t, conf, "cleannet_reject();", paths) {
				if accepted == want[i] {
					t.Errorf("path %q rejected: got %v, want %v", paths[i], !accepted, want[i])
				}
			}
		})
	}
}

// TestReplay sends every distinct path of a real table through a real BIRD,
// per level: no forbidden route may be accepted and no clean one lost. What is
// forbidden is worked out here from the text of the paths by the definitions
// of the levels, with no code of the target.
func TestReplay(t *testing.T) {
	testkit.Tool(t, "bird")
	paths := tablePaths(t, testkit.Data(t, "carrier/mrt/rib2010.bgpdump-m.txt.gz"))
	forbidden := map[string]bool{"4134": true, "4809": true, "4837": true, "9929": true, "58453": true,
		"4808": true, "9808": true,
		"3356": true, "4777": true} // a large carrier and a peer of the collector, so that each level has many
	for _, level := range []enforce.Level{enforce.Direct, enforce.Transit, enforce.Origin, enforce.Any} {
		t.Run(level.String(), func(t *testing.T) {
			var items []enforce.Item
			for _, n := range slices.Sorted(maps.Keys(forbidden)) {
				asn, err := strconv.ParseUint(n, 10, 32)
				if err != nil {
					t.Fatal(err)
				}
				items = append(items, as(uint32(asn), "company-"+n, level))
			}
			conf := func(protocols string) string { return writeConfig(t, plan(items...), protocols) }
			accepted := announce(t, conf, "cleannet_reject();", paths)
			type tally struct{ Rejected, Accepted, WronglyAccepted, WronglyLost int }
			var want, got tally
			var examples []string
			for i, path := range paths {
				cut := slowly(path, forbidden)&level != 0
				if cut {
					want.Rejected++
				} else {
					want.Accepted++
				}
				switch {
				case accepted[i] && cut:
					got.WronglyAccepted++
					examples = append(examples, path)
				case !accepted[i] && !cut:
					got.WronglyLost++
					examples = append(examples, path)
				}
				if accepted[i] {
					got.Accepted++
				} else {
					got.Rejected++
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("of %d paths (-want +got):\n%s%s", len(paths), diff, strings.Join(examples[:min(len(examples), 10)], "\n"))
			}
			if want.Rejected == 0 {
				t.Error("nothing to reject: the test shows nothing")
			}
			t.Logf("%d paths: %d rejected, %d accepted", len(paths), got.Rejected, got.Accepted)
		})
	}
}

// tablePaths returns the distinct paths of a table in the text form of
// "bgpdump -m", in order.
func tablePaths(t *testing.T, name string) []string {
	t.Helper()
	seen := make(map[string]bool)
	for scan := bufio.NewScanner(testkit.Gunzip(t, name)); ; {
		if !scan.Scan() {
			if err := scan.Err(); err != nil {
				t.Fatal(err)
			}
			return slices.Sorted(maps.Keys(seen))
		}
		fields := strings.Split(scan.Text(), "|")
		if len(fields) < 7 {
			t.Fatal(fmt.Errorf("line %q has no path", scan.Text()))
		}
		seen[strings.Clone(fields[6])] = true
	}
}

// slowly returns the levels at which a path shows one of the numbers: direct
// in the first element, origin in the last, transit anywhere but as an origin.
func slowly(path string, numbers map[string]bool) enforce.Level {
	var elements [][]string
	for word := range strings.FieldsSeq(path) {
		elements = append(elements, strings.Split(strings.Trim(word, "{}"), ","))
	}
	var level enforce.Level
	if len(elements) == 0 {
		return level
	}
	origins := elements[len(elements)-1]
	for i, element := range elements {
		for _, n := range element {
			if !numbers[n] {
				continue
			}
			if i == 0 {
				level |= enforce.Direct
			}
			if i == len(elements)-1 {
				level |= enforce.Origin
			}
			if !slices.Contains(origins, n) {
				level |= enforce.Transit
			}
		}
	}
	return level
}
