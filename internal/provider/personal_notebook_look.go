package provider

import (
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
)

// saw writes what a look found into the model: what differs from what we wrote is drift, and shows in the plan. What
// Google does not tell is no news, and stays. The state, and what the configuration leaves to Google, just follow.
func (m *personalNotebookModel) saw(n *notebook.Notebook) {
	if n.Owner != "" && !strings.EqualFold(n.Owner, m.UserEmail.ValueString()) {
		m.UserEmail = types.StringValue(n.Owner)
	}
	follow(&m.Identity, string(n.Identity))
	follow(&m.State, n.State)
	follow(&m.ProxyURL, n.ProxyURL)
	follow(&m.EffectiveIdentity, n.EffectiveIdentity)
	follow(&m.MachineType, n.MachineType)
	follow(&m.ServiceAccount, n.ServiceAccount)
	if !sameAddress(m.Network.ValueString(), n.Network) {
		follow(&m.Network, n.Network)
	}
	if !sameAddress(m.Subnet.ValueString(), n.Subnet) {
		follow(&m.Subnet, n.Subnet)
	}
	if key, _, _ := strings.Cut(n.KMSKey, "/cryptoKeyVersions/"); key != "" { // Google tells the version in use
		m.CustomerManagedKey = types.StringValue(key)
	}
	if n.PublicIP != nil {
		m.PublicIP = types.BoolValue(*n.PublicIP)
	}
	if n.IdleShutdown != 0 {
		m.IdleShutdownMinutes = types.Int64Value(int64(n.IdleShutdown / time.Minute))
	}
	if n.Accelerator != nil {
		m.Accelerator = acceleratorValue(n.Accelerator)
	}
	m.BootDisk = seenDisk(m.BootDisk, n.BootDisk)
	m.DataDisk = seenDisk(m.DataDisk, n.DataDisk)
	if n.Tags != nil && !sameTexts(textsIn(m.Tags.Elements()), n.Tags) {
		m.Tags = setOf(n.Tags)
	}
	if n.Templates != nil && !slices.Equal(textsIn(m.Templates.Elements()), n.Templates) {
		m.Templates = textList(n.Templates)
	}
	if n.Labels != nil {
		m.Labels = seenKeys(m.Labels, n.Labels)
	}
	if n.Metadata != nil {
		m.Metadata = seenKeys(m.Metadata, n.Metadata)
	}
}

// seenDisk takes over what Google tells of a disk.
func seenDisk(state types.Object, is notebook.Disk) types.Object {
	if is == (notebook.Disk{}) {
		return state
	}
	parts := diskParts(is)
	for name, part := range state.Attributes() {
		if parts[name].IsNull() {
			parts[name] = part
		}
	}
	return types.ObjectValueMust(diskTypes, parts)
}

// imported fills in what an import does not know: everything that Google tells and a configuration could say.
func (m *personalNotebookModel) imported(n *notebook.Notebook) {
	m.UserEmail = stringOrNull(strings.ToLower(n.Owner))
	m.Environment, m.Project, m.Location, m.Name = types.StringValue(string(n.Environment)), types.StringValue(n.Project), types.StringValue(n.Location), types.StringValue(n.Name)
	m.PublicIP, m.ThirdPartyIdentity, m.DeletionProtection = types.BoolValue(false), types.BoolValue(false), types.BoolValue(false)
	m.OnDestroy = types.StringValue(notebookDefaults["on_destroy"])
	m.Outcome = types.StringValue(string(notebook.NoAction))
	m.Labels = mapOf(declarableLabels(n.Labels))
	m.Metadata = mapOf(withoutEntries(n.Metadata, func(key, value string) bool { return !declarable(n.Environment, n.Identity, key, value) }))
}

// declarable reports whether a configuration could have a metadata key: the domain knows what is Google's.
func declarable(environment notebook.Environment, identity notebook.Identity, key, value string) bool {
	problems := notebook.Judge(notebook.Wanted{Environment: environment, Identity: identity, Metadata: map[string]string{key: value}})
	return !slices.ContainsFunc(problems, func(p notebook.Problem) bool { return p.Attribute == "metadata" })
}

func acceleratorValue(a *notebook.Accelerator) types.Object {
	return types.ObjectValueMust(acceleratorTypes, map[string]attr.Value{"type": types.StringValue(a.Type), "count": types.Int64Value(a.Count)})
}
