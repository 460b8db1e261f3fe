package provider

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// sessionTemplateIsSettled: a plan changes a session template that Terraform proposes as it is only to put its
// credentials or its marks right, or to go back to the default of what is configured no more.
func sessionTemplateIsSettled(c *clouds, prior, config map[string]tftypes.Value) bool {
	for attribute, value := range map[string]tftypes.Value{
		"kernel":                   tftypes.NewValue(tftypes.String, defaultKernel),
		"idle_minutes":             tftypes.NewValue(tftypes.Number, defaultSessionIdleMinutes),
		"max_minutes":              tftypes.NewValue(tftypes.Number, defaultSessionMaxMinutes),
		"delete_leftover_sessions": tftypes.NewValue(tftypes.Bool, defaultDeleteLeftovers),
	} {
		if config[attribute].IsNull() && !prior[attribute].Equal(value) {
			return false
		}
	}
	if c.config.Installation.IsUnknown() {
		return false
	}
	by := textOf(prior["managed_by"])
	return by != "" && by != c.installation() || by == c.installation() && textOf(prior["effective_identity"]) == identityUser
}
