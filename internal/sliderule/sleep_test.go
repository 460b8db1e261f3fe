package sliderule_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

var nightly = sleeping("0 20 * * *", "0 6 * * *")

// asleep is a cluster whose nodes were put to sleep.
func asleep(t *testing.T) *cloud {
	t.Helper()
	c := newCloud(t)
	c.deployed(wanted(nightly))
	c.groups["dev-asg"].resize(0)
	c.forgetCalls()
	return c
}

// A sleeping cluster is not woken: the new size is that of the waking.
func TestAResizeDoesNotWakeASleeper(t *testing.T) {
	c := asleep(t)
	got := c.deployed(wanted(nightly, nodes(6)))
	if got.CurrentNodes != 0 || got.NodeCapacity != 6 || got.State != sliderule.Running || c.stack("dev-cluster").value("Asleep") != "true" {
		t.Errorf("got %+v", got)
	}
	c.groups["dev-asg"].resize(6) // it wakes
	if got = c.deployed(wanted(nightly, nodes(7))); got.CurrentNodes != 7 || c.stack("dev-cluster").value("Asleep") != "false" {
		t.Errorf("got %+v", got)
	}
}

// Nor does anything else that is changed about it.
func TestNoUpdateWakesASleeper(t *testing.T) {
	for name, change := range map[string]func(*sliderule.Wanted){
		"the same again":  func(*sliderule.Wanted) {},
		"another volume":  func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 80 },
		"another hour":    sleeping("0 21 * * *", "0 6 * * *"),
		"a budget":        costing(5000),
		"the least":       func(w *sliderule.Wanted) { w.MinNodes = 1 },
		"size and volume": func(w *sliderule.Wanted) { w.NodeCapacity, w.Nodes.VolumeGB = 6, 80 },
	} {
		c := asleep(t)
		if got := c.deployed(wanted(nightly, change)); got.CurrentNodes != 0 || got.State != sliderule.Running || slices.Contains(c.writes(), "UpdateAutoScalingGroup") {
			t.Errorf("%s: got %+v after %v", name, got, c.writes())
		}
	}
}

// Whoever takes the times of sleep away from a sleeper wants it awake: nothing else would wake it before its end.
func TestWithoutTimesOfSleepASleeperWakes(t *testing.T) {
	for name, change := range map[string]func(*sliderule.Wanted){
		"alone": func(*sliderule.Wanted) {}, "and resized": nodes(5),
	} {
		c := asleep(t)
		w := wanted(change)
		if got := c.deployed(w); got.CurrentNodes != w.NodeCapacity || got.Action != sliderule.Resized {
			t.Errorf("%s: got %+v after %v", name, got, c.writes())
		}
		if got := strings.Join(c.writes(), " "); !strings.HasSuffix(got, "UpdateAutoScalingGroup UpdateStack") {
			t.Errorf("%s: got %s", name, got) // in this order a run may be killed between the two
		}
		c.forgetCalls()
		if again := c.deployed(w); again.Action != sliderule.Renewed || slices.Contains(c.writes(), "UpdateAutoScalingGroup") {
			t.Errorf("%s: got %+v after %v", name, again, c.writes())
		}
	}
	c := newCloud(t) // it is awake: there is nothing to wake
	c.deployed(wanted(nightly))
	if got := c.deployed(wanted()); got.CurrentNodes != 3 || slices.Contains(c.writes(), "UpdateAutoScalingGroup") {
		t.Errorf("got %+v after %v", got, c.writes())
	}
}

// Its template says so too, when it was resized asleep.
func TestAnAwakenedClusterIsNoLongerAsleep(t *testing.T) {
	c := asleep(t)
	c.deployed(wanted(nightly, nodes(6)))
	if got := c.deployed(wanted(nodes(6))); got.CurrentNodes != 6 || c.stack("dev-cluster").value("Asleep") != "false" {
		t.Errorf("got %+v", got)
	}
}

// What has no nodes and no time of waking gets its size at once.
func TestAResizeOfWhatNeverSleeps(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.groups["dev-asg"].resize(0)
	if got := c.deployed(wanted(nodes(6))); got.CurrentNodes != 6 {
		t.Errorf("got %+v", got)
	}
}
