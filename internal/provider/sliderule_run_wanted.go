package provider

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// slideruleRunInput is what a configuration says of a run of either kind, in a resource as in an action.
type slideruleRunInput struct {
	Cluster       types.String `tfsdk:"cluster"`
	Version       types.String `tfsdk:"version"`
	TimeLimit     types.Int64  `tfsdk:"time_limit"` // minutes
	AllowOnDemand types.Bool   `tfsdk:"allow_on_demand"`
	InstanceTypes types.List   `tfsdk:"instance_types"`
	Architecture  types.String `tfsdk:"architecture"`
	Zones         types.List   `tfsdk:"zones"`
	Subnets       types.List   `tfsdk:"subnets"`
	SecurityGroup types.String `tfsdk:"security_group"`
	VolumeGB      types.Int64  `tfsdk:"volume_gb"`
	Retries       types.Int64  `tfsdk:"retries"`
	Repository    types.String `tfsdk:"repository"`
}

// slideruleReleaseInput is what a configuration says of a release besides.
type slideruleReleaseInput struct {
	Overwrite  types.Bool `tfsdk:"overwrite"`
	MoveLatest types.Bool `tfsdk:"move_latest"`
	ImageNames types.List `tfsdk:"image_names"`
}

// noRunInput is a configuration that says nothing.
func noRunInput() slideruleRunInput {
	none := types.ListNull(types.StringType)
	return slideruleRunInput{InstanceTypes: none, Zones: none, Subnets: none}
}

func noReleaseInput() slideruleReleaseInput {
	return slideruleReleaseInput{ImageNames: types.ListNull(types.StringType)}
}

// test is a test run as the engine takes it. What is null or not known yet is left to the engine.
func (in *slideruleRunInput) test() run.Wanted { return in.wanted(script.Test) }

// release is a release as the engine takes it.
func (in *slideruleRunInput) release(more *slideruleReleaseInput) run.Wanted {
	w := in.wanted(script.Release)
	w.Overwrite, w.MoveLatest = more.Overwrite.ValueBool(), more.MoveLatest.ValueBool()
	w.Images = textsOrNone(more.ImageNames.Elements())
	return w
}

func (in *slideruleRunInput) wanted(kind script.Kind) run.Wanted {
	return run.Wanted{
		Kind: kind, Cluster: in.Cluster.ValueString(), Version: in.Version.ValueString(),
		TimeLimit: minutes(in.TimeLimit), AllowOnDemand: in.AllowOnDemand.ValueBool(),
		InstanceTypes: textsOrNone(in.InstanceTypes.Elements()), Architecture: in.Architecture.ValueString(), VolumeGB: number(in.VolumeGB),
		Zones: textsOrNone(in.Zones.Elements()), Subnets: textsOrNone(in.Subnets.Elements()), SecurityGroup: in.SecurityGroup.ValueString(),
		Retries: number(in.Retries), Repository: in.Repository.ValueString(),
	}
}

// declared are the attributes that the engine has to do with, by name.
func (in *slideruleRunInput) declared() map[string]attr.Value {
	return map[string]attr.Value{
		"cluster": in.Cluster, "version": in.Version, "time_limit": in.TimeLimit, "allow_on_demand": in.AllowOnDemand, "instance_types": in.InstanceTypes,
		"architecture": in.Architecture, "zones": in.Zones, "subnets": in.Subnets, "security_group": in.SecurityGroup, "volume_gb": in.VolumeGB, "retries": in.Retries, "repository": in.Repository,
	}
}

func (more *slideruleReleaseInput) declared() map[string]attr.Value {
	return map[string]attr.Value{"overwrite": more.Overwrite, "move_latest": more.MoveLatest, imageNames: more.ImageNames}
}

// imageNames is the attribute with the names of a release's images; the engine's images are ours with their digests.
const imageNames = "image_names"

// judgeRun refuses what cannot be, one error a problem, at its attribute; values are the attributes as they are
// configured, by name. What is not known yet is not held against anybody. Without a region it is what nobody can have;
// with one, what the region's caller cannot.
func judgeRun(w run.Wanted, values map[string]attr.Value, region *sliderule.Region, diags *diag.Diagnostics) {
	for _, p := range runProblems(w, values, region) {
		about := append(slices.Clone(p.Others), p.Attribute)
		if p.Attribute == "instance_types" { // what fits depends on the architecture
			about = append(about, "architecture")
		}
		if slices.ContainsFunc(about, func(name string) bool { return !whollyKnown(values[name]) }) {
			continue
		}
		if _, ours := values[p.Attribute]; ours {
			diags.AddAttributeError(path.Root(p.Attribute), p.Summary, ended(p.Detail))
			continue
		}
		diags.AddError(p.Summary, ended(p.Detail)) // it is about who asks, and no attribute
	}
}

func runProblems(w run.Wanted, values map[string]attr.Value, region *sliderule.Region) []sliderule.Problem {
	problems := emptyOfRun(values)
	rules, caller := access.Default(), access.Caller{Level: access.Administrator}
	if region != nil {
		rules, caller = region.Rules(), region.Caller()
	}
	for _, p := range run.Judge(rules, caller, w) {
		switch p.Attribute {
		case "images":
			p.Attribute, p.Detail = imageNames, imageNames+strings.TrimPrefix(p.Detail, "images")
		case "time_limit": // in the unit that it is written in
			p.Detail = strings.Replace(p.Detail, w.TimeLimit.String(), strconv.Itoa(int(w.TimeLimit/time.Minute)), 1)
		}
		if !hasProblem(problems, p.Attribute) {
			problems = append(problems, p)
		}
	}
	return problems
}

// emptyOfRun is what Terraform can say and the engine takes for a default.
func emptyOfRun(values map[string]attr.Value) (problems []sliderule.Problem) {
	for _, empty := range []struct {
		attribute, remedy string
		is                attr.Value
	}{
		{"time_limit", "give minutes, or leave time_limit out", types.Int64Value(0)},
		{"volume_gb", fmt.Sprintf("give the size of a disk, or leave volume_gb out for %d", run.DefaultVolumeGB), types.Int64Value(0)},
		{"architecture", "name one, or leave architecture out for " + run.DefaultArchitecture, types.StringValue("")},
		{"security_group", "give the id of one, or leave security_group out for one that is made for runs", types.StringValue("")},
		{"repository", "give the address of one, or leave repository out for the foundation's organization", types.StringValue("")},
	} {
		if value := values[empty.attribute]; value != nil && value.Equal(empty.is) {
			problems = append(problems, sliderule.Problem{
				Attribute: empty.attribute, Summary: "This is no value", Detail: fmt.Sprintf("%s is %s: %s", empty.attribute, empty.is, empty.remedy),
			})
		}
	}
	for _, attribute := range []string{"instance_types", "zones", "subnets", imageNames} {
		for _, element := range elementsOf(values[attribute]) {
			if element.Equal(types.StringValue("")) && !hasProblem(problems, attribute) {
				problems = append(problems, sliderule.Problem{Attribute: attribute, Summary: "This is no value", Detail: fmt.Sprintf(`%s has an empty text, "": leave it out`, attribute)})
			}
		}
	}
	return problems
}

func hasProblem(problems []sliderule.Problem, attribute string) bool {
	return slices.ContainsFunc(problems, func(p sliderule.Problem) bool { return p.Attribute == attribute })
}
