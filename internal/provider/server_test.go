package provider_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
)

// Whatever the server answers by itself must be what the framework would have answered.
func TestShortPlansAreTheFrameworks(t *testing.T) { //nolint:tparallel // the cases share two servers
	t.Parallel()
	w := newWorld(t)
	short := newProtocol(t, w)
	long := protocolOf(t, w, providerserver.NewProtocol6(provider.New("0.0.0-test")())())
	of := short.schemas.ResourceSchemas[clusterType].ValueType()
	null := func(name string) tftypes.Value { return tftypes.NewValue(attribute(of, name), nil) }
	no := tftypes.NewValue(tftypes.Bool, false)

	for name, c := range map[string]struct {
		state, config map[string]tftypes.Value
		settled       bool
	}{
		"nothing differs":                   {settled: true},
		"all is configured":                 {config: map[string]tftypes.Value{"name": text("single-user-ana-diaz-6idqd22h"), "owner_level": text("CAN_RESTART")}, settled: true},
		"a name is configured":              {state: map[string]tftypes.Value{"name": text("mine")}, config: map[string]tftypes.Value{"name": text("mine")}, settled: true},
		"somebody else's":                   {state: map[string]tftypes.Value{"managed": no, "outcome": text("no_action")}, settled: true},
		"running":                           {state: map[string]tftypes.Value{"state": text("RUNNING")}, settled: true},
		"a name is configured no more":      {state: map[string]tftypes.Value{"name": text("mine")}},
		"a level is configured no more":     {state: map[string]tftypes.Value{"owner_level": text("CAN_MANAGE")}},
		"no warm-up is configured no more":  {state: map[string]tftypes.Value{"warm_up": no, "warm_up_status": text("not_requested")}},
		"adoption is configured no more":    {state: map[string]tftypes.Value{"on_existing": text("adopt")}},
		"a removal is configured no more":   {state: map[string]tftypes.Value{"on_destroy": text("stop")}},
		"the warm-up failed":                {state: map[string]tftypes.Value{"outcome": text("failed"), "warm_up_status": text("failed")}},
		"the warm-up was interrupted":       {state: map[string]tftypes.Value{"warm_up_status": text("interrupted")}},
		"purged":                            {state: map[string]tftypes.Value{"state": text("PURGED")}},
		"to be taken back":                  {state: map[string]tftypes.Value{"managed": no, "on_existing": text("adopt")}, config: map[string]tftypes.Value{"on_existing": text("adopt")}},
		"a level vanished from the cluster": {state: map[string]tftypes.Value{"owner_level": null("owner_level")}},
	} {
		t.Run(name, func(t *testing.T) {
			set := map[string]tftypes.Value{
				"user_email": text("ana.diaz@example.com"), "defaults_json": text(settings), "name": text("single-user-ana-diaz-6idqd22h"),
				"owner_level": text("CAN_RESTART"), "warm_up": tftypes.NewValue(tftypes.Bool, true), "on_existing": text("no_action"), "on_destroy": text("delete"),
				"cluster_id": text("0101-120000-abcd1234"), "outcome": text("created"), "managed": tftypes.NewValue(tftypes.Bool, true), "state": text("TERMINATED"),
				"warm_up_status": text("succeeded"), "url": text("https://x"), "libraries": tftypes.NewValue(attribute(of, "libraries"), []tftypes.Value{}),
			}
			for k, v := range c.state {
				set[k] = v
			}
			configured := map[string]tftypes.Value{"user_email": set["user_email"], "defaults_json": set["defaults_json"]}
			for k, v := range c.config {
				configured[k] = v
			}
			state := short.dynamic(object(of, set))
			req := &tfprotov6.PlanResourceChangeRequest{TypeName: clusterType, PriorState: state, ProposedNewState: state, Config: short.dynamic(object(of, configured))}
			want, err := long.PlanResourceChange(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := short.PlanResourceChange(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.PlannedState.MsgPack, want.PlannedState.MsgPack) || !bytes.Equal(got.PlannedPrivate, want.PlannedPrivate) ||
				len(got.Diagnostics) != len(want.Diagnostics) || len(got.RequiresReplace) != len(want.RequiresReplace) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if changes := !bytes.Equal(want.PlannedState.MsgPack, state.MsgPack); changes == c.settled {
				t.Errorf("changes: %v, so this case is not what it says", changes)
			}
			if answered := got.PlannedState == req.PriorState; answered != c.settled {
				t.Errorf("answered by itself: %v, want %v", answered, c.settled)
			}
		})
	}
}

// A stored state must come out as the framework would have handed it on, for every type that the server knows.
func TestStoredStatesAreTheFrameworks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	short := newProtocol(t, w)
	long := protocolOf(t, w, providerserver.NewProtocol6(provider.New("0.0.0-test")())())
	for name, schema := range short.schemas.ResourceSchemas {
		if schema.Version != 0 {
			t.Errorf("%s has version %d: the server's schemaVersion has to follow", name, schema.Version)
		}
		stored := `{"user_email":"ana.diaz@example.com","an_attribute_of_an_older_release":true}`
		if name == "provisioner_google_foundation" {
			stored = `{"project":"data-access"}`
		}
		for what, version := range map[string]int64{stored: 0, "{": 0, `{"user_email":7}`: 0, `{}`: 1} {
			req := &tfprotov6.UpgradeResourceStateRequest{TypeName: name, Version: version, RawState: &tfprotov6.RawState{JSON: []byte(what)}}
			want, err := long.UpgradeResourceState(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			got, err := short.UpgradeResourceState(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Diagnostics) != len(want.Diagnostics) || (got.UpgradedState == nil) != (want.UpgradedState == nil) ||
				got.UpgradedState != nil && !bytes.Equal(got.UpgradedState.MsgPack, want.UpgradedState.MsgPack) {
				t.Errorf("%s, %s: got %+v, want %+v", name, what, got, want)
			}
		}
	}
}
