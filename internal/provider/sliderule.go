package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// slideruleModel is the sliderule block of the provider.
type slideruleModel struct {
	Domain     types.String `tfsdk:"domain"`
	Foundation types.String `tfsdk:"foundation"`
	JWTUser    types.String `tfsdk:"jwt_user"`
}

// sliderule is the clusters of the account and region that the credentials lead to. A failure is not remembered: it may
// be mended within the run.
func (c *clouds) sliderule(ctx context.Context) (*sliderule.Region, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clusters != nil {
		return c.clusters, nil
	}
	if c.config.Installation.IsUnknown() {
		return nil, errors.New("the provider's argument installation is not known before apply: who owns what must be plain")
	}
	cfg, err := c.aws(ctx)
	if err != nil {
		return nil, err
	}
	c.clusters = sliderule.New(cfg, sliderule.Options{Installation: c.installation(), Clock: c.clock})
	return c.clusters, nil
}

// reachSliderule connects AWS; a failure is told as an error.
func (c *clouds) reachSliderule(ctx context.Context, diags *diag.Diagnostics) *sliderule.Region {
	if diags.HasError() {
		return nil
	}
	region, err := c.sliderule(ctx)
	if err != nil {
		diags.AddError("AWS cannot be reached", sentence(err))
	}
	return region
}

// probeSliderule connects AWS for a plan, which can do without: a failure is a warning, told once for all. nil during
// validation, and when it cannot be reached.
func (c *clouds) probeSliderule(ctx context.Context, diags *diag.Diagnostics) *sliderule.Region {
	if c == nil {
		return nil
	}
	region, err := c.sliderule(ctx)
	if err != nil && c.first("sliderule") {
		diags.AddWarning("AWS cannot be reached yet", sentence(err)+" The apply will fail unless this is mended by then.")
	}
	return region
}
