package provider_test

import (
	"bytes"
	"context"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

var notebookIdentity = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String, "environment": tftypes.String}}

func (w *notebookWorld) protocol() *protocol { return googleProtocolOf(w.t, w.world, w.server()) }

func (p *protocol) listNotebooks(limit int64, whole bool, set map[string]tftypes.Value) []tfprotov6.ListResourceResult {
	p.t.Helper()
	of := p.schemas.ListResourceSchemas[notebookType].ValueType()
	stream, err := p.ListResource(context.Background(), &tfprotov6.ListResourceRequest{TypeName: notebookType, Config: p.dynamic(object(of, set)), Limit: limit, IncludeResource: whole})
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.Collect(stream.Results)
}

func (w *notebookWorld) seedOurs(name, email, label string) {
	w.t.Helper()
	w.must(w.Google.Seed(fake.Workbench, name, map[string]any{
		"instanceOwners": []string{email}, "enableManagedEuc": true, "labels": map[string]any{"provisioner_owner": label, "provisioner_managed_by": "default", "team": "data"},
		"gceSetup": map[string]any{"machineType": "e2-standard-4"},
	}, ""))
}

func TestListOfNotebooks(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.seedOurs(inZone+"a", "ana@example.com", "ana")
	w.seedOurs(inZone+"b", "bob@example.com", "bob")
	w.seedOurs(strings.Replace(inZone, "-a/", "-b/", 1)+"c", "cyd@example.com", "cyd")
	w.must(w.Google.Seed(fake.Workbench, inZone+"theirs", theirs, ""))
	p := w.protocol()

	all := p.listNotebooks(0, true, nil)
	if len(all) != 3 {
		t.Fatalf("%d results, want the three that are ours: %+v", len(all), all)
	}
	of := p.schemas.ResourceSchemas[notebookType].ValueType()
	for i, email := range []string{"ana@example.com", "bob@example.com", "cyd@example.com"} {
		id := p.field(all[i].Identity.IdentityData, notebookIdentity, "id")
		if len(all[i].Diagnostics) > 0 || id == "" || p.field(all[i].Resource, of, "id") != id || p.field(all[i].Resource, of, "user_email") != email ||
			p.field(all[i].Identity.IdentityData, notebookIdentity, "environment") != "workbench" {
			t.Errorf("result %d is %+v", i, all[i])
		}
	}
	if bare := p.listNotebooks(0, false, nil); len(bare) != 3 || bare[0].Resource != nil {
		t.Errorf("without the resource: %+v", bare)
	}
	if two := p.listNotebooks(2, false, nil); len(two) != 2 {
		t.Errorf("%d results over a limit of two", len(two))
	}
	if bob := p.listNotebooks(0, false, map[string]tftypes.Value{"user_email": text("Bob@example.com")}); len(bob) != 1 || bob[0].DisplayName != "bob@example.com (b in us-central1-a)" {
		t.Errorf("Bob's: %+v", bob)
	}
	if there := p.listNotebooks(0, false, map[string]tftypes.Value{"location": text("us-central1-b")}); len(there) != 1 {
		t.Errorf("in one zone: %+v", there)
	}
	if none := p.listNotebooks(0, false, map[string]tftypes.Value{"environment": text("managed")}); len(none) != 0 {
		t.Errorf("managed ones: %+v", none)
	}
}

// An incomplete list is an error, and never a shorter list.
func TestAnIncompleteListOfNotebooks(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(*notebookWorld){
		"a refusal": func(w *notebookWorld) {
			w.must(w.Wire.AddFault(wire.Fault{Vendor: "google", Method: "GET", Path: "/notebooks/v2/*", Kind: wire.Status, Status: 403, Times: -1}))
		},
		"an unreachable zone": func(w *notebookWorld) {
			w.Google.Behave(func(b *fake.Behaviours) { b.Unreachable = []string{"us-central1-b"} })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			w.seedOurs(inZone+"a", "ana@example.com", "ana")
			arrange(w)
			all := w.protocol().listNotebooks(0, false, nil)
			if len(all) != 1 || len(all[0].Diagnostics) != 1 || all[0].Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
				t.Errorf("an error reads as %+v", all)
			}
		})
	}
}

func TestImportOfANotebookByIdentity(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	p := w.protocol()
	for environment, of := range map[string]tftypes.Value{"dataproc_hub": text("dataproc_hub"), "workbench": tftypes.NewValue(tftypes.String, nil)} {
		identity := p.dynamic(object(notebookIdentity, map[string]tftypes.Value{"id": text(inZone + "x"), "environment": of}))
		reply, err := p.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{TypeName: notebookType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: identity}})
		if err != nil || len(reply.Diagnostics) > 0 || len(reply.ImportedResources) != 1 {
			t.Fatalf("got %+v, %v", reply, err)
		}
		schema := p.schemas.ResourceSchemas[notebookType].ValueType()
		imported := reply.ImportedResources[0]
		if p.field(imported.State, schema, "id") != inZone+"x" || p.field(imported.State, schema, "environment") != environment ||
			p.field(imported.Identity.IdentityData, notebookIdentity, "environment") != environment {
			t.Errorf("%s imported as %+v", environment, imported)
		}
	}
}

