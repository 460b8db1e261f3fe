package provider

import (
	"context"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// levels are the permission levels of a cluster.
func levels() []string {
	return []string{
		string(compute.ClusterPermissionLevelCanAttachTo), string(compute.ClusterPermissionLevelCanRestart), string(compute.ClusterPermissionLevelCanManage),
	}
}

// Defaults, by attribute.
var clusterDefaults = map[string]string{
	"owner_level": string(compute.ClusterPermissionLevelCanRestart),
	"on_existing": string(singleuser.LeaveExisting),
	"on_destroy":  string(singleuser.DeleteCluster),
}

const defaultWarmUp = true

func (r *singleUserClusterResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := func() []planmodifier.String {
		return []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One Databricks cluster for one person, theirs alone: created if absent, permissioned, warmed up until its libraries are installed, then stopped, and announced by Slack.\n\n" +
			"The provider looks first: a cluster of the same person and name that is already there is left as it is, with `outcome = \"no_action\"`. " +
			"What a killed run left half-made is found by its tags and finished. A terminated cluster is at its normal rest, and no edit starts it.",
		Attributes: map[string]schema.Attribute{
			"user_email": schema.StringAttribute{
				Required: true, Validators: []validator.String{emailValidator},
				PlanModifiers:       []planmodifier.String{sameEmail, stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "Whose cluster it is. Case does not matter; another person means another cluster.",
			},
			"defaults_json": schema.StringAttribute{
				Required: true, Validators: []validator.String{settingsValidator{}},
				MarkdownDescription: "The settings file: a [clusters/create](https://docs.databricks.com/api/workspace/clusters/create) body in JSON, plus `libraries`, shared by everyone. " +
					"An unknown field is refused, and so are `cluster_name`, `single_user_name` and a missing `autotermination_minutes`. Only the declared keys are compared with the cluster: what a policy adds is not drift.",
			},
			"name": schema.StringAttribute{
				Optional: true, Computed: true, PlanModifiers: keep(), Validators: []validator.String{stringvalidator.LengthBetween(1, maxNameLength)},
				MarkdownDescription: "Name of the cluster. Defaults to `" + defaultNamePrefix + "-` and the person, readable and unique.",
			},
			"permissions": schema.SetNestedAttribute{
				Optional:            true,
				MarkdownDescription: "Who else may do what with the cluster, beside the owner. Entries that were made elsewhere stay.",
				NestedObject: schema.NestedAttributeObject{
					Validators: []validator.Object{onePrincipal{}},
					Attributes: map[string]schema.Attribute{
						"user_name":              schema.StringAttribute{Optional: true, MarkdownDescription: "E-mail of a user."},
						"group_name":             schema.StringAttribute{Optional: true, MarkdownDescription: "Name of a group."},
						"service_principal_name": schema.StringAttribute{Optional: true, MarkdownDescription: "Application id of a service principal."},
						"permission_level": schema.StringAttribute{
							Required: true, Validators: []validator.String{stringvalidator.OneOf(levels()...)},
							MarkdownDescription: "One of " + words(levels()) + ".",
						},
					},
				},
			},
			"owner_level": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(clusterDefaults["owner_level"]),
				Validators:          []validator.String{stringvalidator.OneOf(levels()...)},
				MarkdownDescription: "What the person may do with their cluster: one of " + words(levels()) + ". Defaults to `CAN_RESTART`.",
			},
			"warm_up": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(defaultWarmUp),
				MarkdownDescription: "Whether to start the cluster, wait until every library is installed, and stop it again. Without it the libraries are attached only, to be installed when the person first starts the cluster. Defaults to true.",
			},
			"pinned": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Whether Databricks keeps the cluster although nobody starts it for 30 days. A workspace has room for 100 pinned clusters. Unset leaves it as it is.",
			},
			"on_existing": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(clusterDefaults["on_existing"]),
				Validators:          []validator.String{stringvalidator.OneOf(string(singleuser.LeaveExisting), string(singleuser.AdoptExisting), string(singleuser.FailExisting))},
				MarkdownDescription: "What to do with a cluster of the same person and name that somebody else made: `no_action` (default) leaves it, now and at destroy; `adopt` makes it ours; `fail` is an error.",
			},
			"on_destroy": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(clusterDefaults["on_destroy"]),
				Validators:          []validator.String{stringvalidator.OneOf(string(singleuser.DeleteCluster), string(singleuser.StopCluster), string(singleuser.AbandonCluster))},
				MarkdownDescription: "What becomes of the cluster when the person leaves: `delete` (default) for good, `stop`, or `abandon`. What somebody else made is always abandoned.",
			},
			"notification": notificationAttribute("the cluster was created"),
			"cluster_id":   schema.StringAttribute{Computed: true, PlanModifiers: keep(), MarkdownDescription: "Id of the cluster."},
			"outcome": schema.StringAttribute{
				Computed: true, PlanModifiers: keep(),
				MarkdownDescription: "What the last apply that had something to do came to: `created`, `no_action` (it was already there) or `failed` (the warm-up; the cluster is stopped, and the next apply tries again).",
			},
			"managed": schema.BoolAttribute{
				Computed: true, PlanModifiers: keepBool(),
				MarkdownDescription: "Whether the cluster is this installation's own. One that somebody else made is neither changed nor deleted.",
			},
			"state":           schema.StringAttribute{Computed: true, PlanModifiers: keep(), MarkdownDescription: "State of the cluster; `TERMINATED` is its normal rest, also while it is on the way there. `PURGED`: Databricks removed it, and the next apply makes it again."},
			"warm_up_status":  schema.StringAttribute{Computed: true, PlanModifiers: keep(), MarkdownDescription: "How the last warm-up ended: `succeeded`, `failed`, `interrupted` (the next apply resumes it) or `not_requested`."},
			"warm_up_message": schema.StringAttribute{Computed: true, PlanModifiers: keep(), MarkdownDescription: "Why the last warm-up did not end well; null when it did."},
			"libraries":       librariesAttribute(),
			"url":             schema.StringAttribute{Computed: true, PlanModifiers: keep(), MarkdownDescription: "Page of the cluster in the workspace."},
			"notified_at":     schema.StringAttribute{Computed: true, PlanModifiers: keep(), MarkdownDescription: "When the person was told by Slack (RFC 3339); null when they were not."},
			"timeouts":        clusterTimeouts(ctx),
		},
	}
}

func clusterTimeouts(ctx context.Context) schema.Attribute {
	return operationTimeouts(ctx, "How long each operation may take. A warm-up that runs out of time is a warning: the cluster is stopped, and the next apply resumes.", timeouts.Opts{
		CreateDescription: "How long the warm-up may take, such as `45m`, its place in the queue of `max_parallel_starts` included. Defaults to 30 minutes.",
		ReadDescription:   "Defaults to 5 minutes.",
		UpdateDescription: "Defaults to 30 minutes.",
		DeleteDescription: "Defaults to 10 minutes.",
	})
}

func (r *singleUserClusterResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"cluster_id": identityschema.StringAttribute{RequiredForImport: true, Description: "Id of the cluster."},
	}}
}
