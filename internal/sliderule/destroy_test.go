package sliderule_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// person seeds the stack of somebody's own nodes on a cluster.
func (c *cloud) person(cluster, login string) *fakeStack {
	s := c.add(cluster+"-cluster-"+login+"-asg", installation, nil)
	s.Parameters = []cfn.Parameter{{ParameterKey: aws.String("Cluster"), ParameterValue: &cluster}}
	return s
}

func (c *cloud) destroy(cluster string, wait bool) error {
	return c.region().Destroy(c.Context(), cluster, wait)
}

// Defect 2: the shipped system deletes every stack whose name begins alike.
func TestDefect2OnlyTheExactClusterIsDestroyed(t *testing.T) {
	c := newCloud(t)
	for _, name := range []string{"foo", "foo-cluster-x", "foo-clusterx", "foo-cluster-bar"} {
		c.deployed(wanted(called(name)))
	}
	c.person("foo", "ana")
	c.person("foo-cluster-bar", "x")
	// By its name alone this would be x's on foo-cluster-bar; it says that it is bar-cluster-x's on foo.
	c.person("foo", "bar-cluster-z")
	if err := c.destroy("foo", true); err != nil {
		t.Fatal(err)
	}
	want := []string{"foo-cluster-bar-cluster", "foo-cluster-bar-cluster-x-asg", "foo-cluster-x-cluster", "foo-clusterx-cluster"}
	if got := c.names(); !slices.Equal(got, want) {
		t.Errorf("left are %v, want %v", got, want)
	}
	if !c.end("foo-cluster").IsZero() || c.end("foo-clusterx-cluster").IsZero() {
		t.Error("the wrong schedules are gone")
	}
}

// Defect 14: a cluster's network cannot go while persons' nodes are in it.
func TestDefect14PersonsStacksGoFirst(t *testing.T) {
	for _, wait := range []bool{true, false} {
		c := newCloud(t)
		c.deployed(wanted())
		c.person("dev", "ana")
		c.person("dev", "bob")
		c.after = func(call string) {
			if call == "DeleteStack" && c.live("dev-cluster").StackStatus == cfn.StackStatusDeleteInProgress && (c.live("dev-cluster-ana-asg") != nil || c.live("dev-cluster-bob-asg") != nil) {
				t.Error("the cluster is deleted under its persons")
			}
		}
		if err := c.destroy("dev", wait); err != nil {
			t.Fatal(err)
		}
		if c.count("DeleteStack") != 3 {
			t.Errorf("got %v", c.writes())
		}
	}
}

func TestAPersonsStackOfAnotherInstallationStopsADestroy(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	s := c.person("dev", "ana")
	s.Tags = nil
	if err := c.destroy("dev", true); !errors.Is(err, sliderule.ErrExists) || !strings.Contains(err.Error(), "dev-cluster-ana-asg") {
		t.Errorf("got %v", err)
	}
	if c.count("DeleteStack") != 0 {
		t.Errorf("got %v", c.writes())
	}
}

// Defects 9 and 13: a deletion that fails is an error that names what held it, and the schedules stay.
func TestDefects9And13AFailedDeletionIsToldAndKeepsItsEnd(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.stack("dev-cluster").holds = 99
	err := c.destroy("dev", true)
	if !errors.Is(err, sliderule.ErrFailed) || !strings.Contains(err.Error(), "Network (AWS::EC2::VPC) DELETE_FAILED: The vpc 'vpc-1' has dependencies") {
		t.Errorf("got %v", err)
	}
	if c.end("dev-cluster").IsZero() || c.count("DeleteStack") != 3 || c.count("DeleteSchedule") != 0 {
		t.Errorf("an end at %s after %v", c.end("dev-cluster"), c.writes())
	}
	c.stack("dev-cluster").holds = 1 // the next run's second attempt goes through
	if err := c.destroy("dev", true); err != nil || !c.end("dev-cluster").IsZero() || len(c.names()) != 0 {
		t.Errorf("got %v", err)
	}
}

