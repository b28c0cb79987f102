package ofac_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/registry/ofac"
	"github.com/cleannet/cleannet/internal/registry/registrytest"
)

// tarred packs files in a given order, below a folder.
func tarred(t *testing.T, files map[string][]byte, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range names {
		if err := w.WriteHeader(&tar.Header{Name: "ofac/" + name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestArchive has the set in a zip and in tars of two orders: the same facts,
// and nothing of the person and the vessel in it.
func TestArchive(t *testing.T) {
	orgs, _ := few()
	files := tables(orgs)
	want := registrytest.Load(t, ofac.CSV{}, "x", zipped(t, files, false))
	if want.Err != nil {
		t.Fatal(want.Err)
	}
	text := fmt.Sprint(want.Records, want.Report)
	for _, secret := range []string{"MUSTERMANN", "Erika", "X0123456", "9000001", "EXAMPLE STAR"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q got through", secret)
		}
	}
	if got := len(want.Records.Companies); got != len(orgs) {
		t.Errorf("%d companies, want %d", got, len(orgs))
	}
	names := []string{"sdn_comments.csv", "add.csv", "sdn.csv", "alt.csv"}
	for range 2 {
		slices.Reverse(names)
		content := tarred(t, files, names...)
		if !(ofac.CSV{}).Match("x", content[:512]) {
			t.Errorf("Match refuses a tar that begins with %q", names[0])
		}
		got := registrytest.Load(t, ofac.CSV{}, "x", content)
		if got.Err != nil {
			t.Fatal(got.Err)
		}
		if diff := cmp.Diff(want.Records, got.Records, compare()); diff != "" {
			t.Errorf("order %v (-zip +tar):\n%s", names, diff)
		}
	}
}

// TestArchiveBroken gives nothing to the sink, whatever member is at fault.
func TestArchiveBroken(t *testing.T) {
	orgs, _ := few()
	whole := zipped(t, tables(orgs), false)
	cut := func(name string) []byte {
		files := tables(orgs)
		files[name] = files[name][:len(files[name])-12]
		return zipped(t, files, false)
	}
	twice := tables(orgs)
	for _, tc := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"archive cut", whole[:len(whole)*2/3], ""},
		{"aliases cut", cut("alt.csv"), `"ALT.CSV": line `},
		{"main file cut", cut("sdn.csv"), `"SDN.CSV": line `},
		{"twice", tarred(t, twice, "sdn.csv", "sdn.csv"), `the main file stands twice in the archive, again as "ofac/sdn.csv"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := registrytest.Load(t, ofac.CSV{}, "x", tc.content)
			if got.Err == nil || !strings.Contains(got.Err.Error(), tc.want) {
				t.Errorf("got error %v, want one with %q", got.Err, tc.want)
			}
			if got.Facts() > 0 {
				t.Errorf("%d facts were given before the error", got.Facts())
			}
		})
	}
}
