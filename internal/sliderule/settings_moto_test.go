//go:build unix

package sliderule_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// everything asks for all that settings tell.
func everything(w *sliderule.Wanted) {
	w.Zones = []string{"us-west-2b", "us-west-2a"}
	w.Nodes = sliderule.Nodes{InstanceTypes: []string{"r8g.2xlarge", "c7g.4xlarge"}, SpotShare: 80, SpotMaxPrice: 0.17, VolumeGB: 64}
	w.Budget = &sliderule.Budget{Budget: budget.Budget{LimitUSD: 5000.5, StartHours: 12}, Emails: []string{"ana@example.org", "o'neil+x@example.org"}}
	w.Sleep = &sliderule.Sleep{Down: []string{"0 20 * * MON-FRI", "0 12 * * SAT"}, Up: []string{"0 6 * * 1-5"}, TimeZone: "America/New_York"}
}

func (a account) settings() *sliderule.Settings {
	a.Helper()
	got, err := a.region().Settings(a.Context(), "dev")
	if err != nil || got == nil {
		a.Fatalf("got %+v, %v", got, err)
	}
	return got
}

// What a cluster was asked for is told again from its stack alone: as it was made, resized, and changed.
func TestSettingsAreToldOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	made := a.deployed(wanted())
	plain := sliderule.Settings{Nodes: sliderule.Nodes{InstanceTypes: []string{sliderule.DefaultInstanceType}, VolumeGB: sliderule.DefaultVolumeGB}}
	if got := a.settings(); !reflect.DeepEqual(*got, plain) {
		t.Errorf("got %+v", got)
	}
	if !slices.Equal(made.Zones, []string{"us-west-2a", "us-west-2b"}) {
		t.Errorf("it is in %v", made.Zones)
	}
	asked := wanted(everything, func(w *sliderule.Wanted) { w.Zones = nil })
	want := sliderule.Settings{Nodes: asked.Nodes, Budget: asked.Budget, Sleep: asked.Sleep}
	changed := a.deployed(asked)
	if got := a.settings(); !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	// With its zones by name in place of the region's first two, nothing of its network was replaced.
	if changed.StackID != made.StackID || changed.Address != made.Address || !slices.Equal(changed.Zones, made.Zones) {
		t.Errorf("%+v became %+v", made, changed)
	}
	asked.NodeCapacity++
	a.deployed(asked)
	if got := a.settings(); !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v after a resize", got)
	}
}

func TestZonesAreFixedOnTheRealWire(t *testing.T) {
	a := newAccount(t)
	asked := wanted(everything)
	made := a.deployed(asked)
	if !slices.Equal(made.Zones, asked.Zones) || !slices.Equal(a.status().Zones, asked.Zones) {
		t.Errorf("it is in %v, and says %v", made.Zones, a.status().Zones)
	}
	if got, want := a.settings(), (sliderule.Settings{Nodes: asked.Nodes, Zones: asked.Zones, Budget: asked.Budget, Sleep: asked.Sleep}); !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	_, err := a.region().Deploy(t.Context(), wanted(everything, in("us-west-2a", "us-west-2c")), true)
	if got := a.status(); !errors.Is(err, sliderule.ErrZones) || got.StackStatus != "CREATE_COMPLETE" {
		t.Errorf("got %v, and it is %s", err, got.StackStatus)
	}
}
