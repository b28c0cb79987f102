package all

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/testkit/bodsfile"
	"github.com/cleannet/cleannet/internal/testkit/ftmfile"
	"github.com/cleannet/cleannet/internal/testkit/leifile"
)

func TestNames(t *testing.T) {
	var names []string
	for _, l := range Loaders() {
		names = append(names, l.Name())
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("names are not sorted or not unique: %v", names)
	}
}

// TestOneTakesEach shows every loader what the others read: exactly one may
// take a file.
func TestOneTakesEach(t *testing.T) {
	files := map[string][]byte{
		"bods-json": bodsfile.Array(bodsfile.Statements(1, 5)),
		"ftm-json":  ftmfile.Nested(ftmfile.Entities(1, 5)),
		"gleif-xml": []byte(`<?xml version="1.0"?><lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016">`),
	}
	c := leifile.Config{Seed: 1, Companies: 5, Relations: 5}
	for suffix, form := range map[string]leifile.Form{"csv": leifile.CSV, "json": leifile.JSON} {
		var lei, rel, exc bytes.Buffer
		for _, err := range []error{leifile.WriteLEI(&lei, form, c), leifile.WriteRelations(&rel, form, c), leifile.WriteExceptions(&exc, form, c, 5)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		files["gleif-lei2-"+suffix], files["gleif-rr-"+suffix], files["gleif-repex-"+suffix] = lei.Bytes(), rel.Bytes(), exc.Bytes()
	}
	for want, content := range files {
		var got []string
		for _, l := range Loaders() {
			if l.Match("file", content[:min(len(content), 4096)]) {
				got = append(got, l.Name())
			}
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("who takes the file of %s (-want +got):\n%s", want, diff)
		}
	}
}
