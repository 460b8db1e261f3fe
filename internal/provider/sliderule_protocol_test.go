package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

const basedType = "provisioner_sliderule_foundation"

var basedIdentity = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "region": tftypes.String, "account": tftypes.String}}

// speaks drives a provider of this world by its protocol, configured with this sliderule block.
func (w *slideruleWorld) speaks(block map[string]tftypes.Value) *protocol {
	w.t.Helper()
	p := &protocol{ProviderServerWithListResource: w.server().(tfprotov6.ProviderServerWithListResource), t: w.t} //nolint:staticcheck // the interface is deprecated without a successor
	var err error
	if p.schemas, err = p.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		w.t.Fatal(err)
	}
	of := p.schemas.Provider.ValueType()
	config := object(of, map[string]tftypes.Value{"sliderule": object(attribute(of, "sliderule"), block)})
	reply, err := p.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: p.dynamic(config)})
	if err != nil || len(reply.Diagnostics) > 0 {
		w.t.Fatal(err, told(reply.Diagnostics))
	}
	return p
}

func TestListOfSlideruleFoundations(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	p := w.speaks(nil)
	second := sliderule.FoundationWanted{Name: "another", Domain: slideruleDomain, CertificateSource: "s3://bucket/x.pem", Registry: "r.example.org", Tags: map[string]string{"team": "data"}}
	if _, err := w.region().EnsureFoundation(context.Background(), second); err != nil {
		t.Fatal(err)
	}
	all := p.listOf(basedType, nil, 0, true)
	if len(all) != 2 {
		t.Fatalf("%d results, want both: %+v", len(all), all)
	}
	of := p.schemas.ResourceSchemas[basedType].ValueType()
	for i, name := range []string{"another", "sliderule-foundation"} {
		r := all[i]
		if len(r.Diagnostics) > 0 || r.DisplayName != name || p.field(r.Resource, of, "id") != name || p.field(r.Resource, of, "domain") != slideruleDomain ||
			p.field(r.Identity.IdentityData, basedIdentity, "name") != name || p.field(r.Identity.IdentityData, basedIdentity, "region") != slideruleRegion || p.field(r.Identity.IdentityData, basedIdentity, "account") != awsAccount {
			t.Errorf("result %d is %+v: %s", i, r, told(r.Diagnostics))
		}
	}
	if one := p.listOf(basedType, nil, 1, false); len(one) != 1 || one[0].Resource != nil {
		t.Errorf("one: %+v", one)
	}
	if err := w.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "DescribeStacks", Kind: wire.Status, Status: 403, Reason: "AccessDenied"}); err != nil {
		t.Fatal(err)
	}
	if refused := p.listOf(basedType, nil, 0, false); len(refused) != 1 || !strings.Contains(told(refused[0].Diagnostics), "could not be listed") {
		t.Errorf("a refusal reads as %+v", refused)
	}
}

func TestSlideruleFoundationImportsByIdentity(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	p := w.speaks(nil)
	imports := func(identity map[string]tftypes.Value) *tfprotov6.ImportResourceStateResponse {
		t.Helper()
		reply, err := p.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{
			TypeName: basedType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: p.dynamic(object(basedIdentity, identity))},
		})
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	reply := imports(map[string]tftypes.Value{"name": text("sliderule-foundation"), "region": text(slideruleRegion), "account": text(awsAccount)})
	if len(reply.Diagnostics) > 0 || len(reply.ImportedResources) != 1 {
		t.Fatalf("got %s", told(reply.Diagnostics))
	}
	imported := reply.ImportedResources[0]
	read, err := p.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: basedType, CurrentState: imported.State, CurrentIdentity: imported.Identity, Private: imported.Private})
	if err != nil || len(read.Diagnostics) > 0 {
		t.Fatal(told(read.Diagnostics), err)
	}
	of := p.schemas.ResourceSchemas[basedType].ValueType()
	if domain := p.field(read.NewState, of, "domain"); domain != slideruleDomain {
		t.Errorf("got %q", domain)
	}
	if account := p.field(read.NewIdentity.IdentityData, basedIdentity, "account"); account != awsAccount {
		t.Errorf("got %q", account)
	}
	elsewhere := imports(map[string]tftypes.Value{"name": text("sliderule-foundation"), "region": text("eu-central-1")})
	if err := contains(told(elsewhere.Diagnostics), "This cannot be imported", "It is in eu-central-1, and the provider works in "+slideruleRegion); err != nil {
		t.Error(err)
	}
}

// A login that is known only at apply is no reason to plan nothing; it is told once.
func TestALoginKnownOnlyAtApply(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	p := w.speaks(map[string]tftypes.Value{"jwt_user": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	config := map[string]tftypes.Value{"name": text("second"), "domain": text(slideruleDomain), "certificate_source": text("s3://bucket/x.pem"), "registry": text("r.example.org"), "log_retention_days": tftypes.NewValue(tftypes.Number, 90)}
	if err := contains(p.warningsOf(basedType, config), "WARNING: The SlideRule login is not known yet", "sliderule.jwt_user"); err != nil {
		t.Error(err)
	}
	if again := p.warningsOf(basedType, config); again != "" {
		t.Errorf("told again: %s", again)
	}
}

// What an apply would not, or would also, do is said in the plan.
func TestWarningsOfSlideruleFoundations(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	p := w.speaks(nil)
	prior := map[string]tftypes.Value{
		"name": text("base"), "id": text("base"), "domain": text("old.example.org"), "certificate_source": text("s3://bucket/x.pem"), "registry": text("r.example.org"),
		"log_retention_days": tftypes.NewValue(tftypes.Number, 90), "stack_status": text("CREATE_COMPLETE"), "managed_by": text("prod"), "signing_key": text("arn:aws:kms:x"), "outcome": text("created"),
	}
	of := p.schemas.ResourceSchemas[basedType].ValueType()
	changed := map[string]tftypes.Value{}
	for name, value := range prior {
		changed[name] = value
	}
	changed["domain"] = text(slideruleDomain)
	config := map[string]tftypes.Value{"name": text("base"), "domain": text(slideruleDomain), "certificate_source": text("s3://bucket/x.pem"), "registry": text("r.example.org")}
	reply, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: basedType, PriorState: p.dynamic(object(of, prior)), ProposedNewState: p.dynamic(object(of, changed)), Config: p.dynamic(object(of, config)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := contains(told(reply.Diagnostics), "WARNING: A foundation is not this installation's", `managed by "prod"`, "WARNING: The domain of the foundation changes", "From old.example.org to "+slideruleDomain); err != nil {
		t.Error(err)
	}
}
