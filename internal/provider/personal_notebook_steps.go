package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/slack"
)

// fleet connects Google; a failure is told as an error.
func (r *personalNotebookResource) fleet(ctx context.Context, diags *diag.Diagnostics) *notebook.Fleet {
	if diags.HasError() {
		return nil
	}
	family, err := r.clouds.google(ctx)
	if err != nil {
		diags.AddError("Google Cloud cannot be reached", sentence(err))
		return nil
	}
	return family.notebooks
}

// ensure makes or finds the planned notebook. nil is an error, told.
func (r *personalNotebookResource) ensure(ctx context.Context, fleet *notebook.Fleet, plan, config *personalNotebookModel, diags *diag.Diagnostics) *notebook.Notebook {
	wanted, more := plan.wanted(ctx, *config)
	diags.Append(more...)
	if diags.HasError() {
		return nil
	}
	if refuse(notebook.Judge(wanted), diags); diags.HasError() { // what became known only now
		return nil
	}
	n, err := fleet.Ensure(ctx, wanted)
	if err != nil {
		diags.AddError("The notebook could not be made", sentence(err))
		return nil
	}
	tflog.Info(ctx, "ensured a personal notebook", map[string]any{"person": wanted.Person.Email(), "id": n.ID, "outcome": string(n.Outcome)})
	tellNotebookProblem(n, diags)
	return n
}

// update brings an existing notebook to the plan. nil is an error, told.
func (r *personalNotebookResource) update(ctx context.Context, fleet *notebook.Fleet, plan, state, config *personalNotebookModel, last *lastApply, diags *diag.Diagnostics) *notebook.Notebook {
	before, more := state.before(ctx, plan, config, last.from)
	diags.Append(more...)
	after, more := plan.wanted(ctx, *config)
	diags.Append(more...)
	if diags.HasError() {
		return nil
	}
	if refuse(notebook.Judge(after), diags); diags.HasError() {
		return nil
	}
	changes := notebook.Changes(before, after)
	if i := slices.IndexFunc(changes, func(c notebook.Change) bool { return c.Replace }); i >= 0 { // not known when it was planned
		diags.AddAttributeError(path.Root(changes[i].Attribute), "This cannot be changed in place", fmt.Sprintf(
			"The notebook %s of %s: %s Plan again: now that the value is known, the plan says that the notebook is replaced.", state.ID.ValueString(), state.UserEmail.ValueString(), ended(changes[i].Why)))
		return nil
	}
	if last.resumes(plan, state) {
		after.DesiredState = notebook.Active
	}
	stops := func(c notebook.Change) bool { return c.Restart }
	last.running = after.DesiredState != notebook.Stopped && (last.running || (state.State.ValueString() == notebook.Active && slices.ContainsFunc(changes, stops)))
	created := notebook.Outcome("")
	if state.unfinished() {
		found := r.ensure(ctx, fleet, plan, config, diags)
		if found == nil || found.Problem != nil {
			return found
		}
		created = found.Outcome
	}
	n, err := fleet.Update(ctx, state.ID.ValueString(), before, after)
	if err != nil {
		diags.AddError("The notebook could not be changed", sentence(err))
		return nil
	}
	last.running = last.running && n.Problem != nil
	n.Outcome = outcomeAfter(notebook.Outcome(state.Outcome.ValueString()), created, last.untold)
	tellNotebookProblem(n, diags)
	return n
}

// outcomeAfter is what an update leaves of the outcome: it stays, but for a creation that is whole at last.
func outcomeAfter(before, found notebook.Outcome, untold bool) notebook.Outcome {
	switch {
	case untold || found == notebook.Created:
		return notebook.Created
	case before == notebook.Failed:
		return notebook.NoAction
	}
	return before
}

// tellNotebookProblem warns of a notebook that did not come up. It is no error: that would taint a healthy one, and the
// next apply would destroy it.
func tellNotebookProblem(n *notebook.Notebook, diags *diag.Diagnostics) {
	switch {
	case n.Problem == nil:
	case errors.Is(n.Problem, google.ErrInterrupted):
		diags.AddWarning("The wait for a notebook was cut short", sentence(n.Problem)+fmt.Sprintf(" The notebook %s is %s; the next apply goes on with it.", n.ID, n.State))
	default:
		diags.AddWarning("A notebook did not come up", sentence(n.Problem)+fmt.Sprintf(" The notebook %s is %s; outcome is \"failed\", and the next apply tries again.", n.ID, n.State))
	}
}

// warnOfOwner tells of a notebook that another installation took over.
func (r *personalNotebookResource) warnOfOwner(state *personalNotebookModel, n *notebook.Notebook, diags *diag.Diagnostics) {
	by := n.Labels[google.LabelManagedBy]
	if by != "" && by != r.clouds.installation() && r.clouds.first("taken notebook "+n.ID) {
		diags.AddWarning("A notebook is not this installation's", fmt.Sprintf(
			"The notebook %s of %s is managed by %q, and this provider's installation is %q. Give the provider its former installation back, or remove the notebook from one of the two states.", n.ID, state.UserEmail.ValueString(), by, r.clouds.installation()))
	}
}