// notebookState is what an apply leaves of Ana's notebook.
func notebookState(of tftypes.Type) map[string]tftypes.Value {
	no := tftypes.NewValue(tftypes.Bool, false)
	disk := attribute(of, "boot_disk")
	return map[string]tftypes.Value{
		"user_email": text("ana.diaz@example.com"), "environment": text("workbench"), "project": text("data-access"), "location": text("us-central1-a"), "name": text(anasNotebook),
		"identity": text("user"), "machine_type": text("e2-standard-4"), "public_ip": no, "third_party_identity": no, "deletion_protection": no, "on_destroy": text("delete"),
		"idle_shutdown_minutes": minutes(180), "network": text("projects/data-access/global/networks/default"), "subnet": text("projects/data-access/regions/us-central1/subnetworks/default"),
		"boot_disk": object(disk, map[string]tftypes.Value{"size_gb": minutes(150), "type": text("PD_BALANCED")}), "data_disk": object(disk, map[string]tftypes.Value{"size_gb": minutes(100), "type": text("PD_BALANCED")}),
		"tags": tftypes.NewValue(attribute(of, "tags"), []tftypes.Value{}), "service_account": text("vm@example.com"),
		"id": text(inZone + anasNotebook), "proxy_url": text("https://x"), "state": text("ACTIVE"), "effective_identity": text("user:ana.diaz@example.com"), "outcome": text("created"),
	}
}

func minutes(n float64) tftypes.Value { return tftypes.NewValue(tftypes.Number, big.NewFloat(n)) }

func labels(pairs map[string]string) tftypes.Value {
	values := map[string]tftypes.Value{}
	for key, value := range pairs {
		values[key] = text(value)
	}
	return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, values)
}

// Whatever the server answers by itself must be what the framework would have answered.
func TestShortPlansOfNotebooksAreTheFrameworks(t *testing.T) { //nolint:tparallel // the cases share two servers
	t.Parallel()
	w := newNotebookWorld(t)
	short := w.protocol()
	long := googleProtocolOf(t, w.world, providerserver.NewProtocol6(provider.New("0.0.0-test", w.atGoogle())())())
	of := short.schemas.ResourceSchemas[notebookType].ValueType()
	yes := tftypes.NewValue(tftypes.Bool, true)
	type values = map[string]tftypes.Value

	for name, c := range map[string]struct {
		state, config values
		settled       bool
		stays         bool // nothing changes, but the framework has to say so
	}{
		"nothing differs":                    {settled: true},
		"all is configured":                  {config: values{"name": text(anasNotebook), "machine_type": text("e2-standard-4"), "idle_shutdown_minutes": minutes(180), "environment": text("workbench")}, settled: true},
		"idle-stopped":                       {state: values{"state": text("STOPPED")}, settled: true},
		"a state of tomorrow":                {state: values{"state": text("HIBERNATING")}, settled: true},
		"started by its owner":               {state: values{"state": text("STARTING")}, settled: true},
		"labels":                             {state: values{"labels": labels(map[string]string{"a": "b"})}, config: values{"labels": labels(map[string]string{"a": "b"})}, settled: true},
		"another name, found":                {state: values{"name": text("mine")}, settled: true},
		"where it is wanted":                 {state: values{"desired_state": text("ACTIVE")}, config: values{"desired_state": text("ACTIVE")}, settled: true},
		"elsewhere than wanted":              {state: values{"desired_state": text("ACTIVE"), "state": text("STOPPED")}, config: values{"desired_state": text("ACTIVE")}},
		"broke off":                          {state: values{"outcome": text("failed")}},
		"never was up":                       {state: values{"state": text("PROVISIONING")}},
		"labels are configured no more":      {state: values{"labels": labels(map[string]string{"a": "b"})}},
		"metadata is configured no more":     {state: values{"metadata": labels(map[string]string{"a": "b"})}},
		"a machine is configured no more":    {state: values{"machine_type": text("e2-standard-8")}},
		"idle is configured no more":         {state: values{"idle_shutdown_minutes": minutes(60)}},
		"a public address is not any more":   {state: values{"public_ip": yes}},
		"protection is configured no more":   {state: values{"deletion_protection": yes}},
		"a removal is configured no more":    {state: values{"on_destroy": text("stop")}},
		"an identity is configured no more":  {state: values{"identity": text("service_account")}},
		"an environment is not any more":     {state: values{"environment": text("managed")}},
		"an identity that the plan warns of": {state: values{"identity": text("service_account")}, config: values{"identity": text("service_account")}, stays: true},
	} {
		t.Run(name, func(t *testing.T) {
			set := notebookState(of)
			for k, v := range c.state {
				set[k] = v
			}
			configured := values{"user_email": set["user_email"]}
			for k, v := range c.config {
				configured[k] = v
			}
			state := short.dynamic(object(of, set))
			req := &tfprotov6.PlanResourceChangeRequest{TypeName: notebookType, PriorState: state, ProposedNewState: state, Config: short.dynamic(object(of, configured))}
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
			if changes := !bytes.Equal(want.PlannedState.MsgPack, state.MsgPack); changes == (c.settled || c.stays) {
				t.Errorf("changes: %v, so this case is not what it says", changes)
			}
			if answered := got.PlannedState == req.PriorState; answered != c.settled {
				t.Errorf("answered by itself: %v, want %v", answered, c.settled)
			}
		})
	}
}

