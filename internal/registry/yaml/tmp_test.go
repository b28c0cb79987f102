package yaml

import ("testing";"github.com/cleannet/cleannet/data";"github.com/cleannet/cleannet/internal/entity")

func TestTmp(t *testing.T) {
	r, err := Load(data.Registry(), "registry")
	if err != nil { t.Fatal(err) }
	reg, err := entity.New(r, nil)
	if err != nil { t.Fatal(err) }
	t.Log(len(r.Sources), len(r.Companies), len(r.Identifiers), len(r.Edges), reg.Digest())
}
func BenchmarkLoad(b *testing.B) {
	for b.Loop() { Load(data.Registry(), "registry") }
}
