package numbers_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/cleannet/cleannet/internal/entity"
	"github.com/cleannet/cleannet/internal/registry/numbers"
)

func Example() {
	origins := "192.0.2.0,192.0.2.255,64496,\"Example, Inc.\"\n"
	var snapshot bytes.Buffer
	_, err := numbers.Build(context.Background(), numbers.Inputs{
		Title: "an example",
		Files: []numbers.Input{{
			Document: numbers.Document{
				Source: entity.Source{ID: "my-origins", Title: "My own table of origins"},
				File:   "origins.csv",
				Form:   numbers.Origins,
			},
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(origins)), nil },
		}},
	}, &snapshot)
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := numbers.Open(snapshot.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	route, _ := table.Origin(netip.MustParseAddr("192.0.2.1"))
	holder, _ := table.Holder(route.ASN)
	fmt.Printf("%v-%v AS%d %s\n", route.First, route.Last, holder.ASN, holder.Name)
	for p := range table.Prefixes(64496) {
		fmt.Println(p)
	}
	// Output:
	// 192.0.2.0-192.0.2.255 AS64496 Example, Inc.
	// 192.0.2.0/24
}
