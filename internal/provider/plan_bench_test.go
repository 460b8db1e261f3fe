package provider_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// BenchmarkNoOpPlan is what one person costs the provider in a plan that changes nothing: the four calls that Terraform
// makes, with the cluster's answer at hand.
func BenchmarkNoOpPlan(b *testing.B) {
	w := newWorld(b)
	p := newProtocol(b, w)
	of := p.schemas.ResourceSchemas[clusterType].ValueType()
	set := map[string]tftypes.Value{
		"user_email": text("ana.diaz@example.com"), "defaults_json": text(settings), "warm_up": tftypes.NewValue(tftypes.Bool, false),
	}
	config := p.dynamic(object(of, set))
	null := p.dynamic(tftypes.NewValue(of, nil))
	ctx := context.Background()
	unknown := func(name string) { set[name] = tftypes.NewValue(attribute(of, name), tftypes.UnknownValue) }
	for _, name := range []string{"name", "cluster_id", "outcome", "managed", "state", "warm_up_status", "libraries", "url", "notified_at", "owner_level", "on_existing", "on_destroy"} {
		unknown(name)
	}
	plan, err := p.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: clusterType, PriorState: null, ProposedNewState: p.dynamic(object(of, set)), Config: config})
	if err != nil || len(plan.Diagnostics) > 0 {
		b.Fatal(err, plan.Diagnostics)
	}
	made, err := p.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: clusterType, PriorState: null, PlannedState: plan.PlannedState, Config: config})
	if err != nil || len(made.Diagnostics) > 0 {
		b.Fatal(err, made.Diagnostics)
	}
	w.settled()
	b.ReportAllocs()
	b.RunParallel(func(each *testing.PB) {
		for each.Next() {
			if _, err := p.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: clusterType, Config: config}); err != nil {
				b.Error(err)
			}
			read, err := p.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: clusterType, CurrentState: made.NewState, Private: made.Private})
			if err != nil || len(read.Diagnostics) > 0 {
				b.Error(err, read.Diagnostics)
			}
			reply, err := p.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: clusterType, PriorState: read.NewState, ProposedNewState: read.NewState, Config: config, PriorPrivate: read.Private})
			if err != nil || len(reply.Diagnostics) > 0 {
				b.Error(err, reply.Diagnostics)
			}
		}
	})
}
