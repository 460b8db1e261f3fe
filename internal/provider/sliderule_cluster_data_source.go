package provider

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/probe"
)

var (
	_ datasource.DataSource              = (*slideruleClusterDataSource)(nil)
	_ datasource.DataSourceWithConfigure = (*slideruleClusterDataSource)(nil)
)

func newSlideruleClusterDataSource() datasource.DataSource { return &slideruleClusterDataSource{} }

type slideruleClusterDataSource struct{ clouds *clouds }

// slideruleURL leads the questions to clusters elsewhere: to the sandbox, or into a private network.
const slideruleURL = "PROVISIONER_SLIDERULE_URL"

func (d *slideruleClusterDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sliderule_cluster"
}

func (d *slideruleClusterDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.clouds = configured(req.ProviderData, &resp.Diagnostics)
}

func (d *slideruleClusterDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m slideruleClusterDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	timeout, diags := m.Timeouts.Read(ctx, promptTimeout)
	resp.Diagnostics.Append(diags...)
	region := d.clouds.reachSliderule(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	found, err := region.Status(ctx, m.Cluster.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("The cluster could not be read", sentence(err))
		return
	}
	d.clouds.warnOfCosts(found, &resp.Diagnostics)
	report := slideruleReport{cluster: found, client: m.ClientVersion.ValueString()}
	if m.Probe.ValueBool() {
		if report.answer = d.ask(ctx, found, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}
	m.saw(report)
	for _, w := range report.warnings() {
		resp.Diagnostics.AddWarning(w.summary, w.detail)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// ask asks a cluster itself, unless it is clear that there is nobody to ask.
func (d *slideruleClusterDataSource) ask(ctx context.Context, c *sliderule.Cluster, diags *diag.Diagnostics) *probe.Answer {
	settings := d.clouds.slideruleConfig()
	if c.State != sliderule.Running && c.State != sliderule.Deploying {
		return &probe.Answer{}
	}
	if c.Endpoint == "" && settings.Domain.ValueString() != "" {
		c.Endpoint = naming.Endpoint(c.Name, settings.Domain.ValueString())
	}
	if c.Endpoint == "" {
		if c.State == sliderule.Deploying { // a new stack tells it when it is complete
			return &probe.Answer{}
		}
		return &probe.Answer{Problem: "Its stack does not tell its address: set domain in the provider's sliderule block."}
	}
	at := os.Getenv(slideruleURL)
	answer, err := probe.Ask(ctx, probe.Options{BaseURL: at, Token: settings.JWTUser.ValueString(), Client: "terraform-" + d.clouds.version}, c.Name, c.Endpoint)
	if err != nil {
		detail := sentence(err)
		if at != "" {
			detail += fmt.Sprintf(" The variable %s leads there.", slideruleURL)
		}
		diags.AddError("The cluster could not be asked", detail)
		return nil
	}
	tflog.Debug(ctx, "asked a SlideRule cluster", map[string]any{
		"cluster": c.Name, "endpoint": c.Endpoint, "up": answer.Up, "version": answer.Version, "nodes": answer.Nodes, "problem": answer.Problem,
	})
	return &answer
}
