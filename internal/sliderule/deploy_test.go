package sliderule_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func wanted(changes ...func(*sliderule.Wanted)) sliderule.Wanted {
	w := sliderule.Wanted{Cluster: "dev", NodeCapacity: 3, TimeToLive: 2 * time.Hour, Version: "v5.5.0"}
	for _, change := range changes {
		change(&w)
	}
	return w
}

func nodes(n int) func(*sliderule.Wanted) { return func(w *sliderule.Wanted) { w.NodeCapacity = n } }

func called(name string) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) { w.Cluster = name }
}

func living(d time.Duration) func(*sliderule.Wanted) {
	return func(w *sliderule.Wanted) { w.TimeToLive = d }
}

// deployed runs a deploy in a run of its own that must not fail.
func (c *cloud) deployed(w sliderule.Wanted) *sliderule.Cluster {
	c.Helper()
	made, err := c.region().Deploy(c.Context(), w, true)
	if err != nil {
		c.Fatal(err)
	}
	if made.Problem != nil {
		c.Fatal(made.Problem)
	}
	return made
}

// Defect 15: a cluster leaves nothing behind in anybody's policies; two schedules and a stack are all there is.
func TestDefect15ADeployMakesAClusterThatEnds(t *testing.T) {
	c := newCloud(t)
	begun := c.clock.Now()
	made := c.deployed(wanted())
	if made.Action != sliderule.Created || made.State != sliderule.Running || made.CurrentNodes != 3 || made.NodeCapacity != 3 || made.MaxNodes != 3 {
		t.Errorf("got %+v", made)
	}
	if made.Endpoint != "https://dev.example.org" || made.Address != "192.0.2.1" || made.AMI != "ami-newest" || made.Version != "v5.5.0" || !made.Managed {
		t.Errorf("got %+v", made)
	}
	if want := begun.Add(2 * time.Hour); !c.end("dev-cluster").Equal(want) || !made.ExpiresAt.Equal(want) {
		t.Errorf("it ends at %s, and says %s; want %s", c.end("dev-cluster"), made.ExpiresAt, want)
	}
	if got := strings.Join(c.writes(), " "); got != "CreateSchedule CreateSchedule CreateStack" {
		t.Errorf("got %s", got)
	}
	s := c.stack("dev-cluster")
	if tagOf(s.Stack, "Project") != "cluster-dev" || tagOf(s.Stack, "provisioner_managed_by") != installation || *s.RoleARN != foundationOutputs()["StackRole"] {
		t.Errorf("got tags %v, role %s", s.Tags, *s.RoleARN)
	}
}

// The shipped system answers 500.
func TestDefect1ARunningClusterIsResizedInPlaceAndRenewed(t *testing.T) {
	c := newCloud(t)
	made := c.deployed(wanted())
	c.clock.Advance(time.Hour)
	c.forgetCalls()
	now := c.clock.Now()
	resized := c.deployed(wanted(nodes(5)))
	if resized.Action != sliderule.Resized || resized.CurrentNodes != 5 || resized.StackID != made.StackID || resized.StackStatus != "UPDATE_COMPLETE" {
		t.Errorf("got %+v", resized)
	}
	if want := now.Add(2 * time.Hour).Truncate(time.Second); !c.end("dev-cluster").Equal(want) {
		t.Errorf("it ends at %s, want %s", c.end("dev-cluster"), want)
	}
	if c.count("UpdateStack") != 1 || c.count("GetParameter") != 0 || resized.AMI != made.AMI {
		t.Errorf("got %v", c.writes())
	}
}

func TestTheSameAgainRenewsAlone(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.clock.Advance(time.Hour)
	c.forgetCalls()
	now := c.clock.Now()
	if again := c.deployed(wanted()); again.Action != sliderule.Renewed || !again.ExpiresAt.Equal(now.Add(2*time.Hour).Truncate(time.Second)) {
		t.Errorf("got %+v", again)
	}
	if c.count("UpdateStack")+c.count("CreateStack") != 0 {
		t.Errorf("got %v", c.writes())
	}
}

func TestIsPublicIsFixed(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.forgetCalls()
	_, err := c.region().Deploy(t.Context(), wanted(func(w *sliderule.Wanted) { w.IsPublic = true }), true)
	if !errors.Is(err, sliderule.ErrFixed) || len(c.writes()) != 0 {
		t.Errorf("got %v after %v", err, c.writes())
	}
}

// What was deployed can be told later, and an update does not move it.
func TestDefect33ImageAndMachineAreRecorded(t *testing.T) {
	c := newCloud(t)
	asked := 0
	traced := func(o *sliderule.Options) {
		o.Digest = func(_ context.Context, registry, image, version string) (string, error) {
			asked++
			if registry != "registry.example.org" || image != "sliderule" || version != "latest" {
				t.Errorf("asked for %s/%s:%s", registry, image, version)
			}
			return "sha256:0123", nil
		}
	}
	latest := func(w *sliderule.Wanted) { w.Version = "" }
	made, err := c.region(traced).Deploy(t.Context(), wanted(latest), true)
	if err != nil || made.ImageDigest != "sha256:0123" || made.AMI != "ami-newest" || made.Version != "latest" {
		t.Errorf("got %+v, %v", made, err)
	}
	shaped, err := c.region(traced).Deploy(t.Context(), wanted(latest, nodes(4), func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 60 }), true)
	if err != nil || shaped.ImageDigest != "sha256:0123" || shaped.AMI != "ami-newest" || asked != 1 || c.count("GetParameter") != 1 {
		t.Errorf("got %+v, %v; %d and %d look-ups", shaped, err, asked, c.count("GetParameter"))
	}
}

func TestADifferentVersionIsKept(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	again := c.deployed(wanted(nodes(4), func(w *sliderule.Wanted) { w.Version = "latest" }))
	if again.Version != "v5.5.0" {
		t.Errorf("the version became %s", again.Version)
	}
}

// Another release of the provider would render another template: a resize does not bring it.
func TestAResizeKeepsTheTemplate(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	before := c.stack("dev-cluster").body
	c.rendered = " of the next release"
	if got := c.deployed(wanted(nodes(5))); got.CurrentNodes != 5 || c.stack("dev-cluster").body != before {
		t.Errorf("got %+v of %q", got, c.stack("dev-cluster").body)
	}
}

func TestAnotherShapeChangesTheTemplateAndKeepsTheRest(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	before := c.stack("dev-cluster").body
	got := c.deployed(wanted(func(w *sliderule.Wanted) {
		w.Version = "v9"
		w.Sleep = &sliderule.Sleep{Down: []string{"0 20 * * *"}, Up: []string{"0 6 * * *"}, TimeZone: "UTC"}
	}))
	after := c.stack("dev-cluster").body
	if got.Action != sliderule.Resized || after == before || !strings.Contains(after, "0 20 * * *") || !strings.Contains(after, "v5.5.0") || !strings.Contains(after, "ami-newest") {
		t.Errorf("%s: %q became %q", got.Action, before, after)
	}
}
