package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

func projectAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()},
		MarkdownDescription: "Google Cloud project. Defaults to the provider's.",
	}
}

func locationAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace()},
		MarkdownDescription: description,
	}
}

// place is where a thing of Google's lives. It fills in what the configuration leaves to the provider; region says that
// the thing lives in a region, not in a zone.
func (c *clouds) place(project, location *types.String, region bool) diag.Diagnostics {
	var diags diag.Diagnostics
	if c == nil { // during validation
		return diags
	}
	if project.IsUnknown() {
		*project = c.googleProject()
		if project.IsNull() {
			diags.AddAttributeError(path.Root("project"), "There is no Google Cloud project", "The resource has no project, and neither has the provider: set project here, google.project in the provider block, or the variable GOOGLE_PROJECT.")
		}
	}
	if location.IsUnknown() {
		*location = c.googleLocation()
		if location.IsNull() {
			diags.AddAttributeError(path.Root("location"), "There is no location", "The resource has no location, and neither has the provider: set location here, google.location in the provider block, or the variable GOOGLE_ZONE.")
		} else if region && !location.IsUnknown() {
			*location = types.StringValue(google.Region(location.ValueString()))
		}
	}
	return diags
}

// judgePlace refuses to delete leftovers where nobody knows in which project and region they are.
func (c *clouds) judgePlace(project, region types.String, attribute string, diags *diag.Diagnostics) {
	if project.IsNull() {
		project = c.googleProject()
	}
	if region.IsNull() {
		region = c.googleLocation()
	}
	if project.IsNull() || region.IsNull() {
		diags.AddAttributeError(path.Root(attribute), "Leftovers cannot be looked for",
			attribute+" needs to know the project and the region in which they run: set project and region here, google.project and google.location in the provider block, or the variables GOOGLE_PROJECT and GOOGLE_REGION.")
	}
}

// regionOf is the region of a resource, or the provider's; "" when neither is known.
func (c *clouds) regionOf(region types.String) string {
	if region.IsNull() {
		region = c.googleLocation()
	}
	return google.Region(region.ValueString())
}

// projectOf is the project of a resource, or the provider's; "" when neither is known.
func (c *clouds) projectOf(project types.String) string {
	if project.IsNull() {
		project = c.googleProject()
	}
	return project.ValueString()
}
