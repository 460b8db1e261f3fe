package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
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

// sameEmail keeps the address as it stands in the state when only its case changed.
type sameEmail struct{}

func (sameEmail) Description(context.Context) string { return "Case does not matter." }

func (m sameEmail) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameEmail) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if strings.EqualFold(strings.TrimSpace(req.StateValue.ValueString()), strings.TrimSpace(req.PlanValue.ValueString())) && !req.StateValue.IsNull() {
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

// sameResource keeps the spelling of a network or subnetwork as it stands in the state when another one means the same.
type sameResource struct{}

func (sameResource) Description(context.Context) string {
	return "A name and a whole path mean the same."
}

func (m sameResource) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameResource) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && !resp.PlanValue.IsUnknown() && sameAddress(req.StateValue.ValueString(), resp.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
