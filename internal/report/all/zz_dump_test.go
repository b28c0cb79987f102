package all_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/cleannet/cleannet/internal/finding"
	"github.com/cleannet/cleannet/internal/report/all"
)

func TestZZDump(t *testing.T) {
	for _, f := range all.Formats() {
		os.WriteFile("/tmp/rep/out."+f.Name, []byte(render(t, f, false)), 0o644)
	}
	fx := newFixture(t)
	base := fx.findings
	for i := range 20000 {
		f := *base[i%len(base)]
		f.SubjectName = fmt.Sprintf("%s #%d", f.SubjectName, i)
		f.ID = fmt.Sprintf("%016x", uint64(i)*0x9e3779b97f4a7c15)
		f.Chain = append([]finding.Step{}, f.Chain...)
		if len(f.Chain) > 1 {
			r := *f.Chain[0].Ref
			r.Offset = int64(i)
			f.Chain[0].Ref = &r
		}
		fx.findings = append(fx.findings, &f)
	}
	var b bytes.Buffer
	fx.emit(format(t, "html").New(&b, false))
	os.WriteFile("/tmp/rep/big.html", b.Bytes(), 0o644)
}
