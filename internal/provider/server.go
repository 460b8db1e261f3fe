package provider

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Server is the provider as Terraform talks to it.
func Server(version string, options ...Option) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		p := New(version, options...)()
		inner := providerserver.NewProtocol6(p)()
		s := &server{ProviderServer: inner, settled: settledPlans}
		s.provisioner, _ = p.(*provisioner)
		s.ListResourceServer, _ = inner.(tfprotov6.ListResourceServer)
		s.ActionServer, _ = inner.(tfprotov6.ActionServer)
		s.StateStoreServer, _ = inner.(tfprotov6.StateStoreServer)
		return s
	}
}

// server answers a plan that changes nothing without asking the framework, which needs more than a millisecond and
// most of a megabyte to find that out: in a plan over a thousand people it is nearly always so (docs/adr/0008).
type server struct {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer

	provisioner *provisioner
	settled     map[string]settledPlan
}

// settledPlan judges a resource for which Terraform proposes the prior state: whether its plan would leave it at that.
type settledPlan struct {
	of   tftypes.Type
	rule func(c *clouds, prior, config map[string]tftypes.Value) bool
}

// PlanResourceChange answers with the prior state when nothing is to be done.
func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if s.nothingToDo(req) {
		return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.PriorState, PlannedPrivate: req.PriorPrivate, PlannedIdentity: req.PriorIdentity}, nil
	}
	return s.ProviderServer.PlanResourceChange(ctx, req)
}

func (s *server) nothingToDo(req *tfprotov6.PlanResourceChangeRequest) bool {
	plan, known := s.settled[req.TypeName]
	if !known || req.PriorState == nil || req.ProposedNewState == nil || req.Config == nil || !bytes.Equal(req.PriorState.MsgPack, req.ProposedNewState.MsgPack) {
		return false
	}
	c, prior, config := s.provisioner.clouds.Load(), attributes(req.PriorState, plan.of), attributes(req.Config, plan.of)
	return c != nil && prior != nil && config != nil && plan.rule(c, prior, config)
}

// schemaVersion is that of all our schemas so far.
const schemaVersion = 0

// UpgradeResourceState hands the stored state on where it is of this version already, as the framework does, but without
// building the resource's type anew for every person.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if plan, known := s.settled[req.TypeName]; known && req.Version == schemaVersion && req.RawState != nil {
		value, err := req.RawState.UnmarshalWithOpts(plan.of, tfprotov6.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}})
		if err == nil {
			if state, err := tfprotov6.NewDynamicValue(plan.of, value); err == nil {
				return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &state}, nil
			}
		}
	}
	return s.ProviderServer.UpgradeResourceState(ctx, req)
}

// attributes decodes an object; nil is a null, or something that the framework had better look at.
func attributes(d *tfprotov6.DynamicValue, of tftypes.Type) map[string]tftypes.Value {
	value, err := d.Unmarshal(of)
	if err != nil || value.IsNull() || !value.IsKnown() {
		return nil
	}
	var all map[string]tftypes.Value
	if value.As(&all) != nil {
		return nil
	}
	return all
}
