package carrier_test

import (
	"testing"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/domain/domaintest"
	"github.com/cleannet/cleannet/internal/testkit/bmpfile"
	"github.com/cleannet/cleannet/internal/testkit/harbor"
)

func TestConformance(t *testing.T) {
	files, err := harbor.Files()
	if err != nil {
		t.Fatal(err)
	}
	files["router.bmp"] = bmpfile.Router()
	files["router.pcap"] = bmpfile.Capture(bmpfile.Router(), 300)
	domaintest.Run(t, carrier.Domain(), files)
}