// plan is what a configuration plans for Ana's notebook in a state.
func (p *protocol) plan(set, configured map[string]tftypes.Value) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	of := p.schemas.ResourceSchemas[notebookType].ValueType()
	state, proposed := object(of, set), map[string]tftypes.Value{}
	for name, value := range set {
		proposed[name] = value
	}
	for name, value := range configured {
		proposed[name] = value
	}
	reply, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: notebookType, PriorState: p.dynamic(state), ProposedNewState: p.dynamic(object(of, proposed)), Config: p.dynamic(object(of, configured)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return reply
}

func TestThePlanSaysWhatBecomesOfANotebook(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	mine := map[string]tftypes.Value{"user_email": text("ana.diaz@example.com")}
	for name, c := range map[string]struct {
		state, config map[string]tftypes.Value
		want          []string
		not           string
	}{
		"a machine type, running": {nil, map[string]tftypes.Value{"machine_type": text("e2-standard-8")}, []string{"A running notebook will be stopped and started", anasNotebook, "ana.diaz@example.com", "machine_type"}, "at rest"},
		"a machine type, at rest": {map[string]tftypes.Value{"state": text("STOPPED")}, map[string]tftypes.Value{"machine_type": text("e2-standard-8")}, []string{"A notebook at rest is changed without starting it", "STOPPED", "nothing is started"}, "will be stopped"},
		"a key that waits":        {nil, map[string]tftypes.Value{"metadata": labels(map[string]string{"notebook-disable-root": "true"})}, []string{"takes effect when the notebook starts again", "notebook-disable-root"}, "will be stopped"},
		"labels":                  {nil, map[string]tftypes.Value{"labels": labels(map[string]string{"team": "data"})}, nil, "WARNING"},
		"unfinished":              {map[string]tftypes.Value{"state": text("PROVISIONING")}, nil, []string{"A notebook will be finished", "PROVISIONING"}, ""},
		"the end of an era":       {map[string]tftypes.Value{"environment": text("managed"), "location": text("us-central1")}, map[string]tftypes.Value{"environment": text("managed"), "machine_type": text("e2-standard-4")}, []string{"WARNING", "Google ended managed notebooks", "workbench"}, ""},
		"a service account":       {map[string]tftypes.Value{"identity": text("service_account")}, map[string]tftypes.Value{"identity": text("service_account")}, []string{"logged as a service account"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := w.protocol()
			set, configured := notebookState(p.schemas.ResourceSchemas[notebookType].ValueType()), map[string]tftypes.Value{}
			for _, from := range []struct{ into, from map[string]tftypes.Value }{{set, c.state}, {configured, mine}, {configured, c.config}} {
				for k, v := range from.from {
					from.into[k] = v
				}
			}
			said := told(p.plan(set, configured).Diagnostics)
			for _, text := range c.want {
				if !strings.Contains(said, text) {
					t.Errorf("the plan does not say %q: %s", text, said)
				}
			}
			if c.not != "" && strings.Contains(said, c.not) {
				t.Errorf("the plan says %q: %s", c.not, said)
			}
			if again := told(p.plan(set, configured).Diagnostics); name == "the end of an era" && strings.Contains(again, "Google ended") {
				t.Error("a warning about a product is told to everybody")
			}
		})
	}
}

