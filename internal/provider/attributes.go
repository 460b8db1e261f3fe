package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

var objectOptions = basetypes.ObjectAsOptions{}

func keepBool() []planmodifier.Bool {
	return []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}
}

// words joins values for a description: `A`, `B` or `C`.
func words(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`" + v + "`"
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

func librariesAttribute() schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true, PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
		MarkdownDescription: "The cluster's own libraries, as the last start left them.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"name":    schema.StringAttribute{Computed: true, MarkdownDescription: "Kind and name, such as `pypi:simplejson==3.8.0`."},
			"status":  schema.StringAttribute{Computed: true, MarkdownDescription: "The vendor's word, such as `INSTALLED` or `FAILED`."},
			"message": schema.StringAttribute{Computed: true, MarkdownDescription: "Why, when it failed."},
		}},
	}
}

// keptWhen keeps a text as it stands in the state when the configuration's means the same.
type keptWhen struct {
	why  string
	same func(state, plan string) bool
}

// The texts of which one thing has several spellings.
var (
	sameEmail    = keptWhen{"Case does not matter.", func(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }}
	sameLocation = keptWhen{"Case does not matter.", strings.EqualFold} // Google writes it in capitals
	sameResource = keptWhen{"A name and a whole path mean the same.", sameAddress}
)

// Description says when.
func (k keptWhen) Description(context.Context) string { return k.why }

// MarkdownDescription says when.
func (k keptWhen) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

// PlanModifyString keeps it.
func (k keptWhen) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && !resp.PlanValue.IsUnknown() && k.same(req.StateValue.ValueString(), resp.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

// onePrincipal refuses a permission that names nobody, or more than one.
type onePrincipal struct{}

func (onePrincipal) Description(context.Context) string {
	return "exactly one of user_name, group_name and service_principal_name must be given"
}

func (v onePrincipal) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v onePrincipal) ValidateObject(ctx context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var p permissionModel
	resp.Diagnostics.Append(req.ConfigValue.As(ctx, &p, objectOptions)...)
	given := []string{}
	for _, named := range []struct {
		attribute string
		value     types.String
	}{{"user_name", p.UserName}, {"group_name", p.GroupName}, {"service_principal_name", p.ServicePrincipalName}} {
		if named.value.IsUnknown() {
			return
		}
		if named.value.ValueString() != "" {
			given = append(given, named.attribute+" = \""+named.value.ValueString()+"\"")
		}
	}
	if len(given) == 1 {
		return
	}
	got := "an entry names nobody"
	if len(given) > 1 {
		got = "an entry has " + strings.Join(given, " and ")
	}
	resp.Diagnostics.AddAttributeError(req.Path, "A permission names exactly one principal",
		"In permissions, "+got+": "+v.Description(ctx)+". Make an entry of its own for each principal.")
}

func keepString() []planmodifier.String {
	return []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
}

func keepInt64() []planmodifier.Int64 {
	return []planmodifier.Int64{int64planmodifier.UseStateForUnknown()}
}

func replaceString() []planmodifier.String {
	return []planmodifier.String{stringplanmodifier.RequiresReplace()}
}
