package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// What a change is, in one place: the plan, the apply and the short way past the framework ask the same questions.

// brokeOff: the last apply did not end well, on whichever side.
func (m *singleUserClusterModel) brokeOff() bool {
	return brokeOff(m.Outcome.ValueString(), m.WarmUpStatus.ValueString())
}

func brokeOff(outcome, warmUpStatus string) bool {
	return outcome == string(singleuser.Failed) || warmUpStatus == string(singleuser.Interrupted) || warmUpStatus == string(singleuser.WarmUpFailed)
}

// unfinished: the last apply did not end well, and it is for us to finish.
func (m *singleUserClusterModel) unfinished() bool { return m.Managed.ValueBool() && m.brokeOff() }

// isPurged: Databricks removed the cluster, and it has to be made again.
func (m *singleUserClusterModel) isPurged() bool { return m.State.ValueString() == statePurged }

// differs reports whether a plan wants the cluster itself otherwise than the state has it. What is unknown may differ.
func (m *singleUserClusterModel) differs(state singleUserClusterModel) bool {
	return !m.DefaultsJSON.Equal(state.DefaultsJSON) || !m.Name.Equal(state.Name) || !m.Permissions.Equal(state.Permissions) ||
		!m.OwnerLevel.Equal(state.OwnerLevel) || (!m.Pinned.IsNull() && !m.Pinned.Equal(state.Pinned)) ||
		m.WarmUp.IsUnknown() || (m.WarmUp.ValueBool() && !state.WarmUp.ValueBool())
}

// touches reports whether a plan needs the workspace to change. Of somebody else's cluster nothing is changed, unless
// it is to be taken over.
func (m *singleUserClusterModel) touches(state singleUserClusterModel) bool {
	if !state.Managed.ValueBool() {
		return m.OnExisting.IsUnknown() || m.OnExisting.ValueString() == string(singleuser.AdoptExisting)
	}
	return state.unfinished() || state.isPurged() || m.differs(state)
}

// keep takes over what was computed before.
func (m *singleUserClusterModel) keep(state singleUserClusterModel) {
	m.ClusterID, m.Outcome, m.Managed, m.State = state.ClusterID, state.Outcome, state.Managed, state.State
	m.WarmUpMessage, m.Libraries, m.URL = state.WarmUpMessage, state.Libraries, state.URL
	m.WarmUpStatus = m.keptWarmUp(state)
}

// keptWarmUp is the status of a cluster that is not touched: who wants no warm-up any more is told of none.
func (m *singleUserClusterModel) keptWarmUp(state singleUserClusterModel) types.String {
	if !m.WarmUp.ValueBool() && state.WarmUp.ValueBool() && state.Managed.ValueBool() {
		return types.StringValue(string(singleuser.NotRequested))
	}
	return state.WarmUpStatus
}
