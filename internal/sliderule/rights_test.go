package sliderule_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
)

// verbs are all that can be done to a region, on the cluster dev where they are about one.
var verbs = map[string]func(context.Context, *sliderule.Region) error{
	"deploy": func(ctx context.Context, r *sliderule.Region) error {
		_, err := r.Deploy(ctx, wanted(), true)
		return err
	},
	"check":       func(_ context.Context, r *sliderule.Region) error { return r.Check(wanted()) },
	"check funds": func(ctx context.Context, r *sliderule.Region) error { return r.CheckFunds(ctx, wanted(costing(5000))) },
	"extend": func(ctx context.Context, r *sliderule.Region) error {
		_, err := r.Extend(ctx, "dev", time.Hour)
		return err
	},
	"status":  func(ctx context.Context, r *sliderule.Region) error { _, err := r.Status(ctx, "dev"); return err },
	"list":    func(ctx context.Context, r *sliderule.Region) error { _, err := r.List(ctx); return err },
	"destroy": func(ctx context.Context, r *sliderule.Region) error { return r.Destroy(ctx, "dev", true) },
	"ensure foundation": func(ctx context.Context, r *sliderule.Region) error {
		_, err := r.EnsureFoundation(ctx, foundation())
		return err
	},
	"read foundation": func(ctx context.Context, r *sliderule.Region) error {
		_, err := r.ReadFoundation(ctx, "base")
		return err
	},
	"list foundations": func(ctx context.Context, r *sliderule.Region) error { _, err := r.ListFoundations(ctx); return err },
	"remove foundation": func(ctx context.Context, r *sliderule.Region) error {
		return r.RemoveFoundation(ctx, "base")
	},
}

// No verb has a way around the table, and none asks AWS first.
func TestEveryVerbAsksTheTable(t *testing.T) {
	all := []string{"deploy", "check", "check funds", "extend", "status", "list", "destroy", "ensure foundation", "read foundation", "list foundations", "remove foundation"}
	own := []string{"deploy", "check", "check funds", "extend", "status", "destroy"}
	seeing := []string{"read foundation", "list foundations"}
	affiliated := access.Caller{Account: "bob", Level: access.OrganizationMember, Clusters: []string{"dev"}, Affiliate: true}
	stranger := access.Caller{Account: "eve", Level: access.OrganizationMember, Clusters: []string{"eve", "dev-two", "de"}}
	for name, what := range map[string]struct {
		caller access.Caller
		may    []string
	}{
		"administrator":           {administrator, all},
		"member":                  {ana, slices.Concat(own, seeing, []string{"list"})},
		"affiliate":               {affiliated, slices.Concat(own, seeing)},
		"member of other teams":   {stranger, slices.Concat(seeing, []string{"list"})},
		"guest":                   {access.Caller{Account: "guest", Level: access.GitHubMember}, nil},
		"nobody":                  {access.Caller{}, nil},
		"a level that is unknown": {access.Caller{Level: access.Administrator + 1}, nil},
	} {
		for verb, do := range verbs {
			c := newCloud(t)
			err := do(t.Context(), c.region(func(o *sliderule.Options) { o.Caller = &what.caller }))
			var refusal *access.Refusal
			refused := errors.As(err, &refusal)
			if may := slices.Contains(what.may, verb); refused == may {
				t.Errorf("%s, %s: got %v", name, verb, err)
			}
			if refused && (len(c.calls) != 0 || refusal.Reason == "") {
				t.Errorf("%s, %s: AWS was asked %v", name, verb, c.calls)
			}
		}
	}
}
