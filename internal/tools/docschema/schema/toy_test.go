package schema_test

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// toyProvider has one of each kind, and one attribute of each shape.
type toyProvider struct{ provider.Provider }

var (
	_ provider.ProviderWithActions            = (*toyProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*toyProvider)(nil)
	_ provider.ProviderWithFunctions          = (*toyProvider)(nil)
	_ provider.ProviderWithListResources      = (*toyProvider)(nil)
	_ resource.ResourceWithIdentity           = toyResource{}
)

func (*toyProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "toy"
}

func (*toyProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{
		MarkdownDescription: "A *toy*.",
		Attributes: map[string]providerschema.Attribute{
			"token": providerschema.StringAttribute{Optional: true, Sensitive: true, Description: "Plain."},
		},
	}
}

func (*toyProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return toyResource{} }}
}

func (*toyProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return toyDataSource{} }}
}

func (*toyProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return toyEphemeral{} }}
}

func (*toyProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{func() action.Action { return toyAction{} }}
}

func (*toyProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{func() list.ListResource { return toyList{} }}
}

func (*toyProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{func() function.Function { return toyFunction{} }}
}

type toyResource struct{ resource.Resource }

func (toyResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "toy_thing"
}

func (toyResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceschema.Schema{
		Version: 2,
		Attributes: map[string]resourceschema.Attribute{
			"id":       resourceschema.StringAttribute{Computed: true},
			"password": resourceschema.StringAttribute{Optional: true, WriteOnly: true},
			"old":      resourceschema.BoolAttribute{Optional: true, Computed: true, DeprecationMessage: "Use new."},
			"sizes":    resourceschema.ListAttribute{Required: true, ElementType: types.NumberType},
			"tags":     resourceschema.MapAttribute{Optional: true, ElementType: types.SetType{ElemType: types.StringType}},
			"shape": resourceschema.ObjectAttribute{Optional: true, AttributeTypes: map[string]attr.Type{
				"round": types.BoolType, "corners": types.Int64Type,
			}},
			"anything": resourceschema.DynamicAttribute{Optional: true},
			"one":      resourceschema.SingleNestedAttribute{Optional: true, Attributes: nested()},
			"many":     resourceschema.ListNestedAttribute{Optional: true, NestedObject: resourceschema.NestedAttributeObject{Attributes: nested()}},
			"unique":   resourceschema.SetNestedAttribute{Optional: true, NestedObject: resourceschema.NestedAttributeObject{Attributes: nested()}},
			"named":    resourceschema.MapNestedAttribute{Optional: true, NestedObject: resourceschema.NestedAttributeObject{Attributes: nested()}},
		},
		Blocks: map[string]resourceschema.Block{
			"timeouts": resourceschema.SingleNestedBlock{Attributes: nested()},
			"rule":     resourceschema.ListNestedBlock{NestedObject: resourceschema.NestedBlockObject{Attributes: nested()}},
		},
	}
}

func nested() map[string]resourceschema.Attribute {
	return map[string]resourceschema.Attribute{"inner": resourceschema.StringAttribute{Optional: true}}
}

func (toyResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Version: 1,
		Attributes: map[string]identityschema.Attribute{
			"id":     identityschema.StringAttribute{RequiredForImport: true, Description: "The id."},
			"region": identityschema.StringAttribute{OptionalForImport: true},
		},
	}
}

type toyDataSource struct{ datasource.DataSource }

func (toyDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "toy_thing"
}

func (toyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = datasourceschema.Schema{Attributes: map[string]datasourceschema.Attribute{
		"id": datasourceschema.StringAttribute{Required: true},
	}}
}

type toyEphemeral struct{ ephemeral.EphemeralResource }

func (toyEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = "toy_thing"
}

func (toyEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
		"token": ephemeralschema.StringAttribute{Computed: true, Sensitive: true},
	}}
}

type toyAction struct{ action.Action }

func (toyAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "toy_thing"
}

func (toyAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = actionschema.Schema{
		Description: "Does a thing.",
		Attributes:  map[string]actionschema.Attribute{"id": actionschema.StringAttribute{Required: true}},
	}
}

type toyList struct{ list.ListResource }

func (toyList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "toy_thing"
}

func (toyList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{Attributes: map[string]listschema.Attribute{
		"region": listschema.StringAttribute{Optional: true},
	}}
}

type toyFunction struct{ function.Function }

func (toyFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "join"
}

func (toyFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Joins.",
		MarkdownDescription: "Joins *all*.",
		Parameters:          []function.Parameter{function.StringParameter{Name: "glue", AllowNullValue: true, Description: "Between."}},
		VariadicParameter:   function.StringParameter{Name: "parts"},
		Return:              function.StringReturn{},
	}
}
