package source

import (
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/cleannet/cleannet/internal/testkit"
)

// ribBytes is the size of the routing table that the benchmarks read.
const ribBytes = 33_307_775

// rib returns the path of a routing table compressed with the given tool, or
// as it is if that is "".
func rib(b *testing.B, tool string) string {
	b.Helper()
	packed := testkit.Data(b, "carrier/mrt/rib2010.gz")
	if tool == "gzip" {
		return packed
	}
	f := open(b, packed, Options{})
	raw := filepath.Join(b.TempDir(), "rib")
	w, err := os.Create(raw)
	if err != nil {
		b.Fatal(err)
	}
	if n, err := f.WriteTo(w); err != nil || n != ribBytes {
		b.Fatal(n, err)
	}
	w.Close()
	if tool == "" {
		return raw
	}
	if _, err := exec.LookPath(tool); err != nil {
		b.Skipf("needs %s: install it to run this benchmark", tool)
	}
	data, err := exec.Command(tool, "-c", raw).Output()
	if err != nil {
		b.Fatal(err)
	}
	path := raw + "." + tool
	if err := os.WriteFile(path, data, 0o644); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkRead reads a whole file, its digest included, without parsing it.
func BenchmarkRead(b *testing.B) {
	for _, tool := range []string{"", "gzip", "bzip2", "zstd", "xz"} {
		b.Run("tool="+tool, func(b *testing.B) {
			in := input(b, rib(b, tool), Options{})
			b.SetBytes(ribBytes)
			b.ReportAllocs()
			for b.Loop() {
				readOne(b, in, func([]byte) {})
			}
		})
	}
}

func readOne(b *testing.B, in Input, use func([]byte)) {
	f, err := in.Open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for {
		block, err := f.NextBlock()
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		use(block)
	}
	if _, err := f.Digest(); err != nil || f.Offset() != ribBytes {
		b.Fatal(f.Offset(), err)
	}
	f.Close()
}

// BenchmarkDigestOverlap shows what the digest costs beside a parser, for which
// a loop over all bytes stands in.
func BenchmarkDigestOverlap(b *testing.B) {
	path := rib(b, "")
	sum := 0
	parse := func(block []byte) {
		for i := 0; i+1 < len(block); i++ {
			if block[i] != block[i+1] {
				sum += int(block[i])
			}
		}
	}
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(ribBytes)
		block := make([]byte, blockSize)
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			for {
				n, err := f.Read(block)
				if err != nil {
					break
				}
				parse(block[:n])
			}
			f.Close()
		}
	})
	b.Run("digest", func(b *testing.B) {
		b.SetBytes(ribBytes)
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(sha256.New(), f)
			f.Close()
		}
	})
	b.Run("both", func(b *testing.B) {
		in := input(b, path, Options{})
		b.SetBytes(ribBytes)
		for b.Loop() {
			readOne(b, in, parse)
		}
	})
}

// BenchmarkTools runs the tools that do the same, for comparison.
func BenchmarkTools(b *testing.B) {
	for _, tt := range []struct{ format, tool string }{
		{"gzip", "gzip"}, {"bzip2", "bzip2"}, {"bzip2", "lbzip2"}, {"zstd", "zstd"}, {"xz", "xz"},
	} {
		b.Run(tt.tool, func(b *testing.B) {
			path := rib(b, tt.format)
			if _, err := exec.LookPath(tt.tool); err != nil {
				b.Skipf("needs %s: install it to run this benchmark", tt.tool)
			}
			b.SetBytes(ribBytes)
			for b.Loop() {
				if err := exec.Command(tt.tool, "-dc", path).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
