package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var (
	_ list.ListResource              = (*dataprocTemplateListResource)(nil)
	_ list.ListResourceWithConfigure = (*dataprocTemplateListResource)(nil)
)

func newDataprocTemplateListResource() list.ListResource { return &dataprocTemplateListResource{} }

// dataprocTemplateListResource lists this installation's files; names and types are the resource's own.
type dataprocTemplateListResource struct{ dataprocTemplateResource }

type dataprocTemplateListModel struct {
	Bucket    types.String `tfsdk:"bucket"`
	Prefix    types.String `tfsdk:"prefix"`
	UserEmail types.String `tfsdk:"user_email"`
}

func (r *dataprocTemplateListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The Dataproc templates that this installation keeps in a bucket.",
		Attributes: map[string]schema.Attribute{
			"bucket":     schema.StringAttribute{Required: true, Validators: []validator.String{bucketValidator}, MarkdownDescription: "Name of the bucket, without `gs://`."},
			"prefix":     schema.StringAttribute{Optional: true, MarkdownDescription: "Folder in the bucket. Defaults to `" + dataprocTemplateDefaults["prefix"] + "`."},
			"user_email": schema.StringAttribute{Optional: true, Validators: []validator.String{emailValidator}, MarkdownDescription: "Only this person's."},
		},
	}
}

func (r *dataprocTemplateListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config dataprocTemplateListModel
	diags := req.Config.Get(ctx, &config)
	family := r.clouds.reachGoogle(ctx, &diags)
	all := r.find(ctx, family, config, &diags)
	only, _ := person.Parse(config.UserEmail.ValueString())
	all = slices.DeleteFunc(all, func(file template.Object) bool { return !config.UserEmail.IsNull() && file.Owner != only.Label() })
	tellAll(stream, req.Limit, diags, all, func(file template.Object) list.ListResult { return r.result(ctx, req, family, file) })
}

func (r *dataprocTemplateListResource) find(ctx context.Context, family *googleFamily, config dataprocTemplateListModel, diags *diag.Diagnostics) []template.Object {
	if diags.HasError() {
		return nil
	}
	prefix := config.Prefix.ValueString()
	if config.Prefix.IsNull() {
		prefix = dataprocTemplateDefaults["prefix"]
	}
	all, err := family.templates.List(ctx, config.Bucket.ValueString(), prefix)
	if err != nil {
		diags.AddError("The templates could not be listed", sentence(google.Failed("listing gs://"+config.Bucket.ValueString()+"/"+prefix, person.Person{}, err)))
	}
	return all
}

func (r *dataprocTemplateListResource) result(ctx context.Context, req list.ListRequest, family *googleFamily, file template.Object) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = file.URI()
	m := dataprocTemplateModel{Timeouts: noTimeouts()}
	m.stands(file)
	result.Diagnostics.Append(identifyTemplate(ctx, result.Identity, m)...)
	if !req.IncludeResource {
		return result
	}
	whole, err := family.templates.Read(ctx, file.Bucket, file.Name, "")
	if err == nil {
		err = m.imported(whole)
	}
	if err != nil {
		result.Diagnostics.AddError("The template could not be read", sentence(google.Failed("reading "+file.URI(), person.Person{}, err)))
		return result
	}
	who, _ := person.Parse(m.UserEmail.ValueString())
	m.saw(whole, who)
	result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	return result
}

// identifyTemplate writes what tells a file from all others.
func identifyTemplate(ctx context.Context, identity *tfsdk.ResourceIdentity, m dataprocTemplateModel) diag.Diagnostics {
	diags := identity.SetAttribute(ctx, path.Root("bucket"), m.Bucket)
	return append(diags, identity.SetAttribute(ctx, path.Root("path"), strings.TrimPrefix(m.Path.ValueString(), "/"))...)
}
