package run_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

// tried are the requests so far: type, market and zone.
func (c *cloud) tried() (tries []string) {
	zones := map[string]string{}
	for _, s := range c.subnets {
		zones[s.id] = s.zone[len(s.zone)-1:]
	}
	for _, in := range c.requests {
		market := "on demand"
		if in.InstanceMarketOptions != nil {
			market = "spot"
		}
		tries = append(tries, string(in.InstanceType)+" "+market+" "+zones[*in.NetworkInterfaces[0].SubnetId])
	}
	return tries
}

func TestWithoutSpotCapacityTheNextZoneAndTypeAreTried(t *testing.T) {
	for _, code := range []string{"InsufficientInstanceCapacity", "SpotMaxPriceTooLow", "MaxSpotInstanceCountExceeded", "Unsupported"} {
		c := newCloud(t)
		c.capacity = func(kind, zone string, _ bool) string {
			if kind == "t4g.2xlarge" && zone == "us-west-2b" {
				return ""
			}
			return code
		}
		got := c.started(tests())
		want := []string{"m8g.2xlarge spot a", "m8g.2xlarge spot b", "t4g.2xlarge spot a", "t4g.2xlarge spot b"}
		if !slices.Equal(c.tried(), want) || got.Zone != "us-west-2b" || !got.Spot {
			t.Errorf("tried %q, got %+v", c.tried(), got)
		}
		tokens := map[string]bool{}
		for _, in := range c.requests {
			tokens[*in.ClientToken] = true
		}
		if len(tokens) != len(want) { // EC2 refuses another request with the same token
			t.Errorf("tokens %v", tokens)
		}
		if !c.told("m8g.2xlarge spot in us-west-2a: " + code) {
			t.Errorf("told was %q", c.events)
		}
	}
}

func TestOnDemandOnlyWhenItIsAllowed(t *testing.T) {
	noSpot := func(_, _ string, spot bool) string {
		if spot {
			return "InsufficientInstanceCapacity"
		}
		return ""
	}
	c := newCloud(t)
	c.capacity = noSpot
	_, err := c.runner().Start(t.Context(), tests())
	var none *run.NoCapacity
	if !errors.As(err, &none) || len(none.Tried) != 4 || len(c.machines) != 0 {
		t.Fatalf("got %v after %q", err, c.tried())
	}
	for _, words := range []string{"m8g.2xlarge spot in us-west-2a: InsufficientInstanceCapacity", "t4g.2xlarge spot in us-west-2b", "allow_on_demand"} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q is not in %v", words, err)
		}
	}
	c = newCloud(t)
	c.capacity = noSpot
	got := c.started(tests(func(w *run.Wanted) { w.AllowOnDemand = true }))
	if tries := c.tried(); len(tries) != 5 || tries[4] != "m8g.2xlarge on demand a" || got.Spot {
		t.Errorf("tried %q, got %+v", tries, got)
	}
	if kinds := len(c.requests[4].TagSpecifications); kinds != 3 { // there is no spot request to tag
		t.Errorf("%d tag specifications", kinds)
	}
	c = newCloud(t)
	c.capacity = func(string, string, bool) string { return "InsufficientInstanceCapacity" }
	_, err = c.runner().Start(t.Context(), tests(func(w *run.Wanted) { w.AllowOnDemand = true }))
	if !errors.As(err, &none) || len(none.Tried) != 8 || strings.Contains(err.Error(), "allow_on_demand") {
		t.Errorf("got %v", err)
	}
}

// What is not about capacity would be the same elsewhere.
func TestARefusalIsNotTriedElsewhere(t *testing.T) {
	c := newCloud(t)
	c.fail("RunInstances", fault{err: errDenied})
	_, err := c.runner().Start(t.Context(), tests())
	if err == nil || len(c.requests) != 0 || c.count("RunInstances") != 1 || !strings.Contains(err.Error(), "you may not") {
		t.Errorf("got %v after %q", err, c.tried())
	}
}

func TestZonesAndSubnetsAreTriedInTheOrderGiven(t *testing.T) {
	c := newCloud(t)
	c.capacity = func(string, string, bool) string { return "Unsupported" }
	_, _ = c.runner().Start(t.Context(), tests(func(w *run.Wanted) {
		w.Zones = []string{"us-west-2b", "us-west-2a"}
		w.InstanceTypes = []string{"t4g.2xlarge"}
	}))
	if want := []string{"t4g.2xlarge spot b", "t4g.2xlarge spot a"}; !slices.Equal(c.tried(), want) {
		t.Errorf("tried %q", c.tried())
	}
	c = newCloud(t)
	got := c.started(tests(func(w *run.Wanted) { w.Subnets = []string{"subnet-9c"} }))
	in := c.requests[0].NetworkInterfaces[0]
	if got.Zone != "us-west-2c" || in.AssociatePublicIpAddress != nil || *c.groups[in.Groups[0]].VpcId != "vpc-9" {
		t.Errorf("got %+v with %+v", got, in)
	}
	for want, change := range map[string]func(*run.Wanted){
		"no subnet for runs in them. Name zones of us-west-2a, us-west-2b": func(w *run.Wanted) { w.Zones = []string{"us-west-2d"} },
		"are of two networks":    func(w *run.Wanted) { w.Subnets = []string{"subnet-9c", "subnet-0a"} },
		"must be of this region": func(w *run.Wanted) { w.Subnets = []string{"subnet-77"} },
	} {
		c := newCloud(t)
		if _, err := c.runner().Start(t.Context(), tests(change)); err == nil || !strings.Contains(err.Error(), want) || len(c.requests) != 0 {
			t.Errorf("got %v", err)
		}
	}
	c = newCloud(t)
	c.subnets = nil
	if _, err := c.runner().Start(t.Context(), tests()); err == nil || !strings.Contains(err.Error(), "no default VPC") || !strings.Contains(err.Error(), "Name subnets") {
		t.Errorf("got %v", err)
	}
}
