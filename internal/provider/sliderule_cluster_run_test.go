package provider_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const slideruleClusterType = "provisioner_sliderule_cluster"

// fields are the attributes of a configuration, in plain Go.
type fields map[string]any

// with is a configuration with more, or other, attributes.
func (f fields) with(name string, value any) fields {
	changed := fields{name: value}
	for k, v := range f {
		if k != name {
			changed[k] = v
		}
	}
	return changed
}

// later is a value that only an apply will tell.
type later struct{}

// valueOf is plain Go as a type has it.
func valueOf(of tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case nil:
		return tftypes.NewValue(of, nil)
	case later:
		return tftypes.NewValue(of, tftypes.UnknownValue)
	case fields:
		values := map[string]tftypes.Value{}
		for name, value := range v {
			values[name] = valueOf(attribute(of, name), value)
		}
		return object(of, values)
	case []any:
		element := tftypes.Type(tftypes.String)
		var values []tftypes.Value
		for _, value := range v {
			values = append(values, valueOf(element, value))
		}
		return tftypes.NewValue(of, values)
	}
	return tftypes.NewValue(of, v)
}

// clusterRun is one resource as Terraform drives it, command after command, each with a process of its own. Terraform's
// testing library does not tell of warnings, and cannot kill a provider.
type clusterRun struct {
	w            *slideruleWorld
	installation string
	jwt          string
	block        fields // of the provider's sliderule attribute
	state        *tfprotov6.DynamicValue
	private      []byte
	identity     *tfprotov6.ResourceIdentityData
}

func (w *slideruleWorld) newRun() *clusterRun { return &clusterRun{w: w, installation: "default"} }

// process is a provider that has just been started.
func (r *clusterRun) process() *protocol {
	r.w.t.Helper()
	return slideruleProtocol(r.w.t, r.w.server(), r.installation, r.jwt, r.block)
}

func slideruleProtocol(t testing.TB, server tfprotov6.ProviderServer, installation, jwt string, blocks ...fields) *protocol {
	t.Helper()
	p := &protocol{ProviderServerWithListResource: server.(tfprotov6.ProviderServerWithListResource), t: t} //nolint:staticcheck // the interface is deprecated without a successor
	var err error
	if p.schemas, err = p.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	block := fields{}
	for _, more := range blocks {
		maps.Copy(block, more)
	}
	if jwt != "" {
		block["jwt_user"] = jwt
	}
	config := valueOf(p.schemas.Provider.ValueType(), fields{"installation": installation, "sliderule": block})
	reply, err := p.ConfigureProvider(context.Background(), &tfprotov6.ConfigureProviderRequest{Config: p.dynamic(config)})
	if err != nil || len(reply.Diagnostics) > 0 {
		t.Fatal(err, reply.Diagnostics)
	}
	return p
}

func (p *protocol) clusterValue() tftypes.Type {
	return p.schemas.ResourceSchemas[slideruleClusterType].ValueType()
}

// validate is terraform validate.
func (r *clusterRun) validate(config fields) []*tfprotov6.Diagnostic {
	r.w.t.Helper()
	p := r.process()
	reply, err := p.ValidateResourceConfig(context.Background(), &tfprotov6.ValidateResourceConfigRequest{TypeName: slideruleClusterType, Config: p.dynamic(valueOf(p.clusterValue(), config))})
	if err != nil {
		r.w.t.Fatal(err)
	}
	return reply.Diagnostics
}

// refresh reads; a cluster that is gone leaves no state.
func (r *clusterRun) refresh(p *protocol) []*tfprotov6.Diagnostic {
	r.w.t.Helper()
	if r.state == nil {
		return nil
	}
	reply, err := p.ReadResource(context.Background(), &tfprotov6.ReadResourceRequest{TypeName: slideruleClusterType, CurrentState: r.state, Private: r.private, CurrentIdentity: r.identity})
	if err != nil {
		r.w.t.Fatal(err)
	}
	r.keep(p, reply.NewState, reply.Private, reply.NewIdentity)
	return reply.Diagnostics
}

