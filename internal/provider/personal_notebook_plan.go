package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// ModifyPlan says in the plan what an apply would do.
func (r *personalNotebookResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		r.planDestroy(ctx, req, resp)
		return
	}
	var plan, config personalNotebookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		r.planCreate(ctx, &plan, &config, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	r.planUpdate(ctx, plan, config, req, resp)
}

func (r *personalNotebookResource) planCreate(ctx context.Context, plan, config *personalNotebookModel, diags *diag.Diagnostics) {
	diags.Append(plan.planDefaults(r.clouds, config, nil, nil)...)
	plan.planNew(config)
	r.judge(ctx, plan, config, diags)
	r.warn(ctx, plan, config, diags)
	r.refuseDouble(plan, diags)
	r.probe(ctx, plan, diags)
}

func (r *personalNotebookResource) planUpdate(ctx context.Context, plan, config personalNotebookModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state personalNotebookModel
	diags := &resp.Diagnostics
	diags.Append(req.State.Get(ctx, &state)...)
	last, more := lastOf(ctx, req.Private)
	diags.Append(more...)
	if diags.HasError() {
		return
	}
	proposed, from := plan, last.from
	diags.Append(plan.planDefaults(r.clouds, &config, &state, from)...)
	plan.planKeys(&config, &state, from)

	changes := r.changes(ctx, &plan, &state, &config, from, diags)
	replaced := plan.replaced(&state, from)
	for _, c := range changes {
		if c.Replace && !slices.Contains(replaced, c.Attribute) {
			replaced = append(replaced, c.Attribute)
		}
	}
	for _, attribute := range replaced {
		resp.RequiresReplace.Append(path.Root(attribute))
	}
	if len(replaced) > 0 { // Terraform asks again for the new notebook, which is judged then
		refuseReplacement(&plan, &state, replaced, diags)
		if slices.Contains(replaced, "user_email") && last.from.imports("user_email") {
			diags.AddAttributeError(path.Root("user_email"), "An imported notebook is another person's", fmt.Sprintf(
				"The notebook %s is of %s, and the configuration says %s: the apply would delete it. Correct user_email, or import that person's notebook.",
				state.ID.ValueString(), state.UserEmail.ValueString(), plan.UserEmail.ValueString()))
		}
	} else {
		if plan.touches(&state) {
			r.judge(ctx, &plan, &config, diags)
		}
		r.warn(ctx, &plan, &config, diags)
		restarts := warnOfChanges(&plan, &state, changes, last, diags)
		plan.planComputed(&state, restarts, last.untold)
	}
	if !plan.same(&proposed) { // most plans of most people change nothing, and writing one takes its time
		diags.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// planDefaults fills in what the configuration leaves to the provider, as soon as what it depends on is known. What an
// import found stays as it is. state is nil for a notebook that is to be made.
func (m *personalNotebookModel) planDefaults(c *clouds, config, state *personalNotebookModel, from origin) diag.Diagnostics {
	var diags diag.Diagnostics
	if config.Environment.IsNull() {
		m.Environment = types.StringValue(notebookDefaults["environment"])
		if from.imports("environment") {
			m.Environment = state.Environment
		}
	}
	if config.PublicIP.IsNull() {
		m.PublicIP = types.BoolValue(false)
		if from.imports("public_ip") {
			m.PublicIP = state.PublicIP
		}
	}
	known := !m.Environment.IsUnknown()
	environment := m.environment()
	if known || !config.Location.IsNull() {
		diags.Append(m.planPlace(c, config, environment == notebook.Managed)...)
	}
	if config.Name.IsNull() && state == nil && known && !m.UserEmail.IsUnknown() {
		if who, err := person.Parse(m.UserEmail.ValueString()); err == nil { // otherwise told by the validator
			m.Name = types.StringValue(notebook.DefaultName(who, environment))
		}
	}
	if config.MachineType.IsNull() && known {
		m.MachineType = types.StringValue(defaultMachineTypes[environment])
		if from.imports("machine_type") && !state.MachineType.IsNull() {
			m.MachineType = state.MachineType
		}
	}
	if config.IdleShutdownMinutes.IsNull() && known {
		m.IdleShutdownMinutes = defaultIdle(environment)
		if from.imports("idle_shutdown_minutes") && !state.IdleShutdownMinutes.IsNull() {
			m.IdleShutdownMinutes = state.IdleShutdownMinutes
		}
	}
	return diags
}

// planPlace takes the provider's project and location for those that the configuration does not have. One that it has,
// and that is not known yet, stays unknown.
func (m *personalNotebookModel) planPlace(c *clouds, config *personalNotebookModel, region bool) diag.Diagnostics {
	project, location := m.Project, m.Location
	if !config.Project.IsNull() {
		project = types.StringValue("")
	}
	if !config.Location.IsNull() {
		location = types.StringValue("")
	}
	diags := c.place(&project, &location, region)
	if config.Project.IsNull() {
		m.Project = project
	}
	if config.Location.IsNull() {
		m.Location = location
	}
	return diags
}

func defaultIdle(environment notebook.Environment) types.Int64 {
	if environment == notebook.DataprocHub {
		return types.Int64Null()
	}
	return types.Int64Value(notebookIdleMinutes)
}

// planNew says what is known already of a notebook that is to be made.
func (m *personalNotebookModel) planNew(config *personalNotebookModel) {
	if config.Labels.IsNull() {
		m.Labels = types.MapNull(types.StringType)
	}
	if config.Metadata.IsNull() {
		m.Metadata = types.MapNull(types.StringType)
	}
	if m.Notification.IsNull() {
		m.NotifiedAt = types.StringNull()
	}
}

// planKeys plans the maps of which only declared keys count. Those that an import found were never ours to take away:
// a configuration that agrees with them changes nothing.
func (m *personalNotebookModel) planKeys(config, state *personalNotebookModel, from origin) {
	for _, keys := range []struct {
		attribute            string
		plan, config, before *types.Map
	}{
		{"labels", &m.Labels, &config.Labels, &state.Labels},
		{"metadata", &m.Metadata, &config.Metadata, &state.Metadata},
	} {
		imported := from.imports(keys.attribute)
		switch {
		case keys.config.IsNull() && imported, imported && coversKeys(*keys.before, *keys.config):
			*keys.plan = *keys.before
		case keys.config.IsNull():
			*keys.plan = types.MapNull(types.StringType)
		}
	}
}

// changes is what the domain says of a plan: what Google can change in place, and for what it needs the notebook at rest.
func (r *personalNotebookResource) changes(ctx context.Context, plan, state, config *personalNotebookModel, from origin, diags *diag.Diagnostics) []notebook.Change {
	before, more := state.before(ctx, plan, config, from)
	diags.Append(more...)
	after, more := plan.wanted(ctx, *config)
	diags.Append(more...)
	if diags.HasError() {
		return nil
	}
	differing := plan.differing(state)
	return slices.DeleteFunc(notebook.Changes(before, after), func(c notebook.Change) bool { return !slices.Contains(differing, c.Attribute) })
}

// before is what was wanted of a notebook when the last apply ended. Of an import, what it could not learn is taken to
// be as the configuration says, and what maps it found is not ours to take away.
func (m personalNotebookModel) before(ctx context.Context, plan, config *personalNotebookModel, from origin) (notebook.Wanted, diag.Diagnostics) {
	for _, learn := range []struct {
		attribute string
		unknown   bool
		learn     func()
	}{
		{"network", m.Network.IsNull(), func() { m.Network = plan.Network }},
		{"subnet", m.Subnet.IsNull(), func() { m.Subnet = plan.Subnet }},
		{"service_account", m.ServiceAccount.IsNull(), func() { m.ServiceAccount = plan.ServiceAccount }},
		{"image", m.Image.IsNull(), func() { m.Image = plan.Image }},
		{"boot_disk", m.BootDisk.IsNull(), func() { m.BootDisk = plan.BootDisk }},
		{"data_disk", m.DataDisk.IsNull(), func() { m.DataDisk = plan.DataDisk }},
		{"identity", m.Identity.IsNull(), func() { m.Identity = plan.Identity }},
		{"user_email", m.UserEmail.IsNull(), func() { m.UserEmail = plan.UserEmail }},
		{"third_party_identity", true, func() { m.ThirdPartyIdentity = plan.ThirdPartyIdentity }},
		{"labels", true, func() { m.Labels = types.MapNull(types.StringType) }},
		{"metadata", true, func() { m.Metadata = types.MapNull(types.StringType) }},
	} {
		if learn.unknown && from.imports(learn.attribute) {
			learn.learn()
		}
	}
	return m.wanted(ctx, *config)
}

// planComputed makes unknown what an apply may change, and nothing else.
func (m *personalNotebookModel) planComputed(state *personalNotebookModel, restarts, untold bool) {
	if !m.touches(state) {
		return
	}
	m.Outcome = types.StringUnknown()
	if !restarts && !m.elsewhere(state) && !state.unfinished() {
		return
	}
	m.State = types.StringUnknown()
	for _, field := range []*types.String{&m.ProxyURL, &m.EffectiveIdentity} {
		if field.IsNull() {
			*field = types.StringUnknown()
		}
	}
	if untold && !m.Notification.IsNull() {
		m.NotifiedAt = types.StringUnknown()
	}
}

// warnOfChanges says what becomes of people's running notebooks, and reports whether one is stopped or started.
func warnOfChanges(plan, state *personalNotebookModel, changes []notebook.Change, last lastApply, diags *diag.Diagnostics) (restarts bool) {
	who, id, is := state.UserEmail.ValueString(), state.ID.ValueString(), state.State.ValueString()
	var needRest, later []string
	for _, c := range changes {
		switch {
		case c.Restart:
			needRest = append(needRest, c.Attribute)
		case c.Why != "":
			later = append(later, ended(c.Why))
		}
	}
	running, resumes := is == notebook.Active, last.resumes(plan, state)
	switch {
	case resumes:
		diags.AddWarning("A notebook will be started again", fmt.Sprintf("The notebook %s of %s is %s because an apply broke off that had stopped it. This apply starts it again.", id, who, is))
	case len(needRest) > 0 && running:
		summary, then := "A running notebook will be stopped and started", "stopped and started again"
		if plan.DesiredState.ValueString() == notebook.Stopped {
			summary, then = "A running notebook will be stopped", "stopped"
		}
		diags.AddWarning(summary, fmt.Sprintf("The notebook %s of %s is running. It will be %s for a new %s: what runs in it ends.", id, who, then, strings.Join(needRest, " and ")))
	case len(needRest) > 0:
		diags.AddWarning("A notebook at rest is changed without starting it", fmt.Sprintf("The notebook %s of %s is %s: its %s is changed, and nothing is started.", id, who, is, strings.Join(needRest, " and ")))
	}
	if len(later) > 0 && running {
		diags.AddWarning("A change takes effect when the notebook starts again", fmt.Sprintf("The notebook %s of %s is running and stays so. %s", id, who, strings.Join(later, " ")))
	}
	if state.unfinished() {
		diags.AddWarning("A notebook will be finished", fmt.Sprintf("The last apply did not bring the notebook %s of %s to its end; it is %s. This apply goes on with it.", id, who, is))
	}
	return resumes || (len(needRest) > 0 && running)
}

// refuseReplacement refuses one that deletion_protection forbids, and one whose old notebook would stay in the way.
func refuseReplacement(plan, state *personalNotebookModel, replaced []string, diags *diag.Diagnostics) {
	at, who, id := path.Root(replaced[0]), state.UserEmail.ValueString(), state.ID.ValueString()
	switch how := state.OnDestroy.ValueString(); {
	case state.DeletionProtection.ValueBool() || plan.DeletionProtection.ValueBool():
		diags.AddAttributeError(at, "A protected notebook would be replaced", fmt.Sprintf(
			"The notebook %s of %s has deletion_protection = true, and another %s means another notebook. Set deletion_protection to false and apply that first, or leave %s as it is.", id, who, strings.Join(replaced, ", "), replaced[0]))
	case how != deleteNotebook && plan.Name.Equal(state.Name) && plan.Location.Equal(state.Location) && plan.Project.Equal(state.Project) && plan.Environment.Equal(state.Environment):
		diags.AddAttributeError(at, "The old notebook would stay in the way of the new one", fmt.Sprintf(
			"Another %s means another notebook, and with on_destroy = %q the notebook %s of %s would keep its name. Set on_destroy to %q and apply that first, or give the new one another name.", strings.Join(replaced, ", "), how, id, who, deleteNotebook))
	case how != deleteNotebook:
		warnOfRemains(state, diags)
	}
}

func (r *personalNotebookResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state personalNotebookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	switch {
	case resp.Diagnostics.HasError():
	case state.DeletionProtection.ValueBool():
		resp.Diagnostics.AddError("A protected notebook would be destroyed", protected(&state))
	default:
		warnOfRemains(&state, &resp.Diagnostics)
		r.refuseMove(&state, &resp.Diagnostics)
	}
}

func protected(state *personalNotebookModel) string {
	return fmt.Sprintf("The notebook %s of %s has deletion_protection = true. Set it to false and apply that first.", state.ID.ValueString(), state.UserEmail.ValueString())
}

// warnOfRemains says when a destroy will leave the notebook.
func warnOfRemains(state *personalNotebookModel, diags *diag.Diagnostics) {
	how := state.OnDestroy.ValueString()
	if how == deleteNotebook || how == "" {
		return
	}
	becomes := "left as it is"
	if how == stopNotebook {
		becomes = "stopped and left there"
	}
	diags.AddWarning("A notebook will be left in place", fmt.Sprintf("With on_destroy = %q the notebook %s of %s is %s: its disks go on to cost money, and a later apply for the same person finds it again.", how, state.ID.ValueString(), state.UserEmail.ValueString(), becomes))
}
