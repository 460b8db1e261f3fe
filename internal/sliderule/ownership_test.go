package sliderule_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func TestSomebodyElsesStackIsNeverTouched(t *testing.T) {
	for _, owner := range []string{"", "another"} {
		c := newCloud(t)
		c.add("dev-cluster", owner, nil)
		r := c.region()
		_, err := r.Deploy(t.Context(), wanted(), true)
		_, extendErr := r.Extend(t.Context(), "dev", time.Hour)
		for _, err := range []error{err, extendErr, r.Destroy(t.Context(), "dev", true)} {
			if !errors.Is(err, sliderule.ErrExists) || !strings.Contains(err.Error(), owner) {
				t.Errorf("got %v", err)
			}
		}
		if got := c.writes(); len(got) != 0 {
			t.Errorf("got %v", got)
		}
		seen, err := r.Status(t.Context(), "dev")
		if err != nil || seen.Managed || seen.ManagedBy != owner {
			t.Errorf("got %+v, %v", seen, err)
		}
		if list, err := r.List(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("got %v, %v", list, err)
		}
	}
}

func TestAClusterNeedsAFoundationOfItsOwn(t *testing.T) {
	c := newCloud(t)
	_, err := c.region(func(o *sliderule.Options) { o.Foundation = "elsewhere" }).Deploy(t.Context(), wanted(), true)
	if !errors.Is(err, sliderule.ErrNoFoundation) || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("got %v", err)
	}
	c.add("theirs", "another", foundationOutputs())
	_, err = c.region(func(o *sliderule.Options) { o.Foundation = "theirs" }).Deploy(t.Context(), wanted(), true)
	if !errors.Is(err, sliderule.ErrExists) || !strings.Contains(err.Error(), "may not end clusters") {
		t.Errorf("got %v", err)
	}
	c.add("empty", installation, nil)
	_, err = c.region(func(o *sliderule.Options) { o.Foundation = "empty" }).Deploy(t.Context(), wanted(), true)
	if !errors.Is(err, sliderule.ErrNoFoundation) {
		t.Errorf("got %v", err)
	}
	if got := c.writes(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// The role of a foundation's stacks makes records below its domain alone.
func TestADomainThatIsNotTheFoundationsIsRefused(t *testing.T) {
	c := newCloud(t)
	under := func(domain string) *sliderule.Region {
		return c.region(func(o *sliderule.Options) { o.Domain = domain })
	}
	for _, domain := range []string{"example.com", "badexample.org", "org", "example.org.example.com"} {
		r := under(domain)
		_, err := r.Deploy(t.Context(), wanted(), true)
		for _, err := range []error{err, r.CheckFoundation(t.Context())} {
			if !errors.Is(err, sliderule.ErrDomain) || !strings.Contains(err.Error(), "sliderule.domain is "+domain+", and the foundation's domain is example.org") ||
				!strings.Contains(err.Error(), "leave sliderule.domain out, or set it to example.org or a domain below that") {
				t.Errorf("got %v", err)
			}
		}
	}
	if got := c.writes(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	for _, domain := range []string{"", "example.org", "example.org:8443", "Example.org", "lab.example.org", "a.lab.example.org:443"} {
		if err := under(domain).CheckFoundation(t.Context()); err != nil {
			t.Errorf("%s: %v", domain, err)
		}
	}
	if made, err := under("lab.example.org").Deploy(t.Context(), wanted(), true); err != nil || made.Endpoint != "https://dev.lab.example.org" {
		t.Errorf("got %+v, %v", made, err)
	}
	if err := c.region(func(o *sliderule.Options) { o.Foundation = "elsewhere" }).CheckFoundation(t.Context()); !errors.Is(err, sliderule.ErrNoFoundation) {
		t.Errorf("got %v", err)
	}
}

// A cluster says whose it is, whoever changes it later.
func TestAClusterIsItsMakers(t *testing.T) {
	c := newCloud(t)
	if _, err := c.region(func(o *sliderule.Options) { o.Caller = &ana }).Deploy(t.Context(), wanted(), true); err != nil {
		t.Fatal(err)
	}
	c.deployed(wanted(func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 80 }))
	if owner := tagOf(c.stack("dev-cluster").Stack, "provisioner_owner"); owner != "ana" {
		t.Errorf("it is %q's", owner)
	}
	c.deployed(wanted(called("two")))
	s := c.stack("two-cluster")
	if owner := tagOf(s.Stack, "provisioner_owner"); owner != "administrator" {
		t.Errorf("it is %q's", owner)
	}
	for i, tag := range s.Tags { // of an older release
		if *tag.Key == "provisioner_owner" {
			s.Tags = append(s.Tags[:i:i], s.Tags[i+1:]...)
			break
		}
	}
	c.deployed(wanted(called("two"), func(w *sliderule.Wanted) { w.Nodes.VolumeGB = 80 }))
	for _, tag := range c.stack("two-cluster").Tags {
		if *tag.Key == "provisioner_owner" {
			t.Errorf("nobody knows whose it is, and it says %q", *tag.Value)
		}
	}
}

// Whoever waits for another operation of the same run may leave, and has not begun anything.
func TestATurnThatIsWaitedForCanBeLeft(t *testing.T) {
	c := newCloud(t)
	r := c.region()
	for name, do := range map[string]func(context.Context) error{
		"deploy":  func(ctx context.Context) error { _, err := r.Deploy(ctx, wanted(), true); return err },
		"extend":  func(ctx context.Context) error { _, err := r.Extend(ctx, "dev", time.Hour); return err },
		"destroy": func(ctx context.Context) error { return r.Destroy(ctx, "dev", true) },
		"ensure foundation": func(ctx context.Context) error {
			_, err := r.EnsureFoundation(ctx, foundation(func(w *sliderule.FoundationWanted) { w.Name = "dev-basis" }))
			return err
		},
		"remove foundation": func(ctx context.Context) error { return r.RemoveFoundation(ctx, "dev-basis") },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		waited := false
		c.meanwhile("DescribeStacks", func() { // in the middle of the first, the second waits
			waited = true
			cancel()
			if err := do(ctx); !errors.Is(err, sliderule.ErrInterrupted) || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "has not ended") {
				t.Errorf("%s: got %v", name, err)
			}
		})
		_ = do(t.Context())
		c.during = nil
		if !waited {
			t.Errorf("%s: nothing was waited for", name)
		}
		cancel()
	}
}
