package provider

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// templateIsSettled: a plan changes a template that Terraform proposes as it is only when the file says something else
// than it should, bears other marks, or stands where a default is no longer configured away.
func templateIsSettled(c *clouds, prior, config map[string]tftypes.Value) bool {
	for attribute, value := range dataprocTemplateDefaults {
		if config[attribute].IsNull() && textOf(prior[attribute]) != value {
			return false
		}
	}
	if config["delete_leftover_clusters"].IsNull() && !prior["delete_leftover_clusters"].Equal(tftypes.NewValue(tftypes.Bool, defaultDeleteLeftovers)) {
		return false
	}
	if c.config.Installation.IsUnknown() {
		return false
	}
	by := textOf(prior["managed_by"])
	return by != "" && by != c.installation() || by == c.installation() &&
		isRenderedFrom(textOf(prior["template"]), textOf(prior["user_email"]), c.installation(), textOf(prior["yaml"]))
}
