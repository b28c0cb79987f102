package numbers
import ("testing";"time";"github.com/klauspost/compress/s2";"github.com/klauspost/compress/zstd")
func TestTmp(t *testing.T) {
	d := snapshot(t)
	p, _ := unseal(d)
	for _, x := range p {
		b, _ := x.unpack()
		z := s2.EncodeBest(nil, b)
		dst := make([]byte, len(b))
		t0 := time.Now(); s2.Decode(dst, z); t1 := time.Now()
		enc, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1), zstd.WithSingleSegment(true))
		n := 0
		for i := 0; i < len(b); i += 64<<10 { n += len(enc.EncodeAll(b[i:min(len(b),i+64<<10)], nil)) }
		t.Log(x.section, len(x.body), x.size, len(z), t1.Sub(t0), "chunks64k", n)
	}
}
