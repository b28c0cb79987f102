package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/picture"
	"github.com/cleannet/cleannet/internal/testkit"
)

var update = flag.Bool("update", false, "write the golden files again")

// report reads one that the tests of package exposure keep.
func report(t testing.TB, name string) *exposure.Report {
	t.Helper()
	f, err := os.Open("../testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	r, err := exposure.ReadReport(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPictures(t *testing.T) {
	for _, name := range []string{"detail", "scorecard"} {
		r := report(t, name)
		if r.Subject != nil {
			r.Subject.Name = "US <script>alert(1)</script> & \"\x00\xff"
		}
		var svg, html bytes.Buffer
		if err := errors.Join(picture.SVG(&svg, r), picture.HTML(&html, r)); err != nil {
			t.Fatal(err)
		}
		testkit.Golden(t, "testdata/"+name+".svg", svg.String(), *update)
		testkit.Golden(t, "testdata/"+name+".html", html.String(), *update)
		for format, text := range map[string]string{"svg": svg.String(), "html": html.String()} {
			if strings.Contains(text, "<script") || strings.Contains(text, "\x1b") || strings.Contains(text, "\x00") {
				t.Errorf("%s.%s: a name of the data is not escaped", name, format)
			}
			if n := strings.Count(text, "://"); n != 1 || !strings.Contains(text, `xmlns="http://www.w3.org/2000/svg"`) {
				t.Errorf("%s.%s: %d addresses, want that of the SVG name space alone", name, format, n)
			}
		}
		for d := xml.NewDecoder(&svg); ; {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s.svg is no XML: %v", name, err)
			}
		}
	}
}
