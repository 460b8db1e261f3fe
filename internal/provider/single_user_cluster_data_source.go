package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

var (
	_ datasource.DataSource                     = (*singleUserClusterDataSource)(nil)
	_ datasource.DataSourceWithConfigure        = (*singleUserClusterDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*singleUserClusterDataSource)(nil)
)

func newSingleUserClusterDataSource() datasource.DataSource { return &singleUserClusterDataSource{} }

type singleUserClusterDataSource struct{ clouds *clouds }

type singleUserClusterDataModel struct {
	ClusterID    types.String `tfsdk:"cluster_id"`
	UserEmail    types.String `tfsdk:"user_email"`
	Name         types.String `tfsdk:"name"`
	DefaultsJSON types.String `tfsdk:"defaults_json"`
	Permissions  types.Set    `tfsdk:"permissions"`
	Managed      types.Bool   `tfsdk:"managed"`
	State        types.String `tfsdk:"state"`
	Libraries    types.List   `tfsdk:"libraries"`
	URL          types.String `tfsdk:"url"`
}

func (d *singleUserClusterDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_single_user_cluster"
}

func (d *singleUserClusterDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A single-user cluster as it is now, by person and name or by id, whoever made it.",
		Attributes: map[string]schema.Attribute{
			"cluster_id": schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Id of the cluster. Give this or `user_email`."},
			"user_email": schema.StringAttribute{Optional: true, Computed: true, Validators: []validator.String{emailValidator}, MarkdownDescription: "Whose cluster it is."},
			"name":       schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: "Name of the cluster. Defaults to the name that the resource gives by default."},
			"defaults_json": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The cluster's settings as a settings file: what its maker asked for.",
			},
			"permissions": schema.SetNestedAttribute{
				Computed: true, MarkdownDescription: "Direct permissions, the owner's included.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"user_name":              schema.StringAttribute{Computed: true, MarkdownDescription: "E-mail of a user."},
					"group_name":             schema.StringAttribute{Computed: true, MarkdownDescription: "Name of a group."},
					"service_principal_name": schema.StringAttribute{Computed: true, MarkdownDescription: "Application id of a service principal."},
					"permission_level":       schema.StringAttribute{Computed: true, MarkdownDescription: "One of " + words(levels()) + "."},
				}},
			},
			"managed": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether this installation made it."},
			"state":   schema.StringAttribute{Computed: true, MarkdownDescription: "State of the cluster; `TERMINATED` is its normal rest."},
			"libraries": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "The cluster's own libraries.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":    schema.StringAttribute{Computed: true, MarkdownDescription: "Kind and name, such as `pypi:simplejson==3.8.0`."},
					"status":  schema.StringAttribute{Computed: true, MarkdownDescription: "The vendor's word, such as `INSTALLED` or `FAILED`."},
					"message": schema.StringAttribute{Computed: true, MarkdownDescription: "Why, when it failed."},
				}},
			},
			"url": schema.StringAttribute{Computed: true, MarkdownDescription: "Page of the cluster in the workspace."},
		},
	}
}

func (d *singleUserClusterDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("cluster_id"), path.MatchRoot("user_email")),
		datasourcevalidator.Conflicting(path.MatchRoot("cluster_id"), path.MatchRoot("name")),
	}
}

func (d *singleUserClusterDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (d *singleUserClusterDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m singleUserClusterDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	fleet, err := d.clouds.databricks(ctx)
	if err != nil {
		resp.Diagnostics.AddError("The Databricks workspace cannot be reached", sentence(err))
		return
	}
	cluster, err := m.find(ctx, fleet)
	if err != nil {
		resp.Diagnostics.AddError("There is no such cluster to read", sentence(err))
		return
	}
	if m.DefaultsJSON, err = describe(cluster); err != nil {
		resp.Diagnostics.AddError("The cluster's settings could not be read", err.Error())
		return
	}
	m.ClusterID, m.Name, m.Managed = types.StringValue(cluster.ID), types.StringValue(cluster.Name), types.BoolValue(cluster.Managed)
	if m.UserEmail.IsNull() {
		m.UserEmail = stringOrNull(cluster.Email)
	}
	m.State, m.URL, m.Libraries = types.StringValue(cluster.State), types.StringValue(cluster.URL), libraryList(cluster.Libraries)
	permissions, diags := types.SetValueFrom(ctx, permissionType, permissionModels(cluster.Entries))
	m.Permissions = permissions
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (m *singleUserClusterDataModel) find(ctx context.Context, fleet *singleuser.Fleet) (*singleuser.Cluster, error) {
	if id := m.ClusterID.ValueString(); id != "" {
		return fleet.Read(ctx, id)
	}
	who, err := person.Parse(m.UserEmail.ValueString())
	if err != nil {
		return nil, err
	}
	name := m.Name.ValueString()
	if name == "" {
		name = defaultName(who)
	}
	return fleet.Find(ctx, who, name)
}

func describe(cluster *singleuser.Cluster) (types.String, error) {
	text, err := cluster.Describe()
	return types.StringValue(text), err
}

func permissionModels(entries []singleuser.Entry) []permissionModel {
	models := make([]permissionModel, len(entries))
	for i, e := range entries {
		models[i].PermissionLevel = types.StringValue(string(e.Level))
		switch e.Kind {
		case singleuser.User:
			models[i].UserName = types.StringValue(e.Principal)
		case singleuser.Group:
			models[i].GroupName = types.StringValue(e.Principal)
		case singleuser.ServicePrincipal:
			models[i].ServicePrincipalName = types.StringValue(e.Principal)
		}
	}
	return models
}
