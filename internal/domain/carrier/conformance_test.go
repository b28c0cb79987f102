package carrier_test

import (
	"testing"

	"github.com/cleannet/cleannet/internal/domain/carrier"
	"github.com/cleannet/cleannet/internal/domain/domaintest"
	"github.com/cleannet/cleannet/internal/testkit/harbor"
)

func TestConformance(t *testing.T) {
	files, err := harbor.Files()
	if err != nil {
		t.Fatal(err)
	}
	domaintest.Run(t, carrier.Domain(), files)
}
