package sliderule_test

import (
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
