package source_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"

	"github.com/cleannet/cleannet/internal/source"
)

// A caller reads each input, or the members of it, and then asks for the
// digest.
func Example() {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	io.WriteString(w, "192.0.2.0/24 64496 64511\n")
	w.Close()

	ctx := context.Background()
	opts := source.Options{Stdin: &packed}
	for in, err := range source.Walk(ctx, []string{"-", "no-such-file"}, opts) {
		if err != nil {
			fmt.Printf("%s: %v\n", source.ReasonOf(err), err)
			continue
		}
		f, err := in.Open(ctx)
		if err != nil {
			fmt.Println(err)
			continue
		}
		defer f.Close() //nolint:gocritic // an example with one input
		content, err := io.ReadAll(f)
		fmt.Printf("%s %v %q %v\n", f.Name(), f.Compression(), content, err)
	}
	// Output:
	// - [gzip] "192.0.2.0/24 64496 64511\n" <nil>
	// missing: open "no-such-file": no such file or directory: check the path
}
