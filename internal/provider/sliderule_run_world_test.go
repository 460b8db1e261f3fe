package provider_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/login"
)

// signingKeys are the public keys that clusters check tokens with.
func (w *slideruleWorld) signingKeys(key string) login.Keys {
	w.t.Helper()
	signer, err := login.NewKMSSigner(context.Background(), kms.NewFromConfig(w.awsConfig()), key)
	w.must(err)
	keys, err := login.KeysOf(context.Background(), signer)
	w.must(err)
	return keys
}

// driven is one resource of a run as Terraform drives it, each command with a process of its own. Terraform's testing
// library does not tell of warnings, and cannot interrupt an apply.
type driven struct {
	w        *slideruleWorld
	typeName string
	jwt      string
	state    *tfprotov6.DynamicValue // nil: none
	private  []byte
}

func (w *slideruleWorld) drives(typeName string) *driven { return &driven{w: w, typeName: typeName} }

func (d *driven) process() (*protocol, tftypes.Type) {
	d.w.t.Helper()
	p := slideruleProtocol(d.w.t, d.w.server(), "default", d.jwt)
	return p, p.schemas.ResourceSchemas[d.typeName].ValueType()
}

// validates is terraform validate.
func (d *driven) validates(config fields) []*tfprotov6.Diagnostic {
	d.w.t.Helper()
	p, of := d.process()
	reply, err := p.ValidateResourceConfig(context.Background(), &tfprotov6.ValidateResourceConfigRequest{TypeName: d.typeName, Config: p.dynamic(valueOf(of, config))})
	d.w.must(err)
	return reply.Diagnostics
}

// has gives the resource a state, as one that a former apply left.
func (d *driven) has(state fields) *driven {
	d.w.t.Helper()
	p, of := d.process()
	d.state = p.dynamic(valueOf(of, state))
	return d
}

// refreshes reads, and says what was told.
func (d *driven) refreshes() string {
	d.w.t.Helper()
	p, of := d.process()
	reply, err := p.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: d.typeName, CurrentState: d.state, Private: d.private})
	d.w.must(err)
	d.keeps(of, reply.NewState, reply.Private)
	return told(reply.Diagnostics)
}

func (d *driven) keeps(of tftypes.Type, state *tfprotov6.DynamicValue, private []byte) {
	d.w.t.Helper()
	d.state, d.private = nil, private
	if state == nil {
		return
	}
	value, err := state.Unmarshal(of)
	d.w.must(err)
	if !value.IsNull() {
		d.state = state
	}
}

// plans a configuration; nil is that there is none, which destroys.
func (d *driven) plans(config fields) *tfprotov6.PlanResourceChangeResponse {
	d.w.t.Helper()
	p, of := d.process()
	null := p.dynamic(tftypes.NewValue(of, nil))
	req := &tfprotov6.PlanResourceChangeRequest{TypeName: d.typeName, PriorState: null, PriorPrivate: d.private, Config: null, ProposedNewState: null}
	prior := map[string]tftypes.Value{}
	if d.state != nil {
		req.PriorState, prior = d.state, attributesOf(d.w.t, d.state, of)
	}
	if config != nil {
		req.Config = p.dynamic(valueOf(of, config))
		proposed := attributesOf(d.w.t, req.Config, of)
		for _, a := range p.schemas.ResourceSchemas[d.typeName].Block.Attributes {
			if before, there := prior[a.Name]; a.Computed && there && proposed[a.Name].IsNull() {
				proposed[a.Name] = before
			}
		}
		req.ProposedNewState = p.dynamic(tftypes.NewValue(of, proposed))
	}
	reply, err := p.PlanResourceChange(context.Background(), req)
	d.w.must(err)
	return reply
}

// replacedFor are the attributes that a plan replaces the resource for.
func replacedFor(planned *tfprotov6.PlanResourceChangeResponse) string {
	var all []string
	for _, path := range planned.RequiresReplace {
		all = append(all, strings.TrimPrefix(fmt.Sprint(path), "AttributeName"))
	}
	return strings.Join(all, " ")
}

// applies a plan, until its context ends.
func (d *driven) applies(ctx context.Context, planned *tfprotov6.PlanResourceChangeResponse, config fields) string {
	d.w.t.Helper()
	p, of := d.process()
	prior := p.dynamic(tftypes.NewValue(of, nil))
	if d.state != nil {
		prior = d.state
	}
	reply, err := p.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: d.typeName, PriorState: prior, PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate, Config: p.dynamic(valueOf(of, config)),
	})
	d.w.must(err)
	d.keeps(of, reply.NewState, reply.Private)
	return told(reply.Diagnostics)
}

// attribute is a text of the state; "unknown" for what only an apply tells.
func (d *driven) attribute(name string) string {
	d.w.t.Helper()
	if d.state == nil {
		return "no state"
	}
	_, of := d.process()
	return textOf(d.w.t, d.state, of, name)
}

func textOf(t testing.TB, state *tfprotov6.DynamicValue, of tftypes.Type, name string) string {
	t.Helper()
	value := attributesOf(t, state, of)[name]
	text := ""
	switch {
	case !value.IsKnown():
		return "unknown"
	case value.IsNull():
		return ""
	case value.As(&text) != nil:
		return fmt.Sprint(value)
	}
	return text
}
