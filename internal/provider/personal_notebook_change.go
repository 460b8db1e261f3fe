package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

// What a change is, in one place: the plan, the apply and the short way past the framework ask the same questions.

// part is an attribute of a notebook that Google has to do with.
type part struct {
	name  string
	of    func(*personalNotebookModel) attr.Value
	fixed bool // what differs means another notebook
}

var notebookParts = []part{
	{"user_email", func(m *personalNotebookModel) attr.Value { return m.UserEmail }, true},
	{"environment", func(m *personalNotebookModel) attr.Value { return m.Environment }, true},
	{"project", func(m *personalNotebookModel) attr.Value { return m.Project }, true},
	{"location", func(m *personalNotebookModel) attr.Value { return m.Location }, true},
	{"name", func(m *personalNotebookModel) attr.Value { return m.Name }, true},
	{"identity", func(m *personalNotebookModel) attr.Value { return m.Identity }, true},
	{"network", func(m *personalNotebookModel) attr.Value { return m.Network }, true},
	{"subnet", func(m *personalNotebookModel) attr.Value { return m.Subnet }, true},
	{"service_account", func(m *personalNotebookModel) attr.Value { return m.ServiceAccount }, true},
	{"image", func(m *personalNotebookModel) attr.Value { return m.Image }, true},
	{"third_party_identity", func(m *personalNotebookModel) attr.Value { return m.ThirdPartyIdentity }, true},
	{"customer_managed_key", func(m *personalNotebookModel) attr.Value { return m.CustomerManagedKey }, true},
	{"machine_type", func(m *personalNotebookModel) attr.Value { return m.MachineType }, false},
	{"accelerator", func(m *personalNotebookModel) attr.Value { return m.Accelerator }, false},
	{"boot_disk", func(m *personalNotebookModel) attr.Value { return m.BootDisk }, false},
	{"data_disk", func(m *personalNotebookModel) attr.Value { return m.DataDisk }, false},
	{"public_ip", func(m *personalNotebookModel) attr.Value { return m.PublicIP }, false},
	{"tags", func(m *personalNotebookModel) attr.Value { return m.Tags }, false},
	{"labels", func(m *personalNotebookModel) attr.Value { return m.Labels }, false},
	{"metadata", func(m *personalNotebookModel) attr.Value { return m.Metadata }, false},
	{"idle_shutdown_minutes", func(m *personalNotebookModel) attr.Value { return m.IdleShutdownMinutes }, false},
	{"templates", func(m *personalNotebookModel) attr.Value { return m.Templates }, false},
}

// untold is what an import could not learn of an attribute: what the configuration says of it is taken as it is.
func (p part) untold(state *personalNotebookModel, from origin) bool {
	return from.imports(p.name) && p.of(state).IsNull()
}

// differing are the attributes of which a plan wants something else than the state has. What is unknown may differ.
func (m *personalNotebookModel) differing(state *personalNotebookModel) (names []string) {
	for _, p := range notebookParts {
		if !p.of(m).Equal(p.of(state)) {
			names = append(names, p.name)
		}
	}
	return names
}

// replaced are the attributes that mean another notebook, whatever the values; an attribute that an import could not
// learn never does.
func (m *personalNotebookModel) replaced(state *personalNotebookModel, from origin) (names []string) {
	for _, p := range notebookParts {
		if p.fixed && !p.of(m).Equal(p.of(state)) && !p.untold(state, from) {
			names = append(names, p.name)
		}
	}
	return names
}

// unfinished: the last apply did not end well, or the notebook never was up.
func (m *personalNotebookModel) unfinished() bool {
	return unfinishedNotebook(m.Outcome.ValueString(), m.State.ValueString())
}

func unfinishedNotebook(outcome, state string) bool {
	return outcome == string(notebook.Failed) || slices.Contains([]string{"PROVISIONING", "INITIALIZING", "REGISTERING"}, state)
}

// elsewhere: the notebook is not in the state that is wanted of it.
func (m *personalNotebookModel) elsewhere(state *personalNotebookModel) bool {
	return m.DesiredState.IsUnknown() || isElsewhere(m.DesiredState.ValueString(), state.State.ValueString())
}

func isElsewhere(desired, state string) bool { return desired != "" && desired != state }

// touches reports whether a plan needs Google to do something.
func (m *personalNotebookModel) touches(state *personalNotebookModel) bool {
	return len(m.differing(state)) > 0 || m.elsewhere(state) || state.unfinished()
}

// same reports whether two models have the same values, in everything that a plan or a look may write.
func (m *personalNotebookModel) same(other *personalNotebookModel) bool {
	return len(m.differing(other)) == 0 && m.ID.Equal(other.ID) && m.ProxyURL.Equal(other.ProxyURL) && m.State.Equal(other.State) &&
		m.EffectiveIdentity.Equal(other.EffectiveIdentity) && m.Outcome.Equal(other.Outcome) && m.NotifiedAt.Equal(other.NotifiedAt) &&
		m.DesiredState.Equal(other.DesiredState) && m.OnDestroy.Equal(other.OnDestroy) && m.DeletionProtection.Equal(other.DeletionProtection)
}

// runningKey marks, in the private state, a notebook that ran when an update of it broke off.
const runningKey = "running"

// importedOrigin is that of a notebook imported a moment ago.
func importedOrigin() (o origin) {
	for _, p := range notebookParts {
		o = append(o, p.name)
	}
	return o
}

// settled is the origin after an apply: what it changed is the configuration's from now on.
func (o origin) settled(plan, state *personalNotebookModel) origin {
	changed := plan.differing(state)
	return slices.DeleteFunc(slices.Clone(o), func(name string) bool { return slices.Contains(changed, name) })
}
