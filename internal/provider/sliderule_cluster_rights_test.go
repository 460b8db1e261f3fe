package provider_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// The limits of who is logged in hold at plan: their clusters, what is public, how many nodes, and how long. Defects 3
// to 5.
func TestLimitsOfAMemberHoldInThePlan(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	login, err := w.region().Login(t.Context(), sliderule.LoginRequest{Token: w.Env()["SLIDERULE_GITHUB_TOKEN"], GitHubURL: w.GitHubURL, HTTP: http.DefaultClient})
	w.must(err)
	for name, c := range map[string]struct {
		config fields
		want   []string
	}{
		"what they may have":  {small, nil},
		"many nodes":          {small.with("node_capacity", 51), []string{"ERROR", "node_capacity 51 exceeds 50 for organization member"}},
		"many nodes at most":  {small.with("max_nodes", 60), []string{"ERROR", "max_nodes 60 exceeds 50"}},
		"a long life":         {small.with("time_to_live", 721), []string{"ERROR", "time_to_live 721 exceeds 720"}},
		"a public cluster":    {small.with("is_public", true), []string{"ERROR", "is_public"}},
		"another's cluster":   {small.with("cluster", "other"), []string{"ERROR", "other"}},
		"unknown, so far":     {small.with("node_capacity", later{}), nil},
		"the public cluster":  {small.with("cluster", "sliderule-20260101000000"), []string{"ERROR", "sliderule-20260101000000"}},
		"an expensive dev":    {small.with("budget", fields{"limit_usd": 0.5, "start_hours": 24}), []string{"ERROR: The funds do not last", "limit_usd 0.50", "leaves funds for"}},
		"a budget that lasts": {small.with("budget", fields{"limit_usd": 500}), nil},
	} {
		r := w.newRun()
		r.jwt = login.Token
		_, said := r.plan(r.process(), c.config)
		says(t, name, said, c.want...)
	}
	r := w.newRun()
	r.jwt = login.Token
	says(t, "an apply of theirs", r.apply(t.Context(), small))
	if r.has("status") != "running" {
		t.Errorf("it is %s", r.has("status"))
	}
	// An administrator made another's: theirs it is not, to destroy or to change.
	_, err = w.region().Deploy(t.Context(), sliderule.Wanted{Cluster: "other", NodeCapacity: 1, TimeToLive: time.Hour}, true)
	w.must(err)
	says(t, "another's", r.apply(t.Context(), small.with("cluster", "other")), "ERROR")
	if w.acted("DeleteStack") != 0 {
		t.Error("a stack was deleted")
	}
}
