package routetext_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cleannet/cleannet/internal/format/mrt"
	"github.com/cleannet/cleannet/internal/format/routetext"
)

// lines returns the routes of a text, a line each.
func lines(text string, form routetext.Form) (string, routetext.Counts, error) {
	var b strings.Builder
	var path mrt.Path
	counts, err := routetext.Read(strings.NewReader(text), form, func(r *routetext.Route) error {
		if err := path.Decode(mrt.RawPath{ASPath: r.Path, AS4: true}); err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s from %s AS%d: %s", r.Prefix, r.Peer, r.PeerASN, &path)
		if r.Time != 0 {
			fmt.Fprintf(&b, " at %d", r.Time)
		}
		b.WriteByte('\n')
		return nil
	})
	return b.String(), counts, err
}

// TestForms reads a small table in every form.
func TestForms(t *testing.T) {
	for _, tt := range []struct {
		file string
		form routetext.Form
		want string
	}{
		{"bgpdump.txt", routetext.Bgpdump, `198.51.100.0/24 from 192.0.2.1 AS4134: 4134 64496 at 1700000000
203.0.113.0/24 from 192.0.2.1 AS4134: 4134 {64496,64497} at 1700000001
2001:db8::/32 from 2001:db8::1 AS64496: 64496 4200000000 at 1700000002
`},
		{"frr.txt", routetext.ShowIPBGP, `198.51.100.0/24 from 192.0.2.254 AS64500: 64500 4134 64496
198.51.100.0/24 from 192.0.2.254 AS64500: 64500 64497 (65001 65002) 64496
203.0.113.0/24 from 192.0.2.254 AS64500: 
2001:db8:1234:5678::/64 from 192.0.2.254 AS64500: 64500 4134 64498
2001:db8:ffff::/48 from 192.0.2.254 AS64500: 64500 4134 {64498,64499}
`},
		{"ios.txt", routetext.ShowIPBGP, `10.0.0.0/8 from 192.0.2.1 AS4134: 4134 64496
198.51.100.0/24 from 192.0.2.1 AS4134: 4134 4134 64497
`},
		{"birdc.txt", routetext.Birdc, `198.51.100.0/24 from 192.0.2.1 AS4134: 4134 64496
198.51.100.0/24 from 192.0.2.9 AS64497: 64497 {64498,64499}
203.0.113.0/24 from 192.0.2.1 AS4134: 4134 4134 64500
`},
		{"frr.json", routetext.FRRJSON, `198.51.100.0/24 from 192.0.2.254 AS64500: 64500 4134 64496
198.51.100.0/24 from 192.0.2.254 AS64500: 64500 64497 64496
203.0.113.0/24 from 192.0.2.254 AS64500: 
`},
	} {
		t.Run(tt.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if got := routetext.Detect(text); got != tt.form {
				t.Errorf("form: got %q, want %q", got, tt.form)
			}
			got, counts, err := lines(string(text), tt.form)
			if err != nil || counts.Malformed > 0 {
				t.Fatalf("counts %+v, error %v", counts, err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("routes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMalformed counts what cannot be understood and goes on.
func TestMalformed(t *testing.T) {
	const good = "TABLE_DUMP2|1|B|192.0.2.1|64496|198.51.100.0/24|64496|IGP|192.0.2.1|0|0||NAG||\n"
	for _, line := range []string{
		"TABLE_DUMP2|1|B|192.0.2.1|64496|198.51.100.0/24|64496 x|IGP|\n",
		"TABLE_DUMP2|1|B|192.0.2.1|64496|198.51.100.0/24|{64496 64497|IGP|\n",
		"TABLE_DUMP2|1|B|192.0.2.1|64496|198.51.100.0/99|64496|IGP|\n",
		"TABLE_DUMP2|1|Q|192.0.2.1|64496|198.51.100.0/24|64496|IGP|\n",
		"what is this\n",
	} {
		got, counts, err := lines(good+line+good, routetext.Bgpdump)
		want := strings.Repeat("198.51.100.0/24 from 192.0.2.1 AS64496: 64496 at 1\n", 2)
		if err != nil || got != want || counts.Malformed != 1 || counts.FirstMalformed != int64(len(good)) {
			t.Errorf("%q: got %q, counts %+v, error %v", line, got, counts, err)
		}
	}
	if _, _, err := lines("# nothing\n", routetext.Birdc); !errors.Is(err, routetext.ErrEmpty) {
		t.Errorf("error: got %v, want ErrEmpty", err)
	}
	if _, _, err := lines(strings.Repeat("x", routetext.MaxLine+1), routetext.Birdc); !errors.Is(err, routetext.ErrLine) {
		t.Errorf("error: got %v, want ErrLine", err)
	}
}

func TestNone(t *testing.T) {
	for _, text := range []string{"", "hello\n", "{\"a\": 1}", "a|b|c|d|e|f\n", "TABLE_DUMP2|1|B|192.0.2.1", "Network Next\n", "\x00\tBGP.as_path: 1\n"} {
		if form := routetext.Detect([]byte(text)); form != routetext.None {
			t.Errorf("%q is taken for %q", text, form)
		}
	}
}

// FuzzRead reads hostile texts in every form. Paths decode, and the same text
// gives the same routes.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		routetext.Detect([]byte(text))
		for _, form := range []routetext.Form{routetext.Bgpdump, routetext.ShowIPBGP, routetext.Birdc, routetext.FRRJSON} {
			got, counts, err := lines(text, form)
			if errors.Is(err, mrt.ErrPath) {
				t.Errorf("%s: %v", form, err)
			}
			again, countsAgain, _ := lines(text, form)
			if got != again || counts != countsAgain {
				t.Errorf("%s: two readings differ", form)
			}
		}
	})
}
