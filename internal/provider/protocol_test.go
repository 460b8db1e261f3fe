package provider_test

import (
	"context"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const clusterType = "provisioner_single_user_cluster"

// protocol drives a configured provider by its protocol, for what the Terraform at hand is too old to ask for.
type protocol struct {
	tfprotov6.ProviderServerWithListResource
	t       testing.TB
	schemas *tfprotov6.GetProviderSchemaResponse
}

func newProtocol(t testing.TB, w *world) *protocol {
	t.Helper()
	return protocolOf(t, w, provider.Server("0.0.0-test")())
}

func protocolOf(t testing.TB, w *world, server tfprotov6.ProviderServer) *protocol {
	t.Helper()
	p := &protocol{ProviderServerWithListResource: server.(tfprotov6.ProviderServerWithListResource), t: t} //nolint:staticcheck // as above
	var err error
	if p.schemas, err = p.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	config := object(p.schemas.Provider.ValueType(), map[string]tftypes.Value{
		"databricks": object(attribute(p.schemas.Provider.ValueType(), "databricks"), map[string]tftypes.Value{
			"host": text(w.DatabricksURL), "token": text(w.Env()["DATABRICKS_TOKEN"]),
		}),
	})
	reply, err := p.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: p.dynamic(config)})
	if err != nil || len(reply.Diagnostics) > 0 {
		t.Fatal(err, reply.Diagnostics)
	}
	return p
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

// object is a value of an object type with all other attributes null.
func object(of tftypes.Type, set map[string]tftypes.Value) tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, t := range of.(tftypes.Object).AttributeTypes {
		values[name] = tftypes.NewValue(t, nil)
		if v, ok := set[name]; ok {
			values[name] = v
		}
	}
	return tftypes.NewValue(of, values)
}

func attribute(of tftypes.Type, name string) tftypes.Type {
	return of.(tftypes.Object).AttributeTypes[name]
}

func (p *protocol) dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		p.t.Fatal(err)
	}
	return &d
}

// field reads one text of a dynamic object.
func (p *protocol) field(d *tfprotov6.DynamicValue, of tftypes.Type, name string) string {
	p.t.Helper()
	v, err := d.Unmarshal(of)
	if err != nil {
		p.t.Fatal(err)
	}
	var all map[string]tftypes.Value
	var s string
	if err := v.As(&all); err != nil {
		p.t.Fatal(err)
	}
	if err := all[name].As(&s); err != nil {
		p.t.Fatal(err)
	}
	return s
}

var identityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"cluster_id": tftypes.String}}

func (p *protocol) list(email tftypes.Value, limit int64, whole bool) []tfprotov6.ListResourceResult {
	p.t.Helper()
	of := p.schemas.ListResourceSchemas[clusterType].ValueType()
	stream, err := p.ListResource(context.Background(), &tfprotov6.ListResourceRequest{
		TypeName: clusterType, Config: p.dynamic(object(of, map[string]tftypes.Value{"user_email": email})), Limit: limit, IncludeResource: whole,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.Collect(stream.Results)
}

func TestListOfClusters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, email := range []string{"ana@example.com", "bob@example.com", "cyd@example.com"} {
		w.elsewhere("create", map[string]any{
			"cluster_name": "c", "single_user_name": email, "spark_version": "15.4.x-scala2.12", "num_workers": 1, "autotermination_minutes": 30,
			"custom_tags": map[string]string{"provisioner_owner": email, "provisioner_managed_by": "default"},
		})
	}
	w.elsewhere("create", map[string]any{"cluster_name": "theirs", "spark_version": "15.4.x-scala2.12", "num_workers": 1})
	p := newProtocol(t, w)
	everybody := tftypes.NewValue(tftypes.String, nil)

	all := p.list(everybody, 0, true)
	if len(all) != 3 {
		t.Fatalf("%d results, want the three that are ours", len(all))
	}
	of := p.schemas.ResourceSchemas[clusterType].ValueType()
	for i, email := range []string{"ana@example.com", "bob@example.com", "cyd@example.com"} {
		id := p.field(all[i].Identity.IdentityData, identityType, "cluster_id")
		if len(all[i].Diagnostics) > 0 || id == "" || p.field(all[i].Resource, of, "cluster_id") != id || p.field(all[i].Resource, of, "user_email") != email {
			t.Errorf("result %d is %+v", i, all[i])
		}
	}
	if bare := p.list(everybody, 0, false); len(bare) != 3 || bare[0].Resource != nil {
		t.Errorf("without the resource: %+v", bare)
	}
	if two := p.list(everybody, 2, false); len(two) != 2 {
		t.Errorf("%d results over a limit of two", len(two))
	}
	if bob := p.list(text("Bob@example.com"), 0, false); len(bob) != 1 || bob[0].DisplayName != "bob@example.com (c)" {
		t.Errorf("Bob's: %+v", bob)
	}
	if nobody := p.list(text("dan@example.com"), 0, false); len(nobody) != 0 {
		t.Errorf("nobody's: %+v", nobody)
	}
}

func TestListTellsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newProtocol(t, w)
	if err := w.Wire.AddFault(wire.Fault{Vendor: "databricks", Path: "/api/2.1/clusters/list", Kind: wire.Status, Status: 403}); err != nil {
		t.Fatal(err)
	}
	all := p.list(tftypes.NewValue(tftypes.String, nil), 0, false)
	if len(all) != 1 || len(all[0].Diagnostics) != 1 || all[0].Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
		t.Errorf("an error reads as %+v", all)
	}
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newProtocol(t, w)
	identity := p.dynamic(object(identityType, map[string]tftypes.Value{"cluster_id": text("0101-120000-abcd1234")}))
	reply, err := p.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{TypeName: clusterType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: identity}})
	if err != nil || len(reply.Diagnostics) > 0 || len(reply.ImportedResources) != 1 {
		t.Fatalf("got %+v, %v", reply, err)
	}
	if id := p.field(reply.ImportedResources[0].State, p.schemas.ResourceSchemas[clusterType].ValueType(), "cluster_id"); id != "0101-120000-abcd1234" {
		t.Errorf("imported %q", id)
	}
}
