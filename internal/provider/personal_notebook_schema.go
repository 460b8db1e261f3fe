package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

// What becomes of a notebook when its person leaves.
const (
	deleteNotebook  = "delete"
	stopNotebook    = "stop"
	abandonNotebook = "abandon"
)

// Defaults, by attribute; those of machine_type and idle_shutdown_minutes depend on the environment.
var notebookDefaults = map[string]string{
	"environment": string(notebook.Workbench),
	"identity":    string(notebook.AsUser),
	"on_destroy":  deleteNotebook,
}

// notebookFlags are the flags, all off by default.
var notebookFlags = []string{"public_ip", "third_party_identity", "deletion_protection"}

// defaultMachineTypes are the published deployer's, where it had the environment.
var defaultMachineTypes = map[notebook.Environment]string{
	notebook.Workbench:   "e2-standard-4",
	notebook.Managed:     "n1-standard-4",
	notebook.DataprocHub: "e2-medium",
}

const notebookIdleMinutes = 180

func (r *personalNotebookResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"user_email": schema.StringAttribute{
			Required: true, Validators: []validator.String{emailValidator}, PlanModifiers: []planmodifier.String{sameEmail},
			MarkdownDescription: "Whose notebook it is: its one owner. Case does not matter; another person means another notebook.",
		},
		"environment": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "Which product of Google: `workbench` (default; a Workbench instance), or one of two that Google ended and that are here for projects that still have them: " +
				"`managed` (a managed notebook, whose owner's own identity needs no consent) or `dataproc_hub` (a JupyterHub that starts Dataproc clusters from templates). Another one means another notebook.",
		},
		"project":  placed(projectAttribute()),
		"location": placed(locationAttribute("Zone, such as `us-central1-a`; for `managed` a region. Defaults to the provider's, for `managed` to the region of it. Another one means another notebook.")),
		"name": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: keepString(),
			MarkdownDescription: "Name of the notebook: 1 to 63 of a-z, 0-9 and hyphens. Defaults to one that is readable and that no two people share. Another one means another notebook.",
		},
		"identity": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(notebookDefaults["identity"]),
			MarkdownDescription: "Who the notebook reads data as: `user` (default), the owner, so that queries are logged and billed as that person, or `service_account`, the machine's. Another one means another notebook.",
		},
	}
	for _, more := range []map[string]schema.Attribute{machineAttributes(), accessAttributes(), lifeAttributes(), notebookComputed()} {
		for name, attribute := range more {
			attributes[name] = attribute
		}
	}
	attributes["timeouts"] = operationTimeouts(ctx, "How long each operation may take. A creation that runs out of time is a warning: Google goes on with it, and the next apply waits for the rest.", timeouts.Opts{
		CreateDescription: "Such as `45m`. Defaults to 30 minutes.",
		ReadDescription:   "Defaults to 5 minutes.",
		UpdateDescription: "Defaults to 30 minutes.",
		DeleteDescription: "Defaults to 20 minutes.",
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "One notebook on Google Cloud for one person, theirs alone, that queries data as that person: created if absent, waited for until it is up, and announced by Slack.\n\n" +
			"The provider looks first. What a killed run left half-made is found by its labels and finished; what somebody else made under the same name is an error, never overwritten. " +
			"An idle-stopped notebook is at its normal rest: it is no drift, and no edit starts it.",
		Attributes: attributes,
	}
}

// placed takes the replacement out of a shared attribute: what an import does not tell must not replace a notebook, so
// here the plan decides.
func placed(a schema.StringAttribute) schema.StringAttribute {
	a.PlanModifiers = keepString()
	return a
}

// machineAttributes say what the notebook runs on.
func machineAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"machine_type": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: fmt.Sprintf("Machine type. Defaults to `%s`, for `managed` to `%s` and for `dataproc_hub` to `%s`. A running notebook is stopped and started again for another one; the plan says so.",
				defaultMachineTypes[notebook.Workbench], defaultMachineTypes[notebook.Managed], defaultMachineTypes[notebook.DataprocHub]),
		},
		"accelerator": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "What the notebook computes with beside its processors.",
			Attributes: map[string]schema.Attribute{
				"type":  schema.StringAttribute{Required: true, MarkdownDescription: "Type, such as `NVIDIA_TESLA_T4`."},
				"count": schema.Int64Attribute{Required: true, MarkdownDescription: "How many."},
			},
		},
		"boot_disk": diskAttribute("Boot disk"),
		"data_disk": diskAttribute("Data disk, where the person's files are"),
		"image": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "What the notebook boots from, by `family` or by `name`; unset is Google's current image. Another one means another notebook. With `identity = \"user\"` only Google's images work.",
			Attributes: map[string]schema.Attribute{
				"project": schema.StringAttribute{Optional: true, MarkdownDescription: "Project of the image, such as `cloud-notebooks-managed`."},
				"family":  schema.StringAttribute{Optional: true, MarkdownDescription: "Family, of which the newest image is taken, such as `workbench-instances`."},
				"name":    schema.StringAttribute{Optional: true, MarkdownDescription: "Name of one image."},
			},
		},
		"customer_managed_key": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Cloud KMS key that the disks are encrypted with: `projects/P/locations/L/keyRings/R/cryptoKeys/K`. Another one means another notebook.",
		},
	}
}

