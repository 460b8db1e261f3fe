package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// slideruleRunModel is what the state has of a run of either kind.
type slideruleRunModel struct {
	slideruleRunInput
	Triggers   types.Map      `tfsdk:"triggers"`
	Wait       types.Bool     `tfsdk:"wait"`
	DeleteLogs types.Bool     `tfsdk:"delete_logs"`
	Timeouts   timeouts.Value `tfsdk:"timeouts"`

	ID           types.String `tfsdk:"id"`
	RunID        types.String `tfsdk:"run_id"`
	Status       types.String `tfsdk:"status"`
	Reason       types.String `tfsdk:"reason"`
	Attempt      types.Int64  `tfsdk:"attempt"`
	Previous     types.List   `tfsdk:"previous_run_ids"`
	StartedAt    types.String `tfsdk:"started_at"`
	EndedAt      types.String `tfsdk:"ended_at"`
	EndsAt       types.String `tfsdk:"ends_at"`
	InstanceID   types.String `tfsdk:"instance_id"`
	InstanceType types.String `tfsdk:"instance_type"`
	Spot         types.Bool   `tfsdk:"spot"`
	Zone         types.String `tfsdk:"zone"`
	Commit       types.String `tfsdk:"commit"`
	LogURI       types.String `tfsdk:"log_uri"`
	SummaryURI   types.String `tfsdk:"summary_uri"`
}

// slideruleRunData is a model of one kind: the part that all have, and what is the kind's own.
type slideruleRunData interface {
	common() *slideruleRunModel
	wanted() run.Wanted
	declared() map[string]attr.Value // that the engine has to do with
	took(*run.Run)                   // results of the kind's own
	blur()                           // makes those results unknown
}

func (m *slideruleRunModel) common() *slideruleRunModel { return m }

// emptyRun is a run that nothing is known of but how it is treated unless the configuration says otherwise.
func emptyRun() slideruleRunModel {
	m := slideruleRunModel{
		slideruleRunInput: noRunInput(), Triggers: types.MapNull(types.StringType), Wait: types.BoolValue(defaultWait), DeleteLogs: types.BoolValue(defaultDeleteLogs), Timeouts: noTimeouts(),
		Previous: textList(nil),
	}
	m.AllowOnDemand, m.Retries = types.BoolValue(defaultAllowOnDemand), types.Int64Value(defaultRetries)
	return m
}

// began writes a run into a plan: whatever the plan left open.
func (m *slideruleRunModel) began(r *run.Run) {
	fill(&m.ID, types.StringValue(r.ID))
	fill(&m.RunID, types.StringValue(r.ID))
	fill(&m.Status, types.StringValue(string(r.Status)))
	fill(&m.Reason, stringOrNull(r.Reason))
	fill(&m.StartedAt, momentOrNull(r.StartedAt))
	fill(&m.EndedAt, momentOrNull(r.EndedAt))
	fill(&m.EndsAt, momentOrNull(r.EndsAt))
	fill(&m.InstanceID, stringOrNull(r.InstanceID))
	fill(&m.InstanceType, stringOrNull(r.InstanceType))
	fill(&m.Zone, stringOrNull(r.Zone))
	fill(&m.Commit, stringOrNull(r.Commit))
	fill(&m.LogURI, stringOrNull(r.LogURI))
	fill(&m.SummaryURI, stringOrNull(r.SummaryURI))
	if m.Spot.IsUnknown() {
		m.Spot = types.BoolValue(r.Spot)
	}
	if m.Attempt.IsUnknown() {
		m.Attempt = types.Int64Value(int64(r.Attempt))
	}
	if m.Previous.IsUnknown() {
		m.Previous = textList(r.Previous)
	}
}