// notify tells the person, once. Slack never fails a notebook.
func (r *personalNotebookResource) notify(ctx context.Context, plan *personalNotebookModel, n *notebook.Notebook, diags *diag.Diagnostics) {
	if plan.Notification.IsNull() {
		return
	}
	notice, more := plan.notice(ctx, n)
	diags.Append(more...)
	if at := r.clouds.tell(ctx, plan.UserEmail, notice, "notebook", n.ProxyURL, diags); !at.IsNull() {
		plan.NotifiedAt = at
	}
}

// notice is the Slack message about a notebook.
func (m *personalNotebookModel) notice(ctx context.Context, n *notebook.Notebook) (slack.Notice, diag.Diagnostics) {
	whose := "What you query in it is logged and billed as you."
	if n.Identity == notebook.AsServiceAccount {
		whose = "What you query in it is logged as its service account."
	}
	notice, diags := noticeOf(ctx, m.Notification, slack.Notice{
		Title:  "Your notebook is ready",
		Text:   fmt.Sprintf("The notebook `%s` is yours alone: %s\n%s", n.Name, n.ProxyURL, whose),
		Footer: "It stops by itself when nobody uses it.",
	}, n.ProxyURL)
	if minutes := m.IdleShutdownMinutes.ValueInt64(); minutes > 0 {
		notice.Footer = fmt.Sprintf("It stops by itself when nobody uses it for %d minutes.", minutes)
	}
	if m.environment() == notebook.Workbench && n.Identity != notebook.AsServiceAccount {
		notice.Text += "\nThe first time, Google asks whether the notebook may act as you: allow it with one click, in the Workbench page of the Google Cloud console. Until then it reads no data."
	}
	return notice, diags
}

// keep takes over what was computed before.
func (m *personalNotebookModel) keep(state *personalNotebookModel) {
	for _, field := range []struct{ plan, state *types.String }{
		{&m.ID, &state.ID},
		{&m.State, &state.State},
		{&m.ProxyURL, &state.ProxyURL},
		{&m.EffectiveIdentity, &state.EffectiveIdentity},
		{&m.Outcome, &state.Outcome},
		{&m.NotifiedAt, &state.NotifiedAt},
	} {
		fill(field.plan, *field.state)
	}
}

// identify writes the identity.
func (m *personalNotebookModel) identify(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	diags := identity.SetAttribute(ctx, path.Root("id"), m.ID)
	return append(diags, identity.SetAttribute(ctx, path.Root("environment"), string(m.environment()))...)
}

const importForms = " Give projects/PROJECT/locations/LOCATION/instances/NAME, PROJECT/LOCATION/NAME or LOCATION/NAME, with dataproc_hub: or managed: before it where it is no Workbench instance."

// findForImport finds the id and the environment that an import names.
func (r *personalNotebookResource) findForImport(text, environment string) (string, notebook.Environment, error) {
	if before, after, cut := strings.Cut(text, ":"); cut && !strings.ContainsAny(before, "./") { // example.com:p is a project
		if !slices.Contains(notebook.Environments(), before) {
			return "", "", fmt.Errorf("%q is no environment: there are %s", before, strings.Join(notebook.Environments(), ", "))
		}
		environment, text = before, after
	}
	of := notebook.Environment(environment)
	switch {
	case environment == "" && isRuntime(text):
		of = notebook.Managed
	case environment == "":
		of = notebook.Workbench
	case !slices.Contains(notebook.Environments(), environment):
		return "", "", fmt.Errorf("%q is no environment: there are %s", environment, strings.Join(notebook.Environments(), ", "))
	}
	project := ""
	if r.clouds != nil {
		project = r.clouds.googleProject().ValueString()
	}
	id, err := notebook.ParseID(text, project, of)
	return id, of, err
}

// isRuntime: runtimes have a collection of their own, and live in regions where instances live in zones.
func isRuntime(text string) bool {
	parts := strings.Split(text, "/")
	return strings.Contains(text, "/runtimes/") || (len(parts) >= 2 && len(parts) <= 3 && google.IsRegion(parts[len(parts)-2]))
}

// lastApply is what the private state remembers.
type lastApply struct {
	from    origin
	untold  bool // the creation is not whole yet: the person is told when it is
	running bool // the notebook ran when an update of it broke off
}

// resumes reports whether an apply has to start a notebook again that an earlier one stopped and did not start.
func (l lastApply) resumes(plan, state *personalNotebookModel) bool {
	return l.running && plan.DesiredState.IsNull() && state.State.ValueString() != notebook.Active && plan.touches(state)
}

// privateState is what Terraform keeps for us beside the state.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func lastOf(ctx context.Context, private privateState) (last lastApply, diags diag.Diagnostics) {
	stored, more := private.GetKey(ctx, importedKey)
	diags.Append(more...)
	last.from = originOf(stored)
	untold, more := private.GetKey(ctx, untoldKey)
	diags.Append(more...)
	last.untold = untold != nil
	running, more := private.GetKey(ctx, runningKey)
	diags.Append(more...)
	last.running = running != nil
	return last, diags
}

func (l lastApply) store(ctx context.Context, private privateState) (diags diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, importedKey, l.from.stored())...)
	diags.Append(private.SetKey(ctx, untoldKey, mark(l.untold))...)
	diags.Append(private.SetKey(ctx, runningKey, mark(l.running))...)
	return diags
}

// mark is a flag in the private state, where nothing is false.
func mark(set bool) []byte {
	if !set {
		return nil
	}
	return []byte("true")
}
