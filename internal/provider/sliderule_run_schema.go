package provider

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// Defaults of a run's attributes that the state holds.
const (
	defaultAllowOnDemand = false
	defaultDeleteLogs    = false
	defaultRetries       = 0
)

// runAttributes are what a test run and a release have in common.
func runAttributes(ctx context.Context, kind script.Kind) map[string]schema.Attribute {
	attributes := runInputs(kind)
	maps.Copy(attributes, map[string]schema.Attribute{
		"triggers": schema.MapAttribute{
			ElementType: types.StringType, Optional: true, Validators: []validator.Map{mapvalidator.NoNullValues()},
			MarkdownDescription: "Any texts. When one of them changes, the next apply runs again.",
		},
		"wait": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(defaultWait),
			MarkdownDescription: "Whether an apply ends only when the run has ended, and fails when it did not pass. Without it, a later plan tells what came of it, and replaces a run that did not pass. Defaults to true.",
		},
		"delete_logs": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(defaultDeleteLogs),
			MarkdownDescription: "Whether destroying the resource deletes the run's summary and log too, and those of its interrupted attempts. A run that is replaced because it did not pass is destroyed as well. Defaults to false: they stay for as long as the foundation keeps logs.",
		},
		"timeouts": operationTimeouts(ctx, "How long each operation may take. A wait that ends early is a warning: the run goes on, and the next apply waits for it again.", timeouts.Opts{
			CreateDescription: "Defaults to the time limit of each attempt, and 30 minutes.", ReadDescription: "Defaults to 5 minutes.",
			UpdateDescription: "Defaults to the same.", DeleteDescription: "Defaults to 20 minutes.",
		}),
	})
	maps.Copy(attributes, runResults())
	return attributes
}

// runInputs say what a run is. Changing one of them runs again, except retries; see ModifyPlan.
func runInputs(kind script.Kind) map[string]schema.Attribute {
	text := func(required bool, description string) schema.Attribute {
		return schema.StringAttribute{Required: required, Optional: !required, MarkdownDescription: description}
	}
	texts := func(description string) schema.Attribute {
		return schema.ListAttribute{ElementType: types.StringType, Optional: true, Validators: textsGiven(), MarkdownDescription: description}
	}
	limit, cluster, version := run.DefaultTestLimit, "Name of the cluster that the tests are run against, which has to be up.", "What is tested: a branch, a tag or a commit. A branch that moves on does not run again by itself: name its commit, or use `triggers`."
	architectures := "`arm64` or `x86_64`. Defaults to `" + run.DefaultArchitecture + "`."
	if kind == script.Release {
		limit, cluster, version = run.DefaultReleaseLimit, "Name of the cluster that the release is for: its machine and costs are tagged with it.", "Tag of the repository that is released. The images are pushed under the same tag, which cannot be `latest`."
		architectures = "`arm64`, which SlideRule's images are for. Defaults to it."
	}
	return map[string]schema.Attribute{
		"cluster": text(true, cluster),
		"version": text(true, version),
		"time_limit": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: fmt.Sprintf("Minutes after which the run's machine ends, whatever happens: 10 to 720. Nobody has to wait for that to happen. Defaults to %.0f.", limit.Minutes()),
		},
		"allow_on_demand": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(defaultAllowOnDemand),
			MarkdownDescription: "Whether an on-demand machine may be taken when there is no spot capacity for any of the types in any of the zones. Defaults to false.",
		},
		"instance_types": texts("Instance types in order of preference, at most 20. Defaults to types of eight processors and 32 GB or more: " + strings.Join(run.DefaultInstanceTypes(run.DefaultArchitecture), ", ") + "."),
		"architecture":   text(false, architectures),
		"zones":          texts("Availability zones in order of preference, such as `us-west-2a`. Defaults to every zone that there is a subnet in."),
		"subnets":        texts("Ids of subnets, all of one VPC, with a way out to the internet. Defaults to the default subnets of the default VPC."),
		"security_group": text(false, "Id of a security group that lets nobody in. Defaults to one that is made for runs."),
		"volume_gb": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: fmt.Sprintf("Size of the machine's disk, in GB: 20 to 1000. Defaults to %d.", run.DefaultVolumeGB),
		},
		"retries": schema.Int64Attribute{
			Optional: true, Computed: true, Default: int64default.StaticInt64(defaultRetries),
			MarkdownDescription: "How often a run whose spot machine AWS took back is tried again by the apply that waits for it, at most 5. Each attempt has an id and a log of its own. Defaults to 0.",
		},
		"repository": text(false, "Address that git clones, without a name or token in it. Defaults to the `sliderule` of the foundation's GitHub organization."),
	}
}

