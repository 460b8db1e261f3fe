package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
	"github.com/data-access/terraform-provider-provisioner/internal/step"
)

// fleet connects the workspace; a failure is told as an error.
func (r *singleUserClusterResource) fleet(ctx context.Context, diags *diag.Diagnostics) *singleuser.Fleet {
	if diags.HasError() {
		return nil
	}
	fleet, err := r.clouds.databricks(ctx)
	if err != nil {
		diags.AddError("The Databricks workspace cannot be reached", sentence(err))
	}
	return fleet
}

// ensure makes or finds the planned cluster and writes the answer into the plan. nil is an error, told.
func (r *singleUserClusterResource) ensure(ctx context.Context, fleet *singleuser.Fleet, plan *singleUserClusterModel, diags *diag.Diagnostics) *singleuser.Cluster {
	wanted, more := plan.wanted(ctx, parseSettings)
	diags.Append(more...)
	if diags.HasError() {
		return nil
	}
	cluster, err := fleet.Ensure(ctx, wanted)
	if err != nil {
		diags.AddError("The cluster could not be made", sentence(err))
		return nil
	}
	plan.took(cluster)
	tflog.Info(ctx, "ensured a single-user cluster", map[string]any{"person": wanted.Person.Email(), "cluster_id": cluster.ID, "outcome": string(cluster.Outcome)})
	tellProblem(cluster, diags)
	if !cluster.Managed {
		diags.AddWarning("A cluster of somebody else's stands in for this one", fmt.Sprintf(
			"The cluster %s (%s) of %s was there already and was not made by this installation, so nothing about it was changed, and destroy will leave it. Set on_existing to \"adopt\" to take it over.", cluster.Name, cluster.ID, wanted.Person))
	}
	return cluster
}

// update brings an existing cluster to the plan and writes the answer into it.
func (r *singleUserClusterResource) update(ctx context.Context, fleet *singleuser.Fleet, plan *singleUserClusterModel, state singleUserClusterModel, imported bool, diags *diag.Diagnostics) *singleuser.Cluster {
	parse := parseSettings
	if plan.DefaultsJSON.Equal(state.DefaultsJSON) {
		parse = storedSettings
	}
	wanted, more := plan.wanted(ctx, parse)
	diags.Append(more...)
	before, more := state.wanted(ctx, storedSettings)
	diags.Append(more...)
	if diags.HasError() {
		return nil
	}
	if imported || !state.Managed.ValueBool() { // what it has of them was never ours to take away
		before.Settings = nil
	}
	if !state.Managed.ValueBool() {
		before.Grants = nil
	}
	last := singleuser.Last{WarmUp: singleuser.WarmUp(state.WarmUpStatus.ValueString()), Unfinished: state.brokeOff()}
	cluster, err := fleet.Update(ctx, state.ClusterID.ValueString(), last, before, wanted)
	if err != nil {
		diags.AddError("The cluster could not be changed", sentence(err))
		return nil
	}
	if cluster.Problem == nil {
		cluster.Outcome = singleuser.Outcome(state.Outcome.ValueString())
		if cluster.Outcome == singleuser.Failed {
			cluster.Outcome = singleuser.Created
		}
	}
	plan.took(cluster)
	tellProblem(cluster, diags)
	return cluster
}

// tellProblem warns of a warm-up that did not end well. It is no error: that would taint a healthy cluster, and the
// next apply would destroy it.
func tellProblem(cluster *singleuser.Cluster, diags *diag.Diagnostics) {
	switch {
	case cluster.Problem == nil:
	case cluster.WarmUp == singleuser.Interrupted:
		diags.AddWarning("A warm-up was cut short", sentence(cluster.Problem)+fmt.Sprintf(" The cluster %s is %s; the next apply resumes the warm-up.", cluster.ID, cluster.State))
	default:
		diags.AddWarning("A warm-up failed", sentence(cluster.Problem)+fmt.Sprintf(" The cluster %s is %s; outcome is \"failed\", and the next apply tries again.", cluster.ID, cluster.State))
	}
}

// notify tells the person, once. Slack never fails a cluster.
func (r *singleUserClusterResource) notify(ctx context.Context, plan *singleUserClusterModel, cluster *singleuser.Cluster, diags *diag.Diagnostics) {
	if plan.Notification.IsNull() {
		return
	}
	notice, more := plan.notice(ctx, cluster)
	diags.Append(more...)
	if at := r.clouds.tell(ctx, plan.UserEmail, notice, "cluster", cluster.URL, diags); !at.IsNull() {
		plan.NotifiedAt = at
	}
}

// imported fills in what an import does not know: the person, and settings as the cluster has them.
func (m *singleUserClusterModel) imported(cluster *singleuser.Cluster) diag.Diagnostics {
	var diags diag.Diagnostics
	settings, err := cluster.Describe()
	if err != nil {
		diags.AddError("The cluster's settings could not be read", err.Error())
	}
	m.UserEmail = types.StringValue(strings.ToLower(cluster.Email))
	m.Name = types.StringValue(cluster.Name)
	m.DefaultsJSON = types.StringValue(settings)
	m.WarmUp = types.BoolValue(defaultWarmUp)
	m.OnExisting = types.StringValue(clusterDefaults["on_existing"])
	m.OnDestroy = types.StringValue(clusterDefaults["on_destroy"])
	m.OwnerLevel = stringOrNull(string(cluster.Level(singleuser.User, cluster.Email)))
	m.Outcome = types.StringValue(string(singleuser.NoAction))
	m.WarmUpStatus = types.StringValue(string(singleuser.NotRequested))
	return diags
}

// sentence is an error as a sentence: what follows it is another one.
func sentence(err error) string {
	text := err.Error()
	var told *step.Error
	if errors.As(err, &told) {
		text = told.Error()
	}
	text = strings.TrimRight(text, ". ") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}
