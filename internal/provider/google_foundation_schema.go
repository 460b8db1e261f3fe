package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	defaultBucketLocation = "US"
	defaultForceDestroy   = false
)

func (r *googleFoundationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keepTrue := []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}
	nonEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	resp.Schema = schema.Schema{
		MarkdownDescription: "What personal notebooks need once in a project: a bucket for templates, a service account for their machines, and grants.\n\n" +
			"Grants are added one by one, and nobody else's is taken away. The bucket has uniform access and is closed to the public from its first second; the service account may read it, and not write. " +
			"Users may act as the service account, and get nothing else in the project.",
		Attributes: map[string]schema.Attribute{
			"project": projectAttribute(),
			"bucket": schema.StringAttribute{
				Optional: true, Validators: nonEmpty,
				MarkdownDescription: "Name of the bucket for templates, unique over all of Google Cloud. Unset makes none. Another name makes another bucket and deletes this one, if it is empty.",
			},
			"bucket_location": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(defaultBucketLocation), PlanModifiers: []planmodifier.String{sameLocation},
				MarkdownDescription: "Where the bucket is kept: a region such as `us-central1`, or `US`, `EU`, `ASIA`. A bucket cannot be moved: another location replaces all of it. Defaults to `" + defaultBucketLocation + "`.",
			},
			"service_account_id": schema.StringAttribute{
				Optional: true, Validators: nonEmpty,
				MarkdownDescription: "Id of the service account, the part before the @: 6 to 30 of a-z, 0-9 and hyphens. Unset makes none.",
			},
			"roles": schema.SetAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Set{setvalidator.SizeAtLeast(1)},
				MarkdownDescription: "Roles of the service account in the project, such as `roles/dataproc.worker`. Those that were granted elsewhere stay. Basic roles are refused, and wide ones warned of: every user can act as the account.",
			},
			"users": schema.SetAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Set{setvalidator.SizeAtLeast(1)},
				MarkdownDescription: "E-mails of the people who may act as the service account, as Google requires of a notebook's owner. Those who were granted that elsewhere stay.",
			},
			"labels": schema.MapAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Map{mapvalidator.SizeAtLeast(1)},
				MarkdownDescription: "Labels of the bucket. Only these keys are compared.",
			},
			"force_destroy": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(defaultForceDestroy),
				MarkdownDescription: "Whether the bucket is deleted with what is in it. Otherwise a bucket with files is an error. Defaults to false.",
			},
			"id":                    schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "`project/bucket/service_account_id`; what there is none of is `-`."},
			"project_number":        schema.Int64Attribute{Computed: true, PlanModifiers: keepInt64(), MarkdownDescription: "Number of the project, which Google's own accounts are named by."},
			"bucket_url":            schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Address of the bucket: `gs://bucket`. Null when there is none."},
			"bucket_self_link":      schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "Google's link to the bucket. Null when there is none."},
			"bucket_closed":         schema.BoolAttribute{Computed: true, PlanModifiers: keepTrue, MarkdownDescription: "Whether the bucket has uniform access and is closed to the public. One that was opened by hand is closed by the next apply. Null when there is none."},
			"bucket_readable":       schema.BoolAttribute{Computed: true, PlanModifiers: keepTrue, MarkdownDescription: "Whether the service account may read the bucket; the next apply sees to it. Null when one of them is not wanted."},
			"service_account_email": schema.StringAttribute{Computed: true, PlanModifiers: keepString(), MarkdownDescription: "E-mail of the service account. Null when there is none."},
			"outcome":               outcomeAttribute(),
			"timeouts": operationTimeouts(ctx, "How long each operation may take.", timeouts.Opts{
				CreateDescription: "Defaults to 10 minutes.", ReadDescription: "Defaults to 5 minutes.", UpdateDescription: "Defaults to 10 minutes.",
				DeleteDescription: "How long it may take, the files of the bucket included when `force_destroy` is true. Defaults to 20 minutes.",
			}),
		},
	}
}

func (r *googleFoundationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"project":            identityschema.StringAttribute{RequiredForImport: true, Description: "Project."},
		"bucket":             identityschema.StringAttribute{OptionalForImport: true, Description: "Name of the bucket, when there is one."},
		"service_account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "Id of the service account, when there is one."},
	}}
}