func diskAttribute(what string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true, PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		MarkdownDescription: what + ". What is unset is left to Google. A disk grows in place; a smaller one or another type means another notebook.",
		Attributes: map[string]schema.Attribute{
			"size_gb": schema.Int64Attribute{
				Optional: true, Computed: true, PlanModifiers: []planmodifier.Int64{int64planmodifier.UseNonNullStateForUnknown()},
				MarkdownDescription: "Size in GB.",
			},
			"type": schema.StringAttribute{
				Optional: true, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseNonNullStateForUnknown()},
				MarkdownDescription: "Type, such as `PD_BALANCED`.",
			},
		},
	}
}

// accessAttributes say how the notebook is reached, and what it reaches.
func accessAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"network": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), sameResource},
			MarkdownDescription: "VPC network: a name, or `projects/P/global/networks/N`. Unset is left to Google. Another one means another notebook.",
		},
		"subnet": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), sameResource},
			MarkdownDescription: "Subnetwork: a name, or `projects/P/regions/R/subnetworks/S`. Unset is left to Google. Another one means another notebook.",
		},
		"public_ip": schema.BoolAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "Whether the machine has a public address. Defaults to false. It can be taken away in place, but not given back: that means another notebook.",
		},
		"tags": schema.SetAttribute{
			Optional: true, Computed: true, ElementType: types.StringType, PlanModifiers: []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
			MarkdownDescription: "Network tags, without those that Google adds. Unset leaves them as they are.",
		},
		"service_account": schema.StringAttribute{
			Optional: true, Computed: true, PlanModifiers: keepString(),
			MarkdownDescription: "E-mail of the machine's service account, for `identity = \"service_account\"` (required there for `managed`) and for `dataproc_hub`; otherwise unset is left to Google. Another one means another notebook.",
		},
		"third_party_identity": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether people sign in by a workforce identity pool. Defaults to false, and excludes `identity = \"user\"`. Changing it means another notebook.",
		},
		"templates": schema.ListAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "For `dataproc_hub`: the `gs://` addresses of the cluster files that the owner may pick, such as the `uri` of a `provisioner_dataproc_template`.",
		},
	}
}

// lifeAttributes say how the notebook lives.
func lifeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"labels": schema.MapAttribute{
			Optional: true, Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Labels. Only these keys are compared: what others add stays. The provider adds its own, `provisioner_owner` and `provisioner_managed_by`.",
		},
		"metadata": schema.MapAttribute{
			Optional: true, Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Metadata of the machine. Only these keys are compared, and keys that belong to Google are refused, and with `identity = \"user\"` those that end-user credentials exclude, such as `startup-script` and `ssh-keys`; `post-startup-script` is taken when the notebook is made. The idle shutdown has an attribute of its own.",
		},
		"idle_shutdown_minutes": schema.Int64Attribute{
			Optional: true, Computed: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			MarkdownDescription: fmt.Sprintf("After how many minutes without use the notebook stops by itself: 10 to 1440. Defaults to %d. Not for `dataproc_hub`, whose clusters have their own end in the template.", notebookIdleMinutes),
		},
		"desired_state": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "`ACTIVE` or `STOPPED`: the notebook is brought to it at every apply that finds it otherwise. Unset leaves it as it is, started and stopped by its owner.",
		},
		"on_destroy": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(notebookDefaults["on_destroy"]),
			Validators:          []validator.String{stringvalidator.OneOf(deleteNotebook, stopNotebook, abandonNotebook)},
			MarkdownDescription: "What becomes of the notebook when the person leaves: `delete` (default) with its disks, `stop`, or `abandon`.",
		},
		"deletion_protection": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether a plan that would destroy or replace the notebook is refused. Defaults to false.",
		},
		"notification": notificationAttribute("the notebook was created, with its address and, where the owner has to let it act as them, how to"),
	}
}

func notebookComputed() map[string]schema.Attribute {
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"id":                 computed("Id of the notebook: `projects/P/locations/L/instances/N`, for `managed` `.../runtimes/N`."),
		"proxy_url":          computed("Address of the notebook, for its owner's browser."),
		"state":              computed("State of the notebook in Google's words; `STOPPED` is its normal rest."),
		"effective_identity": computed("Who data is read as, as IAM writes members: `user:ana@example.com` or `serviceAccount:…`. For `dataproc_hub` it is who the clusters of its templates read as."),
		"outcome":            computed("What the last apply that had something to do came to: `created`, `no_action` (it was there already, and ours) or `failed` (it exists and did not come up, or the wait for it was cut short; the next apply goes on)."),
		"notified_at":        computed("When the person was told by Slack (RFC 3339); null when they were not."),
	}
}

func (r *personalNotebookResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id":          identityschema.StringAttribute{RequiredForImport: true, Description: "Id of the notebook."},
		"environment": identityschema.StringAttribute{OptionalForImport: true, Description: "Which product of Google it is: workbench (default), managed or dataproc_hub."},
	}}
}