// runResults are what an apply and a look tell of a run. Nothing of it is drift.
func runResults() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":     text("Id of the run."),
		"run_id": text("Id of the run: of the last attempt, should AWS have interrupted some."),
		"status": text("`running`, `passed`, `failed`, `timed out`, `interrupted` (AWS took the spot machine back) or `stopped` (somebody ended the machine). A plan replaces a run that has ended and did not pass."),
		"reason": text("Why it did not pass. Null while it runs, and when it passed."),
		"attempt": schema.Int64Attribute{
			Computed: true, PlanModifiers: keepInt64(), MarkdownDescription: "Which attempt this is, from 1. Null when the run was imported.",
		},
		"previous_run_ids": schema.ListAttribute{
			ElementType: types.StringType, Computed: true, PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Ids of the attempts before this one, which AWS interrupted, oldest first.",
		},
		"started_at":    text("When its machine was started (RFC 3339, UTC)."),
		"ended_at":      text("When it ended (RFC 3339, UTC). Null while it runs, and when that is not known."),
		"ends_at":       text("When its machine is terminated at the latest, by a schedule of AWS (RFC 3339, UTC)."),
		"instance_id":   text("Id of its machine."),
		"instance_type": text("Type of its machine."),
		"spot":          schema.BoolAttribute{Computed: true, PlanModifiers: keepBool(), MarkdownDescription: "Whether its machine is a spot instance."},
		"zone":          text("Availability zone of its machine."),
		"commit":        text("Commit that the version was. Null until the run has ended."),
		"log_uri":       text("Address of its log, `s3://bucket/key`. It is written at the end of the run."),
		"summary_uri":   text("Address of its summary, a JSON document."),
	}
}

// suiteTypes is what the state holds of a suite.
var suiteTypes = map[string]attr.Type{
	"status": types.StringType, "passed": types.Int64Type, "failed": types.Int64Type, "skipped": types.Int64Type, "errors": types.Int64Type, "seconds": types.Float64Type,
}

// suitesAttribute is the result of a test run.
func suitesAttribute() schema.Attribute {
	count := func(description string) schema.Attribute {
		return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	}
	return schema.MapNestedAttribute{
		Computed: true, PlanModifiers: []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
		MarkdownDescription: "What each suite came to, by its name: `" + strings.Join(script.Suites(), "`, `") + "`. Null until the run has ended, and when it left no summary.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"status":  schema.StringAttribute{Computed: true, MarkdownDescription: "`passed`, `failed`, `error` (it ended without a result, or was not reached) or `skipped` (there is no such suite at the version)."},
			"passed":  count("How many tests passed."),
			"failed":  count("How many tests failed."),
			"skipped": count("How many tests were skipped."),
			"errors":  count("How many tests ended without a result."),
			"seconds": schema.Float64Attribute{Computed: true, MarkdownDescription: "How long the suite took, in seconds."},
		}},
	}
}

// runIdentity tells one run from all others.
func runIdentity(resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"run_id":  identityschema.StringAttribute{RequiredForImport: true, Description: "Id of the run."},
		"region":  identityschema.StringAttribute{OptionalForImport: true, Description: "Region of AWS. An import from another one is refused."},
		"account": identityschema.StringAttribute{OptionalForImport: true, Description: "Account of AWS. An import from another one is refused."},
	}}
}
