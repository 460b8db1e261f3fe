package databricks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

// entries writes an access control list as "ana@example.com CAN_RESTART, admins CAN_MANAGE inherited".
func entries(list []compute.ClusterAccessControlResponse) string {
	var texts []string
	for _, e := range list {
		text := fmt.Sprintf("%s%s%s %s", e.UserName, e.GroupName, e.ServicePrincipalName, e.AllPermissions[0].PermissionLevel)
		if e.AllPermissions[0].Inherited {
			text += " inherited"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func (w *workspace) wantEntries(id, want string) {
	w.t.Helper()
	reply, err := w.clusters.GetPermissionsByClusterId(w.t.Context(), id)
	w.must(err)
	if got := entries(reply.AccessControlList); got != want+", admins CAN_MANAGE inherited" && got != want+"admins CAN_MANAGE inherited" {
		w.t.Errorf("got %q, want %q", got, want)
	}
	if got := entries(w.Permissions(id)); got != want {
		w.t.Errorf("Permissions tells %q, want %q", got, want)
	}
}

func user(name string, level compute.ClusterPermissionLevel) compute.ClusterAccessControlRequest {
	return compute.ClusterAccessControlRequest{UserName: name, PermissionLevel: level}
}

func TestPatchAddsAndPutReplaces(t *testing.T) {
	w := open(t, databricks.Options{})
	w.SetCaller("svc@example.com", true)
	id := w.create(personal("ana@example.com"))
	patch := func(list ...compute.ClusterAccessControlRequest) error {
		_, err := w.clusters.UpdatePermissions(t.Context(), compute.ClusterPermissionsRequest{ClusterId: id, AccessControlList: list})
		return err
	}
	put := func(list ...compute.ClusterAccessControlRequest) error {
		_, err := w.clusters.SetPermissions(t.Context(), compute.ClusterPermissionsRequest{ClusterId: id, AccessControlList: list})
		return err
	}
	w.wantEntries(id, "svc@example.com CAN_MANAGE")
	w.must(patch(user("ana@example.com", "CAN_ATTACH_TO"), compute.ClusterAccessControlRequest{GroupName: "data", PermissionLevel: "CAN_RESTART"}))
	w.must(patch(user("ANA@example.com", "CAN_RESTART"))) // names have no case
	w.wantEntries(id, "svc@example.com CAN_MANAGE, ana@example.com CAN_RESTART, data CAN_RESTART")
	w.must(patch())
	w.wantEntries(id, "svc@example.com CAN_MANAGE, ana@example.com CAN_RESTART, data CAN_RESTART")

	_, err := w.permissions.Update(t.Context(), iam.UpdateObjectPermissions{
		RequestObjectType: "clusters", RequestObjectId: id,
		AccessControlList: []iam.AccessControlRequest{{ServicePrincipalName: "1-2", PermissionLevel: iam.PermissionLevelCanAttachTo}},
	})
	w.must(err)
	w.wantEntries(id, "svc@example.com CAN_MANAGE, ana@example.com CAN_RESTART, data CAN_RESTART, 1-2 CAN_ATTACH_TO")

	w.must(put(user("ana@example.com", "CAN_MANAGE")))
	w.wantEntries(id, "ana@example.com CAN_MANAGE")
	w.must(put())
	w.wantEntries(id, "")
}

func TestPermissionRefusals(t *testing.T) {
	w := open(t, databricks.Options{})
	w.RemoveUser("gone@example.com")
	id := w.create(personal("ana@example.com"))
	path := "/api/2.0/permissions/clusters/" + id
	cases := map[string]struct {
		body          string
		status        int
		code, message string
	}{
		"nobody":         {`{"access_control_list":[{"permission_level":"CAN_MANAGE"}]}`, 400, "INVALID_PARAMETER_VALUE", "Exactly one"},
		"two principals": {`{"access_control_list":[{"user_name":"a@b.c","group_name":"g","permission_level":"CAN_MANAGE"}]}`, 400, "INVALID_PARAMETER_VALUE", "Exactly one"},
		"no level":       {`{"access_control_list":[{"user_name":"a@b.c"}]}`, 400, "INVALID_PARAMETER_VALUE", "permission_level"},
		"unknown level":  {`{"access_control_list":[{"user_name":"a@b.c","permission_level":"CAN_USE"}]}`, 400, "INVALID_PARAMETER_VALUE", "CAN_USE"},
		"unknown field":  {`{"acl":[]}`, 400, "MALFORMED_REQUEST", "acl"},
		"admins":         {`{"access_control_list":[{"group_name":"admins","permission_level":"CAN_RESTART"}]}`, 400, "INVALID_PARAMETER_VALUE", "admins"},
		"unknown user":   {`{"access_control_list":[{"user_name":"gone@example.com","permission_level":"CAN_RESTART"}]}`, 404, "RESOURCE_DOES_NOT_EXIST", "Principal: UserName(gone@example.com) does not exist"},
	}
	before := entries(w.Permissions(id))
	for name, c := range cases {
		for _, method := range []string{"PUT", "PATCH"} {
			t.Run(name+" "+method, func(t *testing.T) {
				status, reply, _ := w.send(method, path, c.body)
				wantBody(t, status, reply, c.status, c.code, c.message)
			})
		}
	}
	if got := entries(w.Permissions(id)); got != before {
		t.Errorf("a refused request left %q", got)
	}
	_, err := w.clusters.GetPermissionsByClusterId(t.Context(), "0101-000000-00000000")
	wantRefusal(t, err, 400, "INVALID_PARAMETER_VALUE", "Cluster 0101-000000-00000000 does not exist")
	levels, err := w.clusters.GetPermissionLevelsByClusterId(t.Context(), id)
	if err != nil || len(levels.PermissionLevels) != 3 {
		t.Errorf("levels: %+v, %v", levels, err)
	}
}

func TestWhoIsNotAdminNeedsAGrant(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.running(personal("ana@example.com"))
	w.SetCaller("ana@example.com", false)
	_, err := w.clusters.GetByClusterId(t.Context(), id)
	wantRefusal(t, err, 403, "PERMISSION_DENIED", "ana@example.com does not have CAN_ATTACH_TO")
	if names := w.list(compute.ListClustersRequest{}); len(names) != 0 {
		t.Errorf("lists %v", names)
	}

	w.SetCaller("admin@example.com", true)
	_, err = w.clusters.UpdatePermissions(t.Context(), compute.ClusterPermissionsRequest{
		ClusterId:         id,
		AccessControlList: []compute.ClusterAccessControlRequest{user("Ana@example.com", "CAN_RESTART")},
	})
	w.must(err)
	w.SetCaller("ana@example.com", false)
	if names := w.list(compute.ListClustersRequest{}); len(names) != 1 {
		t.Errorf("lists %v", names)
	}
	w.must(w.terminate(id))
	wantRefusal(t, w.clusters.PermanentDeleteByClusterId(t.Context(), id), 403, "PERMISSION_DENIED", "CAN_MANAGE")
}

func TestMe(t *testing.T) {
	w := open(t, databricks.Options{})
	me, err := w.me.Me(t.Context(), iam.MeRequest{ExcludedAttributes: "entitlements"})
	if err != nil || strings.Contains(me.UserName, "@") || len(me.Entitlements) != 0 || !inAdmins(me) {
		t.Errorf("the default caller is a service principal and admin: %+v, %v", me, err)
	}
	w.SetCaller("ana.diaz@example.com", false)
	me, err = w.me.Me(t.Context(), meRequest)
	if err != nil || me.UserName != "ana.diaz@example.com" || me.DisplayName != "Ana Diaz" || !me.Active || inAdmins(me) || len(me.Entitlements) == 0 {
		t.Errorf("got %+v, %v", me, err)
	}
}

func inAdmins(me *iam.User) bool {
	return slices.ContainsFunc(me.Groups, func(g iam.ComplexValue) bool { return g.Display == "admins" })
}

func TestUserLookup(t *testing.T) {
	w := open(t, databricks.Options{})
	w.SetUser(iam.User{UserName: "left@example.com", Active: false, Id: "77"})
	w.RemoveUser("gone@example.com")
	lookUp := func(name string) []iam.User {
		t.Helper()
		found, err := w.users.ListAll(t.Context(), iam.ListUsersRequest{Attributes: "id,userName,active", Filter: fmt.Sprintf("userName eq %q", name)})
		w.must(err)
		return found
	}
	if found := lookUp("Ana@Example.com"); len(found) != 1 || found[0].UserName != "ana@example.com" || !found[0].Active || found[0].Id == "" || found[0].DisplayName != "" {
		t.Errorf("got %+v", found)
	}
	if found := lookUp("left@example.com"); len(found) != 1 || found[0].Active || found[0].Id != "77" {
		t.Errorf("got %+v", found)
	}
	if found := append(lookUp("gone@example.com"), lookUp("nobody")...); len(found) != 0 {
		t.Errorf("got %+v", found)
	}
	_, err := w.users.ListAll(t.Context(), iam.ListUsersRequest{Filter: "displayName co x"})
	wantRefusal(t, err, 400, "SCIM_400", "Unsupported filter")
	one, err := w.users.Get(t.Context(), iam.GetUserRequest{Id: "77"})
	if err != nil || one.UserName != "left@example.com" {
		t.Errorf("got %+v, %v", one, err)
	}
	_, err = w.users.Get(t.Context(), iam.GetUserRequest{Id: "1"})
	wantRefusal(t, err, 404, "SCIM_404", "User not found")
}
