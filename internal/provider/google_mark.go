package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Whose the things of Google's are, beside notebooks: a mark in their labels or metadata says it.

// plannedInstallation is the installation, or unknown.
func (c *clouds) plannedInstallation() types.String {
	if c.config.Installation.IsUnknown() {
		return types.StringUnknown()
	}
	return types.StringValue(c.installation())
}

// isForeign: a thing bears the mark of another installation. It is neither changed nor deleted.
func isForeign(managedBy types.String, installation string) bool {
	by := managedBy.ValueString()
	return by != "" && by != installation
}

// warnOfForeign tells that a change is remembered and not made.
func warnOfForeign(managedBy types.String, what, email, anew string, diags *diag.Diagnostics) {
	diags.AddWarning("A template of another installation is not changed", fmt.Sprintf(
		"The %s of %s is managed by the installation %q: this change is remembered, but not applied to it, and destroy leaves it. Give the provider its former installation back, or delete it (%s) and apply: it is made anew.",
		what, email, managedBy.ValueString(), anew))
}

// warnOfLoss tells of a thing that is no longer ours.
func warnOfLoss(what, email string, managedBy types.String, installation string, diags *diag.Diagnostics) {
	diags.AddWarning("A template is no longer this installation's", fmt.Sprintf(
		"The %s of %s is managed by %q, and this provider's installation is %q: from now on nothing about it is changed, and destroy leaves it. "+
			"Give the provider its former installation back, or delete it and apply: it is made anew.", what, email, managedBy.ValueString(), installation))
}

// deleted removes a thing, unless the state says that it is another installation's, and reports whether it is gone for
// good. What stays is told of with a warning, and a failure with an error of that summary.
func (c *clouds) deleted(managedBy types.String, what string, who person.Person, summary string, remove func() (left bool, err error), diags *diag.Diagnostics) bool {
	if isForeign(managedBy, c.installation()) {
		leftInPlace(what, who, fmt.Sprintf("the installation %q took it over", managedBy.ValueString()), diags)
		return false
	}
	left, err := remove()
	switch {
	case errors.Is(err, google.ErrExists):
		leftInPlace(what, who, "another installation took it over a moment ago", diags)
	case err != nil:
		diags.AddError(summary, sentence(google.Failed("deleting the "+what, who, err)))
	case left:
		leftInPlace(what, who, "another resource of this configuration has it now", diags)
	default:
		return true
	}
	return false
}

func leftInPlace(what string, who person.Person, why string, diags *diag.Diagnostics) {
	diags.AddWarning("A template was left in place", fmt.Sprintf("The %s of %s is no longer this resource's: %s. It was left as it is.", what, who, why))
}

// The outcomes of everything of Google's beside notebooks.
const (
	outcomeCreated  = "created"
	outcomeNoAction = "no_action"
)

func outcomeOf(created bool) types.String {
	if created {
		return types.StringValue(outcomeCreated)
	}
	return types.StringValue(outcomeNoAction)
}

// managedByAttribute is whose mark a thing bears.
func managedByAttribute(what, marks string) schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true, PlanModifiers: keepString(),
		MarkdownDescription: "The `installation` that the " + what + "'s " + marks + " name, or nothing when they name none any more: then the next apply marks it again. What another installation took over is left at destroy.",
	}
}

func outcomeAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true, PlanModifiers: keepString(),
		MarkdownDescription: "What the apply that made this resource came to: `created`, or `no_action` (it was there already, and is ours).",
	}
}

// declarableLabels are those that a configuration could have: neither ours nor Google's.
func declarableLabels(all map[string]string) map[string]string {
	return withoutEntries(all, func(key, _ string) bool { return google.IsReservedLabel(key) })
}
