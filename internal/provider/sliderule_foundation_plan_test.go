package provider_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// basis is the configuration of a foundation like the one that the world has.
func basis(name string, change func(map[string]tftypes.Value)) map[string]tftypes.Value {
	all := map[string]tftypes.Value{
		"name": text(name), "domain": text(slideruleDomain), "certificate_source": text("s3://" + slideruleBucket + "/cf/" + slideruleDomain + ".pem"), "registry": text("registry.example.org"),
		"github_organization": text(slideruleOrg), "log_retention_days": tftypes.NewValue(tftypes.Number, 90),
	}
	if change != nil {
		change(all)
	}
	return all
}

// imported is a foundation as an import has it in the state.
func (p *protocol) imported(name string) (*tfprotov6.DynamicValue, string) {
	p.t.Helper()
	found, err := p.ImportResourceState(context.Background(), &tfprotov6.ImportResourceStateRequest{TypeName: basedType, ID: name})
	if err != nil || len(found.Diagnostics) > 0 {
		p.t.Fatal(err, told(found.Diagnostics))
	}
	one := found.ImportedResources[0]
	read, err := p.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: basedType, CurrentState: one.State, CurrentIdentity: one.Identity, Private: one.Private})
	if err != nil {
		p.t.Fatal(err)
	}
	return read.NewState, told(read.Diagnostics)
}

// changes plans a foundation of a state; a nil configuration destroys it.
func (p *protocol) changes(state *tfprotov6.DynamicValue, config map[string]tftypes.Value) string {
	p.t.Helper()
	of := p.schemas.ResourceSchemas[basedType].ValueType()
	null := p.dynamic(tftypes.NewValue(of, nil))
	req := &tfprotov6.PlanResourceChangeRequest{TypeName: basedType, PriorState: state, Config: null, ProposedNewState: null}
	if config != nil {
		proposed := attributesOf(p.t, state, of)
		for name, value := range config {
			proposed[name] = value
		}
		req.Config, req.ProposedNewState = p.dynamic(object(of, config)), p.dynamic(tftypes.NewValue(of, proposed))
	}
	reply, err := p.PlanResourceChange(context.Background(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	return told(reply.Diagnostics)
}

// What a new foundation will find at its name is told by the plan: one of ours is taken over, and not without a word; one
// of somebody else's is refused, and cannot be imported either.
func TestAPlanOfAFoundationLooksAhead(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	says(t, "a free name", w.speaks(nil).warningsOf(basedType, basis("second", nil)))
	says(t, "ours", w.speaks(nil).warningsOf(basedType, basis("sliderule-foundation", nil)), "WARNING: The foundation is there already", "sliderule-foundation", "takes it over")

	_, err := w.stacks().CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String("nobodys"), TemplateBody: aws.String(zoneTemplate)})
	w.must(err)
	_, err = w.regionOf("theirs").EnsureFoundation(t.Context(), sliderule.FoundationWanted{
		Name: "theirs", Domain: slideruleDomain, CertificateSource: "s3://bucket/x.pem", Registry: "r.example.org",
	})
	w.must(err)
	for name, want := range map[string]string{"nobodys": "has no tag", "theirs": `managed by the installation "theirs"`} {
		says(t, name, w.speaks(nil).warningsOf(basedType, basis(name, nil)), "ERROR: This foundation is somebody else's", name, want, "Choose another name")
		if _, said := w.speaks(nil).imported(name); contains(said, "ERROR: This cannot be imported", want) != nil {
			t.Errorf("the import of %s: %s", name, said)
		}
	}

	// In a run that has read it, a create is the second half of a replacement.
	p := w.speaks(nil)
	p.imported("sliderule-foundation")
	says(t, "replaced", p.warningsOf(basedType, basis("sliderule-foundation", nil)))

	w.must(w.Wire.AddFault(wire.Fault{Vendor: "aws", Path: "DescribeStacks", Kind: wire.Status, Status: 403, Reason: "AccessDenied"}))
	says(t, "a look that is refused", w.speaks(nil).warningsOf(basedType, basis("second", nil)), "WARNING: Whether the foundation is there could not be looked up")
}

// Making, changing and destroying a foundation is for administrators, which the plan says.
func TestAFoundationIsForAdministrators(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	login, err := w.region().Login(t.Context(), sliderule.LoginRequest{Token: w.Env()["SLIDERULE_GITHUB_TOKEN"], GitHubURL: w.GitHubURL, HTTP: http.DefaultClient})
	w.must(err)
	member := func() *protocol { return w.speaks(map[string]tftypes.Value{"jwt_user": text(login.Token)}) }
	const refused = "ERROR: A foundation is for administrators"
	longer := basis("sliderule-foundation", func(all map[string]tftypes.Value) { all["log_retention_days"] = tftypes.NewValue(tftypes.Number, 30) })

	says(t, "made by a member", member().warningsOf(basedType, basis("second", nil)), refused, "organization member", "jwt_user")
	p := member()
	state, said := p.imported("sliderule-foundation")
	says(t, "read by a member", said)
	says(t, "left as it is by a member", p.changes(state, basis("sliderule-foundation", nil)))
	says(t, "changed by a member", p.changes(state, longer), refused)
	says(t, "destroyed by a member", p.changes(state, nil), refused)
	says(t, "changed by an administrator", w.speaks(nil).changes(state, longer))
	says(t, "destroyed by an administrator", w.speaks(nil).changes(state, nil))
}