func TestDefect13TheSchedulesOutliveAKill(t *testing.T) {
	for kill := 1; ; kill++ {
		c := newCloud(t)
		c.deployed(wanted())
		c.person("dev", "ana")
		ctx, cancel := context.WithCancel(t.Context())
		calls := 0
		c.after = func(string) {
			if calls++; calls == kill {
				cancel()
			}
		}
		_ = c.region().Destroy(ctx, "dev", true) // the fake checks after each call that there is an end
		c.after = nil
		cancel()
		if err := c.destroy("dev", true); err != nil && !errors.Is(err, sliderule.ErrGone) {
			t.Errorf("killed after call %d: %v", kill, err)
		}
		if len(c.names()) != 0 || !c.end("dev-cluster").IsZero() {
			t.Errorf("killed after call %d: left are %v, ending at %s", kill, c.names(), c.end("dev-cluster"))
		}
		if calls < kill {
			return
		}
	}
}

// Defect 7.
func TestDefect7WhatIsMissingIsGone(t *testing.T) {
	c := newCloud(t)
	r := c.region()
	if err := r.Destroy(t.Context(), "dev", true); !errors.Is(err, sliderule.ErrGone) {
		t.Errorf("got %v", err)
	}
	if _, err := r.Extend(t.Context(), "dev", time.Hour); !errors.Is(err, sliderule.ErrGone) || !c.end("dev-cluster").IsZero() {
		t.Errorf("got %v, and an end at %s", err, c.end("dev-cluster"))
	}
	c.deployed(wanted())
	if err := r.Destroy(t.Context(), "dev", false); err != nil || c.end("dev-cluster").IsZero() {
		t.Errorf("got %v, and an end at %s", err, c.end("dev-cluster"))
	}
	if _, err := r.Extend(t.Context(), "dev", time.Hour); !errors.Is(err, sliderule.ErrGone) {
		t.Errorf("got %v", err)
	}
	c.clock.Advance(time.Hour)
	if err := r.Destroy(t.Context(), "dev", true); !errors.Is(err, sliderule.ErrGone) || !c.end("dev-cluster").IsZero() {
		t.Errorf("got %v, and an end at %s", err, c.end("dev-cluster"))
	}
}

func TestADestroyWaitsForAnUpdate(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	if _, err := c.region().Deploy(t.Context(), wanted(nodes(5)), false); err != nil {
		t.Fatal(err)
	}
	if err := c.destroy("dev", false); !errors.Is(err, sliderule.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if err := c.destroy("dev", true); err != nil || len(c.names()) != 0 {
		t.Errorf("got %v", err)
	}
}

func TestADestroyWithoutAFoundationStillDestroys(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted())
	c.schedules["dev-cluster-auto-shutdown-retry"].state = ""
	if err := c.region(func(o *sliderule.Options) { o.Foundation = "gone" }).Destroy(t.Context(), "dev", true); err != nil || len(c.names()) != 0 {
		t.Errorf("got %v, left are %v", err, c.names())
	}
}

func TestAnEarlierLifesEndDoesNotFallOnTheNext(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted(living(15 * time.Minute)))
	if err := c.destroy("dev", false); err != nil {
		t.Fatal(err)
	}
	c.clock.Advance(10 * time.Minute)
	now := c.clock.Now()
	c.deployed(wanted(living(10 * time.Hour)))
	if want := now.Add(10 * time.Hour).Truncate(time.Second); !c.end("dev-cluster").Equal(want) {
		t.Errorf("it ends at %s, want %s", c.end("dev-cluster"), want)
	}
}

// The shipped system tells an end without its year.
func TestDefect8ExtendReplacesTheEnd(t *testing.T) {
	c := newCloud(t)
	c.deployed(wanted(living(10 * time.Hour)))
	for _, ttl := range []time.Duration{time.Hour, 24 * time.Hour, 525600 * time.Minute} {
		c.clock.Advance(time.Minute)
		want := c.clock.Now().Add(ttl).Truncate(time.Second)
		got, err := c.region().Extend(t.Context(), "dev", ttl)
		if err != nil || got.Action != sliderule.Renewed || !got.ExpiresAt.Equal(want) || !c.end("dev-cluster").Equal(want) || got.CurrentNodes != 3 {
			t.Errorf("got %+v, %v", got, err)
		}
		seen, err := c.region().Status(t.Context(), "dev")
		if err != nil || !seen.ExpiresAt.Equal(want) {
			t.Errorf("status says %v, %v", seen, err)
		}
	}
	for _, ttl := range []time.Duration{0, -time.Minute, 14 * time.Minute, 525601 * time.Minute, time.Hour + time.Second} {
		if _, err := c.region().Extend(t.Context(), "dev", ttl); err == nil || !strings.Contains(err.Error(), "time_to_live") {
			t.Errorf("%s: got %v", ttl, err)
		}
	}
}
