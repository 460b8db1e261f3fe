package google_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/dataproc/v1"
	notebooksv2 "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestQuotasAreOfAMinute(t *testing.T) {
	p := open(t, google.Options{RateLimits: true}) // the clock stands at five seconds past
	for i := range 60 {
		p.create(fmt.Sprintf("i%d", i), personal("ann@example.com"))
	}
	_, err := p.instances.Create(inZone, personal("ann@example.com")).InstanceId("one-more").Do()
	e := refusal(t, err, 429, "RESOURCE_EXHAUSTED", "Quota exceeded")
	if got := e.Header.Get("Retry-After"); got != "55" || len(e.Details) != 1 {
		t.Errorf("Retry-After is %q, details %v", got, e.Details)
	}
	p.must(second(p.instances.List(inZone).Do())) // reading is free
	p.AddProject("other", 42)
	p.must(second(p.instances.Create("projects/other/locations/us-central1-a", personal("ann@example.com")).InstanceId("ann").Do()))
	p.clock.Advance(55 * time.Second)
	p.create("one-more", personal("ann@example.com"))
}

func TestDataprocCountsClustersOfARegion(t *testing.T) {
	p := open(t, google.Options{RateLimits: true})
	stop := func(region string) error {
		return second(p.clusters.Stop("acme", region, "none", &dataproc.StopClusterRequest{}).Do())
	}
	for range 200 {
		refused(t, stop("us-central1"), 404, "NOT_FOUND", "")
	}
	refused(t, stop("us-central1"), 429, "RESOURCE_EXHAUSTED", "Cluster")
	refused(t, stop("europe-west1"), 404, "NOT_FOUND", "")
	p.must(second(p.createTemplate(template()))) // no cluster
}

func TestNoQuotasUnlessAsked(t *testing.T) {
	p := open(t, google.Options{})
	for i := range 70 {
		p.create(fmt.Sprintf("i%d", i), personal("ann@example.com"))
	}
}

// TestManyAtOnce is for the race detector.
func TestManyAtOnce(t *testing.T) {
	p := open(t, google.Options{})
	seed(p.Fake, "us-central1-a", 20)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			name := inZone + fmt.Sprintf("/instances/i%03d", worker)
			for range 20 {
				_, _ = p.patch(name, "labels", &notebooksv2.Instance{Labels: map[string]string{"a": "b"}})
				_, _ = p.instances.List(inZone).Do()
				_ = p.Edit(google.Workbench, name, map[string]any{"labels": map[string]any{"x": "y"}})
				_, _ = p.ops.List(inZone).Do()
				_, _ = p.control("GET", "/objects", "")
				p.Behave(func(b *google.Behaviours) { b.HideOwner = !b.HideOwner })
				p.clock.Advance(time.Second)
			}
		})
	}
	all.Wait()
	if got := len(p.Workbenches()); got != 20 {
		t.Errorf("%d instances are left", got)
	}
}
