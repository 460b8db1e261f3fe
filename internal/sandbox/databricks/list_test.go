package databricks_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

func (w *workspace) list(request compute.ListClustersRequest) (names []string) {
	w.t.Helper()
	all, err := w.clusters.ListAll(w.t.Context(), request)
	w.must(err)
	for _, c := range all {
		if c.Spec != nil {
			w.t.Errorf("%s has a spec in a list", c.ClusterName)
		}
		names = append(names, c.ClusterName)
	}
	return names
}

func (w *workspace) seedMany(count int) {
	for i := range count {
		w.Seed(compute.CreateCluster{ClusterName: fmt.Sprintf("c%04d", i), SparkVersion: "15.4.x-scala2.12", NumWorkers: 1}, "someone@example.com")
	}
}

func TestListPages(t *testing.T) {
	w := open(t, databricks.Options{})
	w.seedMany(205)
	for _, size := range []int{0, 7, 100} {
		names := w.list(compute.ListClustersRequest{PageSize: size})
		if len(names) != 205 || !slices.IsSorted(names) || len(slices.Compact(names)) != 205 {
			t.Errorf("pages of %d: got %d names, %v", size, len(names), names)
		}
	}
	status, reply, _ := w.send("GET", "/api/2.1/clusters/list", "")
	if status != 200 || strings.Count(reply, `"cluster_id"`) != 20 {
		t.Errorf("a page has 20 by default, got %d %s", status, reply)
	}
	var page compute.ListClustersResponse
	for _, step := range []struct{ token, first string }{{"", "c0000"}, {"next", "c0100"}, {"prev", "c0000"}} {
		token := map[string]string{"next": page.NextPageToken, "prev": page.PrevPageToken}[step.token]
		_, reply, _ := w.send("GET", "/api/2.1/clusters/list?page_size=100&page_token="+token, "")
		if err := json.Unmarshal([]byte(reply), &page); err != nil || page.Clusters[0].ClusterName != step.first {
			t.Errorf("the %s page begins with %+v, %v", step.token, page.Clusters[0], err)
		}
	}
	for _, query := range []string{"page_size=101", "page_size=x", "page_token=x", "filter_by.cluster_states=UP", "filter_by.cluster_sources=ME", "filter_by.is_pinned=1", "sort_by.field=AGE", "sort_by.direction=UP"} {
		status, reply, _ := w.send("GET", "/api/2.1/clusters/list?"+query, "")
		wantBody(t, status, reply, 400, "INVALID_PARAMETER_VALUE", "Invalid ")
	}
}

func TestPagesSkipNothingWhenClustersChangeInBetween(t *testing.T) {
	w := open(t, databricks.Options{})
	w.seedMany(30)
	var names []string
	for pages := w.clusters.List(t.Context(), compute.ListClustersRequest{PageSize: 10}); pages.HasNext(t.Context()); {
		c, err := pages.Next(t.Context())
		w.must(err)
		names = append(names, c.ClusterName)
		if len(names) == 5 {
			w.must(w.start(w.Clusters()[29].ClusterId)) // an active cluster sorts first
			w.must(w.clusters.PermanentDeleteByClusterId(t.Context(), w.Clusters()[28].ClusterId))
		}
	}
	if len(names) != 29 || !slices.Contains(names, "c0029") || slices.Contains(names, "c0028") {
		t.Errorf("got %d: %v", len(names), names)
	}
}

func TestListFiltersAndOrders(t *testing.T) {
	w := open(t, databricks.Options{})
	w.SetPolicy(compute.Policy{PolicyId: "P", Name: "p"})
	seed := func(name, policy string) string {
		return w.Seed(compute.CreateCluster{ClusterName: name, SparkVersion: "15.4.x-scala2.12", NumWorkers: 1, PolicyId: policy}, "someone@example.com")
	}
	seed("a", "")
	seed("job-1-run-2", "P")
	pinned := seed("z", "P")
	w.must(w.clusters.PinByClusterId(t.Context(), pinned))
	up := personal("up@example.com")
	up.ClusterName = "y"
	w.running(up)

	filter := func(f compute.ListClustersFilterBy) compute.ListClustersRequest {
		return compute.ListClustersRequest{FilterBy: &f}
	}
	byName := compute.ListClustersRequest{SortBy: &compute.ListClustersSortBy{Field: compute.ListClustersSortByFieldClusterName, Direction: compute.ListClustersSortByDirectionDesc}}
	cases := []struct {
		request compute.ListClustersRequest
		want    string
	}{
		{compute.ListClustersRequest{}, "[y z a job-1-run-2]"},
		{byName, "[z y job-1-run-2 a]"},
		{filter(compute.ListClustersFilterBy{IsPinned: true}), "[z]"},
		{filter(compute.ListClustersFilterBy{PolicyId: "P"}), "[z job-1-run-2]"},
		{filter(compute.ListClustersFilterBy{ClusterSources: []compute.ClusterSource{"API", "UI"}}), "[y z a]"},
		{filter(compute.ListClustersFilterBy{ClusterStates: []compute.State{compute.StateRunning}}), "[y]"},
		{filter(compute.ListClustersFilterBy{ClusterStates: []compute.State{compute.StateError}}), "[]"},
	}
	for _, c := range cases {
		if got := fmt.Sprint(w.list(c.request)); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.request.FilterBy, got, c.want)
		}
	}
}

func TestListLagsBehindCreate(t *testing.T) {
	w := open(t, databricks.Options{})
	w.HideFromList(10 * time.Second)
	w.wantState(w.create(personal("ana@example.com")), compute.StatePending)
	w.clock.Advance(9 * time.Second)
	if names := w.list(compute.ListClustersRequest{}); len(names) != 0 {
		t.Errorf("got %v", names)
	}
	w.clock.Advance(time.Second)
	if names := w.list(compute.ListClustersRequest{}); len(names) != 1 {
		t.Errorf("got %v", names)
	}
}

// BenchmarkListThousand lists a workspace of 1,000 clusters, ten pages at a time.
func BenchmarkListThousand(b *testing.B) {
	fake := databricks.New(databricks.Options{})
	for i := range 1000 {
		fake.Seed(personal(fmt.Sprintf("p%d@example.com", i)), "someone@example.com")
	}
	b.ReportAllocs()
	for b.Loop() {
		pages, token := 0, ""
		for more := true; more; pages++ {
			token, more = nextPage(b.Context(), fake, token)
		}
		if pages != 10 {
			b.Fatalf("%d pages", pages)
		}
	}
}

// BenchmarkGet reads one cluster of 1,000.
func BenchmarkGet(b *testing.B) {
	fake := databricks.New(databricks.Options{})
	var id string
	for i := range 1000 {
		id = fake.Seed(personal(fmt.Sprintf("p%d@example.com", i)), "someone@example.com")
	}
	for b.Loop() {
		if reply := serve(b.Context(), fake, "GET", "/api/2.1/clusters/get?cluster_id="+id, ""); reply.Code != 200 {
			b.Fatal(reply.Body)
		}
	}
}

// BenchmarkCreate creates clusters one after another.
func BenchmarkCreate(b *testing.B) {
	fake := databricks.New(databricks.Options{})
	for b.Loop() {
		if reply := serve(b.Context(), fake, "POST", "/api/2.1/clusters/create", `{"spark_version":"15.4.x-scala2.12","kind":"CLASSIC_PREVIEW","is_single_node":true,"data_security_mode":"SINGLE_USER","single_user_name":"a@b.c"}`); reply.Code != 200 {
			b.Fatal(reply.Body)
		}
	}
}