// saw writes what a look found. What only a machine tells stays as it was known once EC2 has forgotten the machine.
func (m *slideruleRunModel) saw(r *run.Run) {
	m.ID, m.RunID = types.StringValue(r.ID), types.StringValue(r.ID)
	m.Status, m.Reason = types.StringValue(string(r.Status)), stringOrNull(r.Reason)
	follow(&m.EndedAt, momentOrNull(r.EndedAt).ValueString())
	follow(&m.EndsAt, momentOrNull(r.EndsAt).ValueString())
	follow(&m.Commit, r.Commit)
	follow(&m.LogURI, r.LogURI)
	follow(&m.SummaryURI, r.SummaryURI)
	if m.StartedAt.IsNull() {
		m.StartedAt = momentOrNull(r.StartedAt)
	}
	if r.InstanceID != "" {
		m.InstanceID, m.InstanceType, m.Zone, m.Spot = types.StringValue(r.InstanceID), stringOrNull(r.InstanceType), stringOrNull(r.Zone), types.BoolValue(r.Spot)
	}
}

// imported fills in what an import found and a configuration may say. The rest cannot be read back: the configuration's
// is taken, and runs nothing again.
func (m *slideruleRunModel) imported(r *run.Run) {
	m.Cluster, m.Version = stringOrNull(r.Cluster), stringOrNull(r.Version)
}

// resumed is a run that was looked at, as one to wait for on behalf of a plan: what it was started for, and the attempts
// before it, only we know.
func resumed(r *run.Run, plan slideruleRunData, state *slideruleRunModel) *run.Run {
	on := *r
	on.Wanted = plan.wanted()
	on.Previous = textsOrNone(state.Previous.Elements())
	on.Attempt = max(number(state.Attempt), 1)
	return &on
}

// blur makes unknown what waiting for a run may change. Another attempt, which only retries allow, is another run.
func (m *slideruleRunModel) blur() {
	for _, field := range []*types.String{&m.Status, &m.Reason, &m.EndedAt, &m.Commit} {
		*field = types.StringUnknown()
	}
	if int64(len(m.Previous.Elements())) >= m.Retries.ValueInt64() && !m.Retries.IsUnknown() {
		return
	}
	for _, field := range []*types.String{&m.ID, &m.RunID, &m.StartedAt, &m.EndsAt, &m.InstanceID, &m.InstanceType, &m.Zone, &m.LogURI, &m.SummaryURI} {
		*field = types.StringUnknown()
	}
	m.Attempt, m.Previous, m.Spot = types.Int64Unknown(), types.ListUnknown(types.StringType), types.BoolUnknown()
}

// runStatus is the status of a run as the state has it.
func (m *slideruleRunModel) runStatus() run.Status { return run.Status(m.Status.ValueString()) }

// notPassed: it has ended, and has to be run again.
func (m *slideruleRunModel) notPassed() bool {
	status := m.runStatus()
	return status != "" && status.Ended() && status != run.Passed
}

// justBegan: AWS may not show it everywhere yet.
func (m *slideruleRunModel) justBegan(now time.Time) bool {
	const settling = 10 * time.Minute
	began, err := time.Parse(time.RFC3339, m.StartedAt.ValueString())
	return err == nil && m.runStatus() == run.Running && now.Sub(began) < settling
}

// attempts is how long a run may take, all its attempts together.
func (m *slideruleRunModel) attempts(kind script.Kind) time.Duration {
	limit := minutes(m.TimeLimit)
	if limit <= 0 {
		limit = run.DefaultTestLimit
		if kind == script.Release {
			limit = run.DefaultReleaseLimit
		}
	}
	return limit*time.Duration(1+max(number(m.Retries), 0)) + 30*time.Minute
}

// identity writes what tells a run from all others.
func (m *slideruleRunModel) identity(ctx context.Context, region, account string, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	diags := identity.SetAttribute(ctx, path.Root("run_id"), m.RunID)
	diags.Append(identity.SetAttribute(ctx, path.Root("region"), stringOrNull(region))...)
	return append(diags, identity.SetAttribute(ctx, path.Root("account"), stringOrNull(account))...)
}
