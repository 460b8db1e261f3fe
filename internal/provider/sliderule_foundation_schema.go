package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

const defaultLogRetention = 90 // days

func (r *slideruleFoundationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	nonEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	told := func(what string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: what}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "What SlideRule clusters need once in an AWS account and region, as one CloudFormation stack: roles with the least rights that do, a schedule group whose schedules end clusters, " +
			"an encrypted private bucket for logs, and a key that signs logins.\n\n" +
			"It costs next to nothing by itself. It is destroyed only when no cluster needs it any more; the bucket then stays, for its logs, which expire by themselves. " +
			"A stack of the same name that this installation did not make is never changed.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				Optional: true, Computed: true, Validators: nonEmpty,
				MarkdownDescription: "Name of the stack, and of the schedule group: a letter, then up to 63 letters, digits and hyphens. Another name makes another foundation. " +
					"Defaults to the provider's `sliderule.foundation`, or `" + sliderule.DefaultFoundation + "`.",
			},
			"domain": schema.StringAttribute{
				Required: true, Validators: nonEmpty,
				MarkdownDescription: "Domain under which clusters get their addresses, such as `slideruleearth.io`. The account must have its hosted zone. " +
					"It can be changed: clusters that run keep their old address until they are deployed anew, and people have to log in again.",
			},
			"certificate_source": schema.StringAttribute{
				Required: true, Validators: nonEmpty,
				MarkdownDescription: "Where the load balancers' certificate and key (PEM, in one file) are, as `s3://bucket/folder/example.org.pem`. " +
					"The servers' data (`server/` and `ams/`) and the affiliates (`affiliates.json`) are looked for in the same folder. The content is never read here.",
			},
			"registry": schema.StringAttribute{
				Required: true, Validators: nonEmpty,
				MarkdownDescription: "Where the clusters' images come from: a host name, with a path if need be, such as `123456789012.dkr.ecr.us-west-2.amazonaws.com`.",
			},
			"github_organization": schema.StringAttribute{
				Optional: true, Validators: nonEmpty,
				MarkdownDescription: "Organization of GitHub whose members may log in. Without one nobody logs in, and only who has AWS credentials has clusters.",
			},
			"log_retention_days": schema.Int64Attribute{
				Optional: true, Computed: true, Default: int64default.StaticInt64(defaultLogRetention),
				MarkdownDescription: fmt.Sprintf("After how many days logs are deleted, from 1 to 3650. Defaults to %d.", defaultLogRetention),
			},
			"tags": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Tags of everything in the stack, at most 39. The keys `Name`, `Version`, `IsPublic` and `NodeCapacity`, and those that begin with `aws:` or `provisioner_`, are reserved.",
			},
			"id":               told("The name."),
			"stack_id":         told("ARN of the stack."),
			"stack_status":     told("CloudFormation's word for its state, such as `CREATE_COMPLETE`. Anything but a whole stack at rest is finished, or repaired, by the next apply."),
			"scheduler_role":   told("ARN of the role with which schedules end clusters and runs. It can do nothing else."),
			"stack_role":       told("ARN of the role with which CloudFormation makes and deletes clusters."),
			"balancer_profile": told("ARN of the instance profile of the load balancers of clusters, which alone read the certificate and its key."),
			"node_profile":     told("ARN of the instance profile of a cluster's machines."),
			"run_profile":      told("ARN of the instance profile of the machines that tests run on."),
			"release_profile":  told("ARN of the instance profile of the machines that releases are made on."),
			"schedule_group":   told("Name of the schedule group in EventBridge Scheduler."),
			"log_bucket":       told("Name of the bucket of logs."),
			"signing_key":      told("ARN of the KMS key that signs logins. The key itself never leaves KMS."),
			"managed_by":       told("The `installation` that made it."),
			"template":         told("Digest of the template that the last apply used. A release of the provider that has another one plans an update. Null after an import."),
			"outcome":          told("`created`, `updated`, or `no_action` when all of it was there already."),
			"timeouts": operationTimeouts(ctx, "How long each operation may take. A wait that ends early is a warning, and the next apply goes on where it ended.", timeouts.Opts{
				CreateDescription: "Defaults to 15 minutes.", ReadDescription: "Defaults to 5 minutes.", UpdateDescription: "Defaults to 15 minutes.", DeleteDescription: "Defaults to 15 minutes.",
			}),
		},
	}
}

func (r *slideruleFoundationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"name":    identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the stack."},
		"region":  identityschema.StringAttribute{OptionalForImport: true, Description: "Region of AWS. Defaults to the provider's, and cannot be another."},
		"account": identityschema.StringAttribute{OptionalForImport: true, Description: "AWS account. Defaults to that of the credentials, and cannot be another."},
	}}
}