// What a taint or -replace destroys is not in the plan of the notebook: the apply is where it is refused.
func TestAProtectedNotebookIsNotDestroyed(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	p := w.protocol()
	of := p.schemas.ResourceSchemas[notebookType].ValueType()
	set := notebookState(of)
	set["deletion_protection"] = tftypes.NewValue(tftypes.Bool, true)
	gone := p.dynamic(tftypes.NewValue(of, nil))
	state := p.dynamic(object(of, set))
	planned, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{TypeName: notebookType, PriorState: state, ProposedNewState: gone, Config: gone})
	if err != nil || !strings.Contains(told(planned.Diagnostics), "A protected notebook would be destroyed") {
		t.Errorf("the plan says %s, %v", told(planned.Diagnostics), err)
	}
	applied, err := p.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{TypeName: notebookType, PriorState: state, PlannedState: gone, Config: gone})
	if err != nil || !strings.Contains(told(applied.Diagnostics), "terraform untaint") {
		t.Errorf("the apply says %s, %v", told(applied.Diagnostics), err)
	}
	set["deletion_protection"], set["on_destroy"] = tftypes.NewValue(tftypes.Bool, false), text("stop")
	left, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{TypeName: notebookType, PriorState: p.dynamic(object(of, set)), ProposedNewState: gone, Config: gone})
	if err != nil || !strings.Contains(told(left.Diagnostics), "A notebook will be left in place") {
		t.Errorf("the plan says %s, %v", told(left.Diagnostics), err)
	}
	if n := len(w.writes()); n != 0 {
		t.Errorf("something was written: %v", w.writes())
	}
}

// A resource that got another address is created there and destroyed here in one run: the notebook stays, and the one
// who destroys it hears so.
func TestANotebookThatMovedIsToldToStay(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"delete", "stop"} {
		w := newNotebookWorld(t)
		w.seedOurs(inZone+anasNotebook, "ana.diaz@example.com", anaLabel)
		p := w.protocol()
		of := p.schemas.ResourceSchemas[notebookType].ValueType()
		null, config := p.dynamic(tftypes.NewValue(of, nil)), p.dynamic(object(of, map[string]tftypes.Value{"user_email": text("ana.diaz@example.com")}))
		unknown := map[string]tftypes.Value{"user_email": text("ana.diaz@example.com"), "on_destroy": text("delete"), "identity": text("user")}
		for _, a := range p.schemas.ResourceSchemas[notebookType].Block.Attributes {
			if _, set := unknown[a.Name]; a.Computed && !set {
				unknown[a.Name] = tftypes.NewValue(attribute(of, a.Name), tftypes.UnknownValue)
			}
		}
		for _, flag := range []string{"third_party_identity", "deletion_protection"} {
			unknown[flag] = tftypes.NewValue(tftypes.Bool, false)
		}
		planned, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{TypeName: notebookType, PriorState: null, ProposedNewState: p.dynamic(object(of, unknown)), Config: config})
		if err != nil || len(planned.Diagnostics) > 0 {
			t.Fatal(err, told(planned.Diagnostics))
		}
		made, err := p.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{TypeName: notebookType, PriorState: null, PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate, Config: config})
		if err != nil || len(made.Diagnostics) > 0 || p.field(made.NewState, of, "outcome") != "no_action" {
			t.Fatal(err, told(made.Diagnostics))
		}
		old := notebookState(of)
		old["on_destroy"] = text(how)
		gone, err := p.ApplyResourceChange(context.Background(), &tfprotov6.ApplyResourceChangeRequest{TypeName: notebookType, PriorState: p.dynamic(object(of, old)), PlannedState: null, Config: null})
		if said := told(gone.Diagnostics); err != nil || !strings.Contains(said, "WARNING: A notebook was left in place") || !strings.Contains(said, inZone+anasNotebook) || !strings.Contains(said, "ana.diaz@example.com") {
			t.Errorf("%s says %q, %v", how, said, err)
		}
		if state := w.bench().State; state != "ACTIVE" {
			t.Errorf("%s: it is %s", how, state)
		}
	}
}

// A thousand notebooks are read by a list, and told by one call each at most.
func TestManyNotebooksAreReadByOneList(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	p := w.protocol()
	of := p.schemas.ResourceSchemas[notebookType].ValueType()
	const many = 40
	for i := range many {
		w.seedOurs(inZone+"n"+big.NewInt(int64(i)).String(), "ana@example.com", "ana")
	}
	for i := range many {
		set := notebookState(of)
		set["id"] = text(inZone + "n" + big.NewInt(int64(i)).String())
		reply, err := p.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: notebookType, CurrentState: p.dynamic(object(of, set))})
		if err != nil || len(reply.Diagnostics) > 0 {
			t.Fatal(err, told(reply.Diagnostics))
		}
	}
	calls := 0
	for _, call := range w.Wire.Calls() {
		if call.Vendor == "google" {
			calls++
		}
	}
	if calls > 12 {
		t.Errorf("%d calls for %d notebooks", calls, many)
	}
}
