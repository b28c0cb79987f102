package mrt_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/testkit"
)

func TestPlausible(t *testing.T) {
	record := keepalive()
	clockless := slices.Clone(record)
	clear(clockless[:4])
	tests := []struct {
		name string
		head []byte
		want bool
	}{
		{"one header", record[:12], true},
		{"one record", record, true},
		{"two records", slices.Concat(record, record), true},
		{"record and garbage", slices.Concat(record, garbage(99)), false},
		{"two records of 1970", slices.Concat(clockless, clockless), true},
		{"one record of 1970", clockless, false},
		{"less than a header", record[:11], false},
		{"nothing", nil, false},
		{"zeros", make([]byte, 512), false},
		{"png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00"), false},
		{"gzip", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c\x4a\x06\x00\xc2"), false},
		{"bzip2", []byte("BZh91AY&SY\x00\x00\x00\x00\x00\x00"), false},
		{"zip", []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x21\x00"), false},
		{"elf", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00"), false},
		{"pcap", []byte("\xa1\xb2\xc3\xd4\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00"), false},
		{"java class", []byte("\xca\xfe\xba\xbe\x00\x00\x00\x34\x00\x1d\x0a\x00\x06\x00\x0f"), false},
		{"truetype", []byte("\x00\x01\x00\x00\x00\x0d\x00\x80\x00\x03\x00\x50OS/2"), false},
		{"text", []byte("TABLE_DUMP2|1277971199|B|192.0.2.1|64496|"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := mrt.Plausible(tt.head); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestPlausibleShared checks the first bytes of all shared evidence, MRT and
// not, with heads of several lengths.
func TestPlausibleShared(t *testing.T) {
	mrtFolder := filepath.Dir(testkit.Data(t, "carrier/mrt/rib2010.gz"))
	files, err := filepath.Glob(filepath.Join(mrtFolder, "*.gz"))
	if err != nil || len(files) < 12 {
		t.Fatalf("only %d files: %v", len(files), err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		raw := make([]byte, 512)
		n, _ := io.ReadFull(f, raw)
		if mrt.Plausible(raw[:n]) {
			t.Errorf("%s: compressed, but plausible", filepath.Base(name))
		}
		f.Close()
		head := make([]byte, 64<<10)
		n, _ = io.ReadFull(testkit.Gunzip(t, name), head)
		want := !strings.Contains(name, ".txt")
		for size := 12; size <= n; size += 7 {
			if got := mrt.Plausible(head[:size]); got != want {
				t.Errorf("%s: first %d bytes: got %v, want %v", filepath.Base(name), size, got, want)
				break
			}
		}
	}
	others, _ := filepath.Glob(filepath.Join(mrtFolder, "..", "*", "*"))
	for _, name := range others {
		head, err := os.ReadFile(name)
		if err != nil || filepath.Dir(name) == mrtFolder {
			continue
		}
		if mrt.Plausible(head[:min(len(head), 512)]) {
			t.Errorf("%s: not MRT, but plausible", name)
		}
	}
}
