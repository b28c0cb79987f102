package exposure_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/cleannet/cleannet/internal/exposure"
	"github.com/cleannet/cleannet/internal/exposure/relationship"
)

func TestInfluence(t *testing.T) {
	tenth := []string{ // of ten monitors, the lowest and the highest value go
		"10.0.0.0/24 100 31 64",
	}
	for i := 1; i < 10; i++ {
		tenth = append(tenth, fmt.Sprintf("10.0.0.0/24 %d 30 64", 100+i))
	}
	for _, test := range []struct {
		name   string
		routes []string
		want   map[uint32]float64
	}{
		{"cut to the first link down", []string{
			"10.0.0.0/24 20 30 40 64", // 20 and 30 are peers, then down: 40 at 1, 30 at 2
			"10.0.0.0/24 21 40 64",    // up, then down
		}, map[uint32]float64{40: 0.25, 30: 0.25 / 2 / 2}},
		{"the monitor's AS gets no credit", []string{
			"10.0.0.0/24 30 40 64",
		}, map[uint32]float64{40: 0.25}},
		{"a path without a link down does not count", []string{
			"10.0.0.0/24 20 30 99",
			"10.0.0.0/24 21 40 64",
		}, map[uint32]float64{40: 0.125}},
		{"nor does one with AS23456 or a set", []string{
			"10.0.0.0/24 20 23456 40 64",
			"10.0.0.0/24 21 40 {64,65}",
			"10.0.0.0/24 22 40 64",
		}, map[uint32]float64{40: 0.25 / 3}},
		{"monitors in the country are dropped", []string{
			"10.0.0.0/24 10 30 64", // AS10 is of the US
			"10.0.0.0/24 21 40 64",
		}, map[uint32]float64{40: 0.25}},
		{"more-specifics count once", []string{
			"10.0.0.0/23 21 40 64",
			"10.0.1.0/24 21 30 64",
			"10.0.4.0/24 21 30 64", // of another country
		}, map[uint32]float64{40: 0.25, 30: 0.25}},
		{"a tenth of the monitors' ASes is left out at both ends", tenth, map[uint32]float64{30: 0.25}},
	} {
		t.Run(test.name, func(t *testing.T) {
			book, err := relationship.Read(strings.NewReader("20|30|0\n30|40|-1\n40|64|-1\n40|21|-1\n30|64|-1\n31|64|-1\n"))
			if err != nil {
				t.Fatal(err)
			}
			m := exposure.New(exposure.Case{
				Table: load(t, test.routes...), Roll: roll(t),
				Places: exposure.NewPlaces(spaces(t, "10.0.0.0 10.0.3.255 US", "10.0.4.0 10.0.7.255 CN")),
			})
			got := m.Influences(book, []string{"US"}, 2)["US"]
			if len(got) != len(test.want) {
				t.Errorf("the influences are %+v, want %v", got, test.want)
			}
			for _, i := range got {
				if math.Abs(i.CTI-test.want[i.ASN]) > 1e-12 {
					t.Errorf("AS%d has %v, want %v", i.ASN, i.CTI, test.want[i.ASN])
				}
			}
		})
	}
}
