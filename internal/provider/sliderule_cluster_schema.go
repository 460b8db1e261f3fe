package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

func (r *slideruleClusterResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"cluster": schema.StringAttribute{
			Required: true, PlanModifiers: replaceString(),
			MarkdownDescription: "Name of the cluster: 1 to 40 of a-z, 0-9 and hyphens, beginning with a letter. Its stack is `<cluster>-cluster`, its address `<cluster>.<domain>`. Another name means another cluster.",
		},
		"is_public": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(defaultIsPublic),
			MarkdownDescription: "Whether everybody may use the cluster, rather than those with a token for it. For administrators alone. It cannot change once the cluster is deployed: another value replaces it. Defaults to false.",
		},
		"node_capacity": schema.Int64Attribute{
			Required:            true,
			MarkdownDescription: "How many nodes the cluster has. Changing it resizes the cluster in place, and renews its end; of one that sleeps, it changes what it wakes up to.",
		},
		"time_to_live": schema.Int64Attribute{
			Required:            true,
			MarkdownDescription: "Minutes until the cluster ends by itself, from its last deployment, resize or renewal. Changing it renews the end. The end is scheduled with AWS before anything runs, and needs no apply and no machine of yours.",
		},
		"min_nodes": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "What people's live requests may scale the cluster down to. They change `current_nodes`, and never `node_capacity`. Defaults to 0.",
		},
		"max_nodes": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "What people's live requests may scale the cluster up to. Defaults to `node_capacity`.",
		},
		"renew": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Any text, such as a date. Changing it gives the cluster its whole time to live again, and deploys one that has expired.",
		},
		"version": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(sliderule.DefaultVersion),
			MarkdownDescription: "Version of SlideRule, the tag of its images. A cluster keeps what it was deployed with, also when `" + sliderule.DefaultVersion + "` moves on: see `image_digest`. Another version replaces a cluster that is deployed. Defaults to `" + sliderule.DefaultVersion + "`.",
		},
		"nodes": nodesAttribute(),
		"availability_zones": schema.ListAttribute{
			ElementType: types.StringType, Optional: true, Validators: textsGiven(),
			MarkdownDescription: "Zones that the nodes are spread over, such as `us-west-2a`. Other zones replace a cluster that is deployed. Defaults to the first two of the region.",
		},
		"wait": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(defaultWait),
			MarkdownDescription: "Whether an apply ends only when the cluster is up, or gone. Without it, a later plan tells what came of it. Defaults to true.",
		},
		"budget": budgetAttribute(),
		"sleep":  sleepAttribute(),
		"when_expired": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(stayDown),
			Validators: []validator.String{stringvalidator.OneOf(stayDown, redeploy)},
			MarkdownDescription: "What a plan makes of a cluster whose end has come. `" + stayDown + "` leaves it so, and warns: it comes back when `node_capacity`, `time_to_live` or `renew` changes, and whatever else changes holds from then on. " +
				"`" + redeploy + "` deploys it again with the next apply; while its `budget` does not last for that, plans leave it down, and warn. Defaults to `" + stayDown + "`.",
		},
		"timeouts": operationTimeouts(ctx, "How long each operation may take. A wait that ends early is a warning: the next apply goes on with it.", timeouts.Opts{
			CreateDescription: "Defaults to 30 minutes; a cold deployment takes 15 to 20.", ReadDescription: "Defaults to 5 minutes.",
			UpdateDescription: "Defaults to 30 minutes.", DeleteDescription: "Defaults to 30 minutes.",
		}),
	}
	for name, attribute := range computedOfSliderule() {
		attributes[name] = attribute
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A private SlideRule cluster on AWS that ends by itself, inside a budget. It is one CloudFormation stack, with the network, the roles and the machines of its own.\n\n" +
			"The account and region need a `provisioner_sliderule_foundation` first. A cluster of this name that another `installation` made, or nobody of ours, is never touched.",
		Attributes: attributes,
	}
}

// textsGiven: at least one text, and none left out.
func textsGiven() []validator.List {
	return []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues()}
}

func nodesAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "What the nodes are.",
		Attributes: map[string]schema.Attribute{
			"instance_types": schema.ListAttribute{
				ElementType: types.StringType, Optional: true, Validators: textsGiven(),
				MarkdownDescription: "Instance types, all of arm64, in order of preference. Defaults to `" + sliderule.DefaultInstanceType + "`.",
			},
			"spot_share": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "How many percent of the nodes are spot instances, which AWS may take away. Defaults to 0.",
			},
			"spot_max_price": schema.Float64Attribute{
				Optional:            true,
				MarkdownDescription: "The most to pay for a spot instance, in USD an hour. Defaults to 0, which is the on-demand price.",
			},
			"volume_gb": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Size of each node's disk, in GB. Defaults to 40.",
			},
		},
	}
}

func budgetAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "What the cluster may cost. It ends when the funds run out, if that is before its time to live. What it has cost is what Cost Explorer says of the tag `Project`, and our own hours for the days that it lags behind. " +
			"Defaults to no budget.",
		Attributes: map[string]schema.Attribute{
			"limit_usd": schema.Float64Attribute{
				Required:            true,
				MarkdownDescription: "What it may cost in a calendar month (UTC), in USD. What is left of a month is not carried over.",
			},
			"start_hours": schema.Float64Attribute{
				Optional:            true,
				MarkdownDescription: "For how many hours at its largest size there must be funds before the cluster starts; never more than its time to live. A plan refuses to start without. Defaults to 24.",
			},
			"emails": schema.SetAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues()},
				MarkdownDescription: "Who is told by AWS Budgets, at most ten.",
			},
		},
	}
}

func sleepAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "When the cluster has no nodes. It is `running` meanwhile: its load balancer, monitor and NAT gateway stay, and cost. No update wakes it. " +
			"Cron expressions have five fields: minute, hour, day of the month, month, day of the week. Defaults to never.",
		Attributes: map[string]schema.Attribute{
			"down": schema.ListAttribute{
				ElementType: types.StringType, Required: true, Validators: []validator.List{listvalidator.NoNullValues()},
				MarkdownDescription: "When it falls asleep, such as `0 20 * * 1-5`.",
			},
			"up": schema.ListAttribute{
				ElementType: types.StringType, Required: true, Validators: []validator.List{listvalidator.NoNullValues()},
				MarkdownDescription: "When it wakes, such as `0 7 * * 1-5`.",
			},
			"time_zone": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Time zone of the expressions, such as `America/New_York`. Defaults to `" + defaultTimeZone + "`.",
			},
		},
	}
}

// computedOfSliderule is what an apply and a look tell. Nothing of it is drift.
func computedOfSliderule() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: description}
	}
	keepFloat := []planmodifier.Float64{float64planmodifier.UseStateForUnknown()}
	return map[string]schema.Attribute{
		"id":               text("Name of the cluster."),
		"status":           text("`not running`, `in-progress deployment`, `running` or `in-progress destruction`. A cluster that sleeps is `running`. Running does not mean that the nodes have registered: the data source's `probe` tells."),
		"outcome":          text("What the last apply that had to do with AWS came to: `created`, `resized` (anything that is changed in place), `renewed` (only its end is another), or `no_action` (it was there already, and is ours: only its end is another)."),
		"expires_at":       text("When the cluster ends, or ended, by itself (RFC 3339, UTC): after its time to live, or when its funds run out."),
		"endpoint":         text("Address that clients are given."),
		"ilb_address":      text("Public address of its load balancer. Null when it is not up."),
		"group_name":       text("Auto Scaling group of its nodes."),
		"current_nodes":    schema.Int64Attribute{Computed: true, PlanModifiers: keepInt64(), MarkdownDescription: "How many nodes there are now: 0 while it sleeps, and when it is not running."},
		"hourly_cost_usd":  schema.Float64Attribute{Computed: true, PlanModifiers: keepFloat, MarkdownDescription: "What it costs an hour as it is now, in USD, by the provider's list of prices. Null when the price of its machines is not known."},
		"accrued_cost_usd": schema.Float64Attribute{Computed: true, PlanModifiers: keepFloat, MarkdownDescription: "What it has cost this calendar month (UTC), in USD and whole cents. Null when nobody has to know, as it has no budget, and when it cannot be looked up."},
		"stack_id":         text("ARN of its stack."),
		"stack_status":     text("CloudFormation's word for the state of its stack. Null when there is none."),
		"reason":           text("Why it is not as it should be: the first failing event of its stack, or that it expired."),
		"ami":              text("Machine image that it was made from. Updates keep it."),
		"image_digest":     text("Digest of the image that its nodes run, as it was when the cluster was deployed. Null when that could not be known."),
	}
}

func (r *slideruleClusterResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"cluster": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the cluster."},
		"region":  identityschema.StringAttribute{OptionalForImport: true, Description: "Region of AWS. An import from another one is refused."},
		"account": identityschema.StringAttribute{OptionalForImport: true, Description: "Account of AWS. An import from another one is refused."},
	}}
}
