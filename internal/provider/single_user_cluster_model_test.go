package provider

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

const minimal = `{"spark_version":"15.4.x-scala2.12","num_workers":1,"autotermination_minutes":30}`

func permission(user, group, principal, level string) attr.Value {
	return types.ObjectValueMust(permissionType.AttrTypes, map[string]attr.Value{
		"user_name": stringOrNull(user), "group_name": stringOrNull(group), "service_principal_name": stringOrNull(principal), "permission_level": types.StringValue(level),
	})
}

func model() singleUserClusterModel {
	return singleUserClusterModel{
		UserEmail: types.StringValue("Ana.Diaz@example.com"), DefaultsJSON: types.StringValue(minimal), Name: types.StringValue("ana"),
		Permissions: types.SetNull(permissionType), OwnerLevel: types.StringValue("CAN_RESTART"), WarmUp: types.BoolValue(true),
		OnExisting: types.StringValue("no_action"), OnDestroy: types.StringValue("delete"), Notification: types.ObjectNull(notificationTypes),
		Managed: types.BoolValue(true), State: types.StringValue("TERMINATED"), Outcome: types.StringValue("created"), WarmUpStatus: types.StringValue("succeeded"),
	}
}

func TestModelToDomain(t *testing.T) {
	m := model()
	m.Pinned = types.BoolValue(true)
	m.Permissions = types.SetValueMust(permissionType, []attr.Value{
		permission("", "support", "", "CAN_ATTACH_TO"), permission("boss@example.com", "", "", "CAN_MANAGE"), permission("", "", "aaaa-bbbb", "CAN_RESTART"),
	})
	w, diags := m.wanted(t.Context(), parseSettings)
	if diags.HasError() || w.Person.Email() != "ana.diaz@example.com" || w.Name != "ana" || w.OwnerLevel != "CAN_RESTART" || !w.WarmUp || w.Pinned == nil || !*w.Pinned || w.OnExisting != singleuser.LeaveExisting {
		t.Errorf("wanted %+v, %v", w, diags)
	}
	want := []singleuser.Entry{{Kind: singleuser.Group, Principal: "support", Level: "CAN_ATTACH_TO"}, {Kind: singleuser.User, Principal: "boss@example.com", Level: "CAN_MANAGE"}, {Kind: singleuser.ServicePrincipal, Principal: "aaaa-bbbb", Level: "CAN_RESTART"}}
	if !slices.Equal(w.Grants, want) {
		t.Errorf("grants %v, want %v", w.Grants, want)
	}
	m.Pinned = types.BoolNull()
	if w, _ := m.wanted(t.Context(), parseSettings); w.Pinned != nil {
		t.Error("an unset pin is not a wish")
	}
	m.DefaultsJSON = types.StringValue("{}")
	if _, diags := m.wanted(t.Context(), parseSettings); !diags.HasError() {
		t.Error("bad settings went through")
	}
	if _, diags := m.wanted(t.Context(), storedSettings); diags.HasError() {
		t.Error("what a look wrote was judged as if somebody had configured it:", diags)
	}
}

func TestDomainToModel(t *testing.T) {
	m := model()
	m.took(&singleuser.Cluster{
		ID: "id", URL: "https://x/id", State: "TERMINATING", Managed: true, Outcome: singleuser.Failed, WarmUp: singleuser.WarmUpFailed,
		Libraries: []singleuser.Library{{Name: "pypi:a", Status: "FAILED", Message: "no such package"}},
	})
	for name, pair := range map[string][2]string{
		"cluster_id": {m.ClusterID.ValueString(), "id"}, "url": {m.URL.ValueString(), "https://x/id"}, "outcome": {m.Outcome.ValueString(), "failed"},
		"warm_up_status": {m.WarmUpStatus.ValueString(), "failed"}, "state on the way to its rest": {m.State.ValueString(), "TERMINATED"},
		"libraries": {m.Libraries.String(), `[{"message":"no such package","name":"pypi:a","status":"FAILED"}]`},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	if !m.unfinished() {
		t.Error("a failed warm-up is not tried again")
	}
}

// At rest, what the last running cluster said of a library stays; a library that is gone goes.
func TestLibrariesOfAClusterAtRest(t *testing.T) {
	before := libraryList([]singleuser.Library{{Name: "pypi:a", Status: "INSTALLED"}, {Name: "pypi:b", Status: "FAILED", Message: "why"}, {Name: "pypi:gone", Status: "INSTALLED"}})
	now := []singleuser.Library{{Name: "pypi:a", Status: "PENDING"}, {Name: "pypi:b", Status: "PENDING"}, {Name: "pypi:new", Status: "PENDING"}}
	for state, want := range map[string]string{
		"TERMINATED": `[{"message":"","name":"pypi:a","status":"INSTALLED"},{"message":"why","name":"pypi:b","status":"FAILED"},{"message":"","name":"pypi:new","status":"PENDING"}]`,
		"RUNNING":    libraryList(now).String(),
	} {
		if got := mergeLibraries(t.Context(), before, &singleuser.Cluster{State: state, Libraries: now}).String(); got != want {
			t.Errorf("%s: %s, want %s", state, got, want)
		}
	}
}

func TestWhatTouchesTheWorkspace(t *testing.T) {
	for name, c := range map[string]struct {
		state, plan func(*singleUserClusterModel)
		want        bool
	}{
		"nothing":                  {want: false},
		"the message":              {plan: func(m *singleUserClusterModel) { m.Notification = types.ObjectUnknown(notificationTypes) }, want: false},
		"what becomes of it":       {plan: func(m *singleUserClusterModel) { m.OnDestroy = types.StringValue("stop") }, want: false},
		"no more warm-up":          {plan: func(m *singleUserClusterModel) { m.WarmUp = types.BoolValue(false) }, want: false},
		"a warm-up":                {state: func(m *singleUserClusterModel) { m.WarmUp = types.BoolValue(false) }, want: true},
		"a pin let go":             {state: func(m *singleUserClusterModel) { m.Pinned = types.BoolValue(true) }, want: false},
		"a pin":                    {plan: func(m *singleUserClusterModel) { m.Pinned = types.BoolValue(true) }, want: true},
		"settings":                 {plan: func(m *singleUserClusterModel) { m.DefaultsJSON = types.StringUnknown() }, want: true},
		"a failed warm-up":         {state: func(m *singleUserClusterModel) { m.Outcome = types.StringValue("failed") }, want: true},
		"a purged cluster":         {state: (*singleUserClusterModel).purged, want: true},
		"somebody else's":          {state: func(m *singleUserClusterModel) { m.Managed = types.BoolValue(false) }, plan: func(m *singleUserClusterModel) { m.Name = types.StringValue("x") }, want: false},
		"somebody else's, adopted": {state: func(m *singleUserClusterModel) { m.Managed = types.BoolValue(false) }, plan: func(m *singleUserClusterModel) { m.OnExisting = types.StringValue("adopt") }, want: true},
		"somebody else's, once failed": {state: func(m *singleUserClusterModel) {
			m.Managed, m.Outcome = types.BoolValue(false), types.StringValue("failed")
		}, want: false},
	} {
		state, plan := model(), model()
		if c.state != nil {
			c.state(&state)
		}
		if c.plan != nil {
			c.plan(&plan)
		}
		if got := plan.touches(state); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
