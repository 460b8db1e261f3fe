package provider

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// ValidateConfig refuses what the configuration alone shows to be impossible for anybody. Who asks is known at plan.
func (r *slideruleClusterResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config slideruleClusterModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Version.IsNull() {
		config.Version = types.StringValue(sliderule.DefaultVersion)
	}
	config.judge(nil, &resp.Diagnostics)
}

// judge refuses what cannot be, one error a problem, at its attribute. What is not known yet is not held against it.
// Without a region it is what nobody can have; with one, what the region's caller cannot, or what has no price there.
func (m *slideruleClusterModel) judge(region *sliderule.Region, diags *diag.Diagnostics) {
	for _, p := range m.problems(region) {
		if !slices.ContainsFunc(append(slices.Clone(p.Others), p.Attribute), m.waitsFor) {
			diags.AddAttributeError(pathTo(p.Attribute), p.Summary, ended(p.Detail))
		}
	}
}

// problems are what is wrong with what the model asks for. What Terraform can say and the engine takes for a default
// comes first.
func (m *slideruleClusterModel) problems(region *sliderule.Region) []sliderule.Problem {
	var problems []sliderule.Problem
	for _, empty := range []struct {
		attribute, remedy string
		value             attr.Value
		is                attr.Value
	}{
		{"version", "name the tag of an image, such as v5.5.0, or leave version out for " + sliderule.DefaultVersion, m.Version, types.StringValue("")},
		{"max_nodes", "give at least node_capacity, or leave max_nodes out for just that", m.MaxNodes, types.Int64Value(0)},
		{"nodes.volume_gb", fmt.Sprintf("give the size of a disk, or leave volume_gb out for %d", sliderule.DefaultVolumeGB), m.Nodes.Attributes()["volume_gb"], types.Int64Value(0)},
	} {
		if empty.value != nil && empty.value.Equal(empty.is) {
			problems = append(problems, sliderule.Problem{
				Attribute: empty.attribute, Summary: "This is no value", Detail: fmt.Sprintf("%s is %s: %s", empty.attribute, empty.is, empty.remedy),
			})
		}
	}
	if region != nil {
		return append(problems, region.Judge(m.wanted())...)
	}
	administrator := access.Caller{Level: access.Administrator}
	impossible := map[string]bool{}
	for _, p := range sliderule.Judge(widest(), administrator, m.wanted()) {
		impossible[p.Attribute] = true
	}
	for _, p := range sliderule.Judge(access.Default(), administrator, m.wanted()) {
		if impossible[p.Attribute] {
			problems = append(problems, p)
		}
	}
	return problems
}

// widest are the rules for administrators without their largest numbers, which the provider's limits may raise.
func widest() access.Table {
	rules := access.Default()
	rights := rules.Levels[access.Administrator]
	rights.NodeCapacity.Max, rights.TimeToLive.Max = math.MaxInt32, math.MaxInt32
	rules.Levels[access.Administrator] = rights
	return rules
}

// waitsFor reports whether the value of an attribute, or a part of it, has to wait for the apply.
func (m *slideruleClusterModel) waitsFor(attribute string) bool {
	root, part, nested := strings.Cut(attribute, ".")
	value, known := m.declarable()[root]
	if object, ok := value.(types.Object); ok && nested {
		return object.IsUnknown() || !whollyKnown(object.Attributes()[part])
	}
	return known && !whollyKnown(value)
}

// declarable are the attributes that the engine has to do with.
func (m *slideruleClusterModel) declarable() map[string]attr.Value {
	return map[string]attr.Value{
		"cluster": m.Cluster, "is_public": m.IsPublic, "node_capacity": m.NodeCapacity, "time_to_live": m.TimeToLive, "min_nodes": m.MinNodes, "max_nodes": m.MaxNodes,
		"version": m.Version, "nodes": m.Nodes, "availability_zones": m.AvailabilityZones, "budget": m.Budget, "sleep": m.Sleep,
	}
}

// isKnown: what a cluster is made of does not have to wait for the apply.
func (m *slideruleClusterModel) isKnown() bool {
	for _, value := range m.declarable() {
		if !whollyKnown(value) {
			return false
		}
	}
	return true
}

// pathTo is where an attribute such as nodes.instance_types stands.
func pathTo(attribute string) path.Path {
	root, rest, nested := strings.Cut(attribute, ".")
	if !nested {
		return path.Root(root)
	}
	return path.Root(root).AtName(rest)
}

// tellFailure tells what went wrong at the attribute that it is about, where there is one.
func tellFailure(summary string, err error, diags *diag.Diagnostics) {
	var shortage *budget.Shortage
	var problem *sliderule.Problem
	var refusal *access.Refusal
	switch {
	case errors.As(err, &shortage):
		diags.AddAttributeError(path.Root("budget"), summary, sentence(err))
	case errors.As(err, &problem):
		diags.AddAttributeError(pathTo(problem.Attribute), summary, sentence(err))
	case errors.As(err, &refusal) && refusal.Attribute != "function" && refusal.Attribute != "user":
		diags.AddAttributeError(path.Root(refusal.Attribute), summary, sentence(err))
	default:
		diags.AddError(summary, sentence(err))
	}
}
