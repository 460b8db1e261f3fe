package sliderule_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// in asks for zones, in their order.
func in(zones ...string) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) { w.Zones = zones }
}

func TestZonesAreFixed(t *testing.T) {
	for name, c := range map[string]struct {
		has  []string
		asks []string
	}{
		"others":           {[]string{"us-west-2a", "us-west-2c"}, []string{"us-west-2a", "us-west-2d"}},
		"one more":         {[]string{"us-west-2a"}, []string{"us-west-2a", "us-west-2b"}},
		"another order":    {[]string{"us-west-2a", "us-west-2c"}, []string{"us-west-2c", "us-west-2a"}},
		"not the region's": {nil, []string{"us-west-2c"}},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := newCloud(t)
			cloud.deployed(wanted(in(c.has...)))
			cloud.forgetCalls()
			_, err := cloud.region().Deploy(t.Context(), wanted(in(c.asks...), nodes(5)), true)
			if !errors.Is(err, sliderule.ErrZones) || len(cloud.writes()) != 0 {
				t.Fatalf("got %v after %v", err, cloud.writes())
			}
			for _, text := range []string{strings.Join(c.asks, ", ") + " was asked for", "us-west-2a", "Destroy the cluster first, or leave availability_zones"} {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q does not say %q", err, text)
				}
			}
		})
	}
}

// Whoever asks for no zones, or for those that a cluster has, gets it as it is: also when its template changes, and the
// region's first two zones are others by then.
func TestZonesAreKept(t *testing.T) {
	more := func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 60 }
	for name, c := range map[string]struct{ has, asks, want []string }{
		"named, and not asked for":     {[]string{"us-west-2c", "us-west-2a"}, nil, []string{"us-west-2c", "us-west-2a"}},
		"the region's own, then named": {nil, []string{"us-west-2a", "us-west-2b"}, []string{"us-west-2a", "us-west-2b"}},
		"the region's own":             {nil, nil, []string{"us-west-2a", "us-west-2b"}},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := newCloud(t)
			if made := cloud.deployed(wanted(in(c.has...))); !slices.Equal(made.Zones, c.want) {
				t.Errorf("it is in %v", made.Zones)
			}
			if again := cloud.deployed(wanted(in(c.asks...))); again.Action != sliderule.Renewed {
				t.Errorf("asked for %v, it was changed: %s", c.asks, again.Action)
			}
			changed := cloud.deployed(wanted(in(c.asks...), more))
			s := cloud.stack("dev-cluster")
			if changed.Action != sliderule.Resized || !slices.Equal(changed.Zones, c.want) || !strings.Contains(s.body, "["+strings.Join(c.want, " ")+"]") {
				t.Errorf("%s: it is in %v, of %q", changed.Action, changed.Zones, s.body)
			}
			if got := tagOf(s.Stack, "provisioner_zones"); got != strings.Join(c.has, " ") {
				t.Errorf("it says that %q was asked for", got)
			}
		})
	}
}

// A cluster that a killed run began in other zones is not taken for the one that is wanted, and never changed.
func TestACreateInOtherZonesIsNotJoined(t *testing.T) {
	c := newCloud(t)
	if _, err := c.region().Deploy(t.Context(), wanted(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := c.region().Deploy(t.Context(), wanted(in("us-west-2c")), false); !errors.Is(err, sliderule.ErrBusy) {
		t.Errorf("got %v", err)
	}
	c.forgetCalls()
	if _, err := c.region().Deploy(t.Context(), wanted(in("us-west-2c")), true); !errors.Is(err, sliderule.ErrZones) || len(c.writes()) != 0 {
		t.Errorf("got %v after %v", err, c.writes())
	}

	c = newCloud(t)
	if _, err := c.region().Deploy(t.Context(), wanted(in("us-west-2c")), false); err != nil {
		t.Fatal(err)
	}
	if _, err := c.region().Deploy(t.Context(), wanted(in("us-west-2d")), true); !errors.Is(err, sliderule.ErrZones) {
		t.Errorf("got %v", err)
	}
	for _, zones := range [][]string{{"us-west-2c"}, nil} {
		if joined := c.deployed(wanted(in(zones...))); joined.State != sliderule.Running || !slices.Equal(joined.Zones, []string{"us-west-2c"}) {
			t.Errorf("got %+v", joined)
		}
	}
}

// What is left of a roll-back is deleted, and may be made again anywhere.
func TestARolledBackClusterMayGoElsewhere(t *testing.T) {
	c := newCloud(t)
	c.after = func(call string) {
		if call == "CreateStack" {
			c.live("dev-cluster").failing = "Nat"
			c.after = nil
		}
	}
	if _, err := c.region().Deploy(t.Context(), wanted(in("us-west-2a")), true); !errors.Is(err, sliderule.ErrFailed) {
		t.Fatalf("got %v", err)
	}
	if made := c.deployed(wanted(in("us-west-2d"))); made.Action != sliderule.Created || !slices.Equal(made.Zones, []string{"us-west-2d"}) {
		t.Errorf("got %+v", made)
	}
}
