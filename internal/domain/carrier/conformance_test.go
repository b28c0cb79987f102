package carrier_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/domain/domaintest"
	"github.com/cleannet/cleannet/internal/testkit/bmpfile"
	"github.com/cleannet/cleannet/internal/testkit/harbor"
)

// TestConformance tries every reader on Harbor's table and on the samples.
func TestConformance(t *testing.T) {
	files, err := harbor.Files()
	if err != nil {
		t.Fatal(err)
	}
	files["router.bmp"] = bmpfile.Router()
	files["router.pcap"] = bmpfile.Capture(bmpfile.Router(), 300)
	maps.Copy(files, samples(t))
	domaintest.Run(t, carrier.Domain(), files)
}

// samples returns the files under testdata, one for each form of evidence.
func samples(t testing.TB) map[string][]byte {
	names, err := filepath.Glob("testdata/samples/*")
	if err != nil || len(names) == 0 {
		t.Fatal("no samples", err)
	}
	files := make(map[string][]byte)
	for _, name := range names {
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestOneReader wants every sample to be taken by one reader and no other.
func TestOneReader(t *testing.T) {
	for name, text := range samples(t) {
		taken := 0
		for _, r := range carrier.Domain().Readers {
			if r.Match("sample", text) {
				taken++
			}
		}
		if taken != 1 {
			t.Errorf("%s: %d readers take it", name, taken)
		}
	}
}
