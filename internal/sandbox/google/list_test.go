package google_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"google.golang.org/api/dataproc/v1"
	notebooksv2 "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// seed makes n instances named i000, i001, ... in a zone.
func seed(f *google.Fake, zone string, n int) {
	for i := range n {
		name := fmt.Sprintf("projects/acme/locations/%s/instances/i%03d", zone, i)
		if err := f.Seed(google.Workbench, name, map[string]any{"labels": map[string]any{"n": fmt.Sprint(i)}}, ""); err != nil {
			panic(err)
		}
	}
}

func ids(all []*notebooksv2.Instance) []string {
	var last []string
	for _, i := range all {
		last = append(last, i.Name[strings.LastIndex(i.Name, "/")+1:])
	}
	return last
}

func TestListsComeInPages(t *testing.T) {
	p := open(t, google.Options{})
	seed(p.Fake, "us-central1-a", 60)
	seed(p.Fake, "us-central1-b", 2)

	first, err := p.instances.List(inZone).Do()
	p.must(err)
	if len(first.Instances) != 50 || first.NextPageToken == "" {
		t.Errorf("got %d, then %q", len(first.Instances), first.NextPageToken)
	}
	p.must(p.Remove(google.Workbench, inZone+"/instances/i049")) // where the page ended
	p.must(p.Remove(google.Workbench, inZone+"/instances/i003"))
	rest, err := p.instances.List(inZone).PageToken(first.NextPageToken).Do()
	p.must(err)
	if got := ids(rest.Instances); len(got) != 10 || got[0] != "i050" || rest.NextPageToken != "" {
		t.Errorf("got %v, then %q", got, rest.NextPageToken)
	}
	exact, err := p.instances.List(inZone).PageSize(58).Do()
	if err != nil || len(exact.Instances) != 58 || exact.NextPageToken != "" {
		t.Errorf("a page that holds all has a successor: %v", err)
	}

	var pages, total int
	p.must(p.instances.List("projects/acme/locations/-").PageSize(7).Pages(t.Context(), func(page *notebooksv2.ListInstancesResponse) error {
		pages++
		total += len(page.Instances)
		return nil
	}))
	if pages != 9 || total != 60 {
		t.Errorf("%d pages with %d instances of two zones", pages, total)
	}
	if empty, err := p.instances.List("projects/acme/locations/us-central1-f").Do(); err != nil || len(empty.Instances) != 0 {
		t.Errorf("got %+v %v", empty, err)
	}
}

func TestListsBackwards(t *testing.T) {
	p := open(t, google.Options{})
	seed(p.Fake, "us-central1-a", 5)
	var all []string
	p.must(p.instances.List(inZone).OrderBy("name desc").PageSize(2).Pages(t.Context(), func(page *notebooksv2.ListInstancesResponse) error {
		all = append(all, ids(page.Instances)...)
		return nil
	}))
	if !slices.Equal(all, []string{"i004", "i003", "i002", "i001", "i000"}) {
		t.Errorf("got %v", all)
	}
	first, err := p.instances.List(inZone).OrderBy("name desc").PageSize(2).Do()
	p.must(err)
	_, err = p.instances.List(inZone).PageSize(2).PageToken(first.NextPageToken).Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "page token")
	_, err = p.instances.List("projects/acme/locations/-").OrderBy("name desc").PageToken(first.NextPageToken).Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "page token")
	_, err = p.instances.List(inZone).PageToken(base64.RawURLEncoding.EncodeToString([]byte("x"))).Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "page token")
}

func TestAPlaceThatDoesNotAnswer(t *testing.T) {
	p := open(t, google.Options{})
	seed(p.Fake, "us-central1-a", 3)
	seed(p.Fake, "us-central1-b", 3)
	p.Behave(func(b *google.Behaviours) { b.Unreachable = []string{"us-central1-b"} })
	var names, unreachable []string
	p.must(p.instances.List("projects/acme/locations/-").PageSize(2).Pages(t.Context(), func(page *notebooksv2.ListInstancesResponse) error {
		if len(page.Instances) > 0 && len(page.Unreachable) > 0 {
			t.Error("a page holds both instances and unreachable places")
		}
		names, unreachable = append(names, ids(page.Instances)...), append(unreachable, page.Unreachable...)
		return nil
	}))
	if len(names) != 3 || !slices.Equal(unreachable, []string{"projects/acme/locations/us-central1-b"}) {
		t.Errorf("got %v %v", names, unreachable)
	}
	there, err := p.instances.List("projects/acme/locations/us-central1-b").Do()
	if err != nil || len(there.Instances) != 0 || len(there.Unreachable) != 1 {
		t.Errorf("got %+v %v", there, err)
	}
	_, err = p.instances.Get("projects/acme/locations/us-central1-b/instances/i000").Do()
	refused(t, err, 503, "UNAVAILABLE", "us-central1-b")
	_, err = p.instances.Create("projects/acme/locations/us-central1-b", personal("ann@example.com")).InstanceId("x").Do()
	refused(t, err, 503, "UNAVAILABLE", "us-central1-b")
	old, err := p.legacy.List("projects/acme/locations/-").Do()
	if err != nil || !slices.Equal(old.Unreachable, []string{"us-central1-b"}) {
		t.Errorf("v1 got %+v %v", old, err)
	}
	p.Behave(func(b *google.Behaviours) { b.Unreachable = []string{"us-central1"} })
	_, err = p.clusters.List("acme", "us-central1").Do()
	refused(t, err, 503, "UNAVAILABLE", "us-central1")
}

func TestDataprocListsHaveNoWildcard(t *testing.T) {
	p := open(t, google.Options{})
	_, err := p.clusters.List("acme", "-").Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "region")
	_, err = p.templates.List("projects/acme/locations/-").Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "region")

	for i := range 201 {
		p.must(p.Seed(google.Cluster, fmt.Sprintf("projects/acme/regions/us-central1/clusters/c%03d", i), nil, ""))
	}
	var sizes []int
	p.must(p.clusters.List("acme", "us-central1").Pages(t.Context(), func(page *dataproc.ListClustersResponse) error {
		sizes = append(sizes, len(page.Clusters))
		return nil
	}))
	if !slices.Equal(sizes, []int{200, 1}) {
		t.Errorf("pages of %v", sizes)
	}
}

// BenchmarkListOfAThousand is one page with all of them, a few milliseconds at most.
func BenchmarkListOfAThousand(b *testing.B) {
	clock := awaittest.New()
	fake, err := google.New(google.Options{Clock: clock, Project: "acme"})
	if err != nil {
		b.Fatal(err)
	}
	seed(fake, "us-central1-a", 1000)
	for b.Loop() {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/notebooks/v2/"+inZone+"/instances?pageSize=1000", http.NoBody)
		request.Header.Set("Authorization", "Bearer t")
		reply := httptest.NewRecorder()
		fake.ServeHTTP(reply, request)
		if reply.Code != http.StatusOK || strings.Count(reply.Body.String(), `"gceSetup"`) != 1000 {
			b.Fatal(reply.Code, reply.Body.Len())
		}
	}
}
