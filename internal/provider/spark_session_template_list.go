package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

var (
	_ list.ListResource              = (*sparkSessionTemplateListResource)(nil)
	_ list.ListResourceWithConfigure = (*sparkSessionTemplateListResource)(nil)
)

func newSparkSessionTemplateListResource() list.ListResource {
	return &sparkSessionTemplateListResource{}
}

// sparkSessionTemplateListResource lists this installation's session templates; names and types are the resource's own.
type sparkSessionTemplateListResource struct{ sparkSessionTemplateResource }

type sparkSessionTemplateListModel struct {
	Project   types.String `tfsdk:"project"`
	Location  types.String `tfsdk:"location"`
	UserEmail types.String `tfsdk:"user_email"`
}

func (r *sparkSessionTemplateListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The Spark session templates that this installation made in a project and region.",
		Attributes: map[string]schema.Attribute{
			"project":    schema.StringAttribute{Optional: true, MarkdownDescription: "Google Cloud project. Defaults to the provider's."},
			"location":   schema.StringAttribute{Optional: true, Validators: []validator.String{regionValidator}, MarkdownDescription: "Region. Defaults to the provider's location, or the region of its zone."},
			"user_email": schema.StringAttribute{Optional: true, Validators: []validator.String{emailValidator}, MarkdownDescription: "Only this person's."},
		},
	}
}

func (r *sparkSessionTemplateListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config sparkSessionTemplateListModel
	diags := req.Config.Get(ctx, &config)
	all := r.find(ctx, config, &diags)
	only, _ := person.Parse(config.UserEmail.ValueString())
	all = slices.DeleteFunc(all, func(t *session.Template) bool {
		return !config.UserEmail.IsNull() && t.Labels[google.LabelOwner] != only.Label()
	})
	tellAll(stream, req.Limit, diags, all, func(t *session.Template) list.ListResult { return r.result(ctx, req, only, t) })
}

func (r *sparkSessionTemplateListResource) find(ctx context.Context, config sparkSessionTemplateListModel, diags *diag.Diagnostics) []*session.Template {
	family := r.clouds.reachGoogle(ctx, diags)
	project, location := r.clouds.projectOf(config.Project), r.clouds.regionOf(config.Location)
	if family != nil && (project == "" || location == "") {
		diags.AddError("There is no place to list", "Neither the list nor the provider names a project and a location: set project and location here, or in the provider's google block.")
	}
	if diags.HasError() {
		return nil
	}
	all, err := family.sessions.List(ctx, project, location)
	if err != nil {
		diags.AddError("The session templates could not be listed", sentence(err))
	}
	return all
}

// result is one template. Whose it is stands only as a hash in its labels, so that the address is told to those who
// asked for it.
func (r *sparkSessionTemplateListResource) result(ctx context.Context, req list.ListRequest, only person.Person, t *session.Template) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = t.Labels[google.LabelOwner] + " (" + t.Name + ")"
	result.Diagnostics.Append(result.Identity.SetAttribute(ctx, path.Root("id"), t.ID)...)
	if !req.IncludeResource {
		return result
	}
	m := sparkSessionTemplateModel{UserEmail: stringOrNull(only.Email()), Timeouts: noTimeouts()}
	m.imported(t)
	m.saw(t)
	result.Diagnostics.Append(result.Resource.Set(ctx, &m)...)
	return result
}
