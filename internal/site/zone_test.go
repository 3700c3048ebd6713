package site_test

import (
	"testing"
	"time"

	"github.com/indywire/indywire/internal/site"
)

func TestEveryZoneIsOne(t *testing.T) {
	t.Parallel()
	zones := site.Zones()
	if len(zones) < 300 || zones[0] != "UTC" {
		t.Errorf("%d zones, beginning with %s", len(zones), zones[0])
	}
	for _, name := range zones {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}