func (r *clusterRun) keep(p *protocol, state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) {
	r.w.t.Helper()
	r.state, r.private, r.identity = nil, private, identity
	if state == nil {
		return
	}
	value, err := state.Unmarshal(p.clusterValue())
	if err != nil {
		r.w.t.Fatal(err)
	}
	if !value.IsNull() {
		r.state = state
	}
}

// plan is a refresh and a plan; nil configures nothing, which destroys.
func (r *clusterRun) plan(p *protocol, config fields) (*tfprotov6.PlanResourceChangeResponse, string) {
	r.w.t.Helper()
	of := p.clusterValue()
	warned := r.refresh(p)
	null := p.dynamic(tftypes.NewValue(of, nil))
	req := &tfprotov6.PlanResourceChangeRequest{TypeName: slideruleClusterType, PriorState: null, PriorPrivate: r.private, PriorIdentity: r.identity, Config: null, ProposedNewState: null}
	prior := map[string]tftypes.Value{}
	if r.state != nil {
		req.PriorState = r.state
		prior = attributesOf(r.w.t, r.state, of)
	}
	if config != nil {
		configured := valueOf(of, config)
		proposed := attributesOf(r.w.t, p.dynamic(configured), of)
		for _, a := range p.schemas.ResourceSchemas[slideruleClusterType].Block.Attributes {
			if before, there := prior[a.Name]; a.Computed && there && proposed[a.Name].IsNull() {
				proposed[a.Name] = before
			}
		}
		req.Config, req.ProposedNewState = p.dynamic(configured), p.dynamic(tftypes.NewValue(of, proposed))
	}
	reply, err := p.PlanResourceChange(context.Background(), req)
	if err != nil {
		r.w.t.Fatal(err)
	}
	return reply, told(append(warned, reply.Diagnostics...))
}

func attributesOf(t testing.TB, d *tfprotov6.DynamicValue, of tftypes.Type) map[string]tftypes.Value {
	t.Helper()
	value, err := d.Unmarshal(of)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]tftypes.Value
	if err := value.As(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// apply plans and applies, and tells all that was said. The context stands for the life of the process: when it ends,
// whatever the provider answers is lost.
func (r *clusterRun) apply(ctx context.Context, config fields) string {
	r.w.t.Helper()
	planned, said := r.plan(r.process(), config)
	if strings.Contains(said, "ERROR") {
		return said
	}
	return strings.TrimPrefix(said+"\n"+r.applyPlan(ctx, planned, config), "\n")
}

// applyPlan applies a plan that was made before, as saved plans are.
func (r *clusterRun) applyPlan(ctx context.Context, planned *tfprotov6.PlanResourceChangeResponse, config fields) string {
	r.w.t.Helper()
	p := r.process()
	of := p.clusterValue()
	null := p.dynamic(tftypes.NewValue(of, nil))
	req := &tfprotov6.ApplyResourceChangeRequest{
		TypeName: slideruleClusterType, PriorState: null, PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate, PlannedIdentity: planned.PlannedIdentity, Config: null,
	}
	if r.state != nil {
		req.PriorState = r.state
	}
	if config != nil {
		req.Config = p.dynamic(valueOf(of, config))
	}
	reply, err := p.ApplyResourceChange(ctx, req)
	if err != nil {
		r.w.t.Fatal(err)
	}
	if ctx.Err() != nil {
		return "killed"
	}
	r.keep(p, reply.NewState, reply.Private, reply.NewIdentity)
	return told(reply.Diagnostics)
}

// changes reports whether a plan leaves it to an apply how the cluster will stand.
func (r *clusterRun) changes(planned *tfprotov6.PlanResourceChangeResponse) bool {
	r.w.t.Helper()
	return !attributesOf(r.w.t, planned.PlannedState, r.process().clusterValue())["status"].IsKnown()
}

// has is an attribute of the state as text.
func (r *clusterRun) has(name string) string {
	r.w.t.Helper()
	if r.state == nil {
		return "no state"
	}
	value := attributesOf(r.w.t, r.state, r.process().clusterValue())[name]
	if value.IsNull() {
		return ""
	}
	var text string
	if err := value.As(&text); err == nil {
		return text
	}
	return fmt.Sprint(value)
}
