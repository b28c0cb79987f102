package carrier

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/domain"
	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/bmp"
	"github.com/cleannet/cleannet/internal/source"
	"github.com/cleannet/cleannet/internal/testkit"
	"github.com/cleannet/cleannet/internal/testkit/bmpfile"
)

// readBMP reads a file into a set with the BMP reader.
func readBMP(t *testing.T, path string) *evidence.Set {
	t.Helper()
	set := new(evidence.Set)
	for in, err := range source.Walk(t.Context(), []string{path}, source.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		head, _ := f.Head(4096)
		if !(BMP{}).Match("file", head) {
			t.Fatalf("the reader does not take %s", path)
		}
		shard := evidence.NewShard(evidence.Input{Status: evidence.StatusRead, Digest: strings.Repeat("0", 64)})
		if err := (BMP{}).Read(t.Context(), f, domain.Env{}, shard); err != nil {
			t.Fatal(err)
		}
		set.Add(shard)
	}
	return set
}

// said lists the observations of a set, a line for each.
func said(set *evidence.Set) []string {
	var out []string
	for o := range set.Observations() {
		var b strings.Builder
		b.WriteString(o.Kind)
		for _, s := range o.Subjects {
			b.WriteString(" " + s.ID.Value())
		}
		fmt.Fprintf(&b, " x%d", o.Count)
		for _, key := range []string{attrEstablished, attrEnded, attrPeers} {
			if a, ok := o.Attr(key); ok {
				fmt.Fprintf(&b, " %s=%d", key, a.Number())
			}
		}
		out = append(out, b.String())
	}
	return out
}

// counted returns how many records of each sort a set says were examined.
func counted(set *evidence.Set) map[string]uint64 {
	out := map[string]uint64{}
	for _, c := range set.Shards()[0].Input.Counts {
		out[c.Name] = c.N
	}
	return out
}

// TestBMP reads the same stream as a file and as a capture.
func TestBMP(t *testing.T) {
	want := []string{
		"adjacency 64499 64500 x1 peers=1",
		"adjacency 64499 64502 x1 peers=1",
		"adjacency 64500 64510 x3 peers=2",
		"adjacency 64502 64511 x1 peers=1",
		"adjacency 64510 64511 x3 peers=2",
		"origin 64511 x4 peers=3",
		"session 64499 64500 x1 established=1 ended=0",
		"session 64499 64501 x2 established=1 ended=1",
		"transit 64499 x2 peers=2",
		"transit 64500 x3 peers=2",
		"transit 64502 x1 peers=1",
		"transit 64510 x3 peers=2",
	}
	for _, tc := range []struct {
		name string
		file []byte
	}{
		{"stream", bmpfile.Router()},
		{"capture", bmpfile.Capture(bmpfile.Router(), 100)},
		{"capture in small pieces", bmpfile.Capture(bmpfile.Router(), 7)},
		{"capture that begins within a message", bmpfile.Capture(bmpfile.Router()[5:], 1000)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, tc.file, 0o600); err != nil {
				t.Fatal(err)
			}
			set := readBMP(t, path)
			if diff := cmp.Diff(want, said(set)); diff != "" {
				t.Errorf("observations (-want +got):\n%s", diff)
			}
			counts := counted(set)
			for name, n := range map[string]uint64{
				"bgp: routes announced": 5, "bgp: routes announced without AS path": 1, "bgp: routes withdrawn": 1,
				"bmp: peer up messages": 4, "bmp: peer down messages": 1,
			} {
				if counts[name] != n {
					t.Errorf("%s: got %d, want %d", name, counts[name], n)
				}
			}
			// The bytes that prove a finding are those of its message.
			for o := range set.Observations() {
				for _, ref := range o.Refs {
					if ref.Offset < 0 || ref.Offset+ref.Length > int64(len(tc.file)) {
						t.Errorf("%s: ref %+v lies outside the file", o.Kind, ref)
					}
				}
			}
		})
	}
}

// TestBMPDamaged loses and spoils parts of a stream: what is left is read, and
// the damage is reported.
func TestBMPDamaged(t *testing.T) {
	whole := bmpfile.Router()
	spoiled := slices.Clone(whole)
	copy(spoiled[third(t, whole):], "no header at all")
	capture := bmpfile.Capture(whole, 150)
	const header, packet = 24, 16 + 40 + 150
	for _, tc := range []struct {
		name string
		file []byte
	}{
		{"spoiled header", spoiled},
		{"cut in the last message", whole[:len(whole)-3]},
		{"a packet missing", slices.Delete(slices.Clone(capture), header+packet, header+2*packet)},
		{"the last packet cut", capture[:len(capture)-3]},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, tc.file, 0o600); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(tc.name, "the last packet") {
				if _, err := readCut(t, path); err == nil {
					t.Error("no error for a capture that is cut")
				}
				return
			}
			set := readBMP(t, path)
			if problems, _ := set.Shards()[0].Problems(); len(problems) == 0 {
				t.Error("no problem was reported")
			}
			if got := counted(set)["bmp: route monitoring messages"]; got < 3 {
				t.Errorf("only %d of 6 route monitoring messages were read", got)
			}
		})
	}
}

// third returns where the third message of a stream begins.
func third(t *testing.T, stream []byte) int64 {
	t.Helper()
	var f bmp.Framer
	_, _ = f.Write(stream)
	for range 2 {
		if _, err := f.Next(); err != nil {
			t.Fatal(err)
		}
	}
	return f.Offset()
}

func readCut(t *testing.T, path string) (*evidence.Shard, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shard := evidence.NewShard(evidence.Input{Status: evidence.StatusRead})
	l := newListener("", shard)
	err = l.capture(t.Context(), f)
	l.finish()
	return shard, err
}

// TestBMPGoldens compares what the reader counts in the captures with the
// goldens, headers and bodies apart: every body is read but those of routes in
// a form that is none.
func TestBMPGoldens(t *testing.T) {
	raw, err := os.ReadFile(testkit.Data(t, "carrier/bmp-goldens.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	words := strings.NewReplacer("bmp3.", "bmp: ", "bmp4.", "bmp: ", "stats:", "statistics report:", "_", " ")
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if f[0] == "file" {
			continue
		}
		t.Run(f[0], func(t *testing.T) {
			set := readBMP(t, testkit.Data(t, "carrier/bmp/"+f[0]))
			got := counted(set)
			for want := range strings.FieldsSeq(f[2]) {
				kind, n, _ := strings.Cut(want, ":")
				name, isBGP := strings.CutPrefix(kind, "bgp.")
				if isBGP {
					name = "bgp: " + strings.ToUpper(name)
				} else {
					name = strings.TrimSuffix(words.Replace(kind+":"), ":")
				}
				if got[name+" messages"] != number(t, n) {
					t.Errorf("%s: got %d messages, want %s", name, got[name+" messages"], n)
				}
			}
			if problems, more := set.Shards()[0].Problems(); len(problems) > 0 {
				t.Errorf("%d problems, the first: %s", uint64(len(problems))+more, problems[0].Message)
			}
			if got["bgp: routes announced"] == 0 && strings.Contains(f[2], "route") {
				t.Errorf("no route of %s", f[2])
			}
			t.Log(got)
		})
	}
}
