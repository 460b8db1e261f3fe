package databricks

import (
	"net/http"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// The vendor's groups that every workspace has.
const (
	adminsGroup = "admins"
	usersGroup  = "users"
)

// principal is exactly one of a user, a group and a service principal (by its application id).
type principal struct{ user, group, servicePrincipal string }

// grant is one direct entry of a cluster's access control list.
type grant struct {
	principal
	level compute.ClusterPermissionLevel
}

// principalOf is who a creator's or owner's name means: users are named by e-mail, service principals by id.
func principalOf(name string) principal {
	if strings.Contains(name, "@") {
		return principal{user: name}
	}
	return principal{servicePrincipal: name}
}

// is compares names as the vendor does, without case.
func (p principal) is(other principal) bool {
	return strings.EqualFold(p.user, other.user) && strings.EqualFold(p.group, other.group) &&
		strings.EqualFold(p.servicePrincipal, other.servicePrincipal)
}

func (p principal) String() string {
	switch {
	case p.user != "":
		return "UserName(" + p.user + ")"
	case p.group != "":
		return "GroupName(" + p.group + ")"
	default:
		return "ServicePrincipalName(" + p.servicePrincipal + ")"
	}
}

func (g grant) reply() compute.ClusterAccessControlResponse {
	display := g.group
	if g.user != "" {
		display = displayName(g.user)
	}
	return compute.ClusterAccessControlResponse{
		UserName:             g.user,
		GroupName:            g.group,
		ServicePrincipalName: g.servicePrincipal,
		DisplayName:          display,
		AllPermissions:       []compute.ClusterPermission{{PermissionLevel: g.level, ForceSendFields: []string{"Inherited"}}},
	}
}

// levels are the permission levels from the weakest to the strongest; each holds those before it.
var levels = []compute.ClusterPermissionLevel{
	compute.ClusterPermissionLevelCanAttachTo,
	compute.ClusterPermissionLevelCanRestart,
	compute.ClusterPermissionLevelCanManage,
}

// may reports whether the caller has a level on a cluster. Admins have every level on all of them.
func (f *Fake) may(c *cluster, needs compute.ClusterPermissionLevel) bool {
	if f.admin {
		return true
	}
	caller := principalOf(f.caller)
	return slices.ContainsFunc(c.grants, func(g grant) bool {
		return (g.is(caller) || g.group == usersGroup) && slices.Index(levels, g.level) >= slices.Index(levels, needs)
	})
}

// granted is a list with one more entry, which takes the place of the principal's former one.
func granted(grants []grant, added grant) []grant {
	grants = slices.Clone(grants)
	if i := slices.IndexFunc(grants, func(g grant) bool { return g.is(added.principal) }); i >= 0 {
		grants[i].level = added.level
		return grants
	}
	return append(grants, added)
}

func (f *Fake) getPermissions(r call) (any, error) {
	c, err := f.find(r.PathValue("cluster_id"), r.now, compute.ClusterPermissionLevelCanAttachTo)
	if err != nil {
		return nil, err
	}
	return c.permissions(), nil
}

// permissions are the direct entries, then what comes from the workspace: admins manage everything.
func (c *cluster) permissions() compute.ClusterPermissions {
	reply := compute.ClusterPermissions{ObjectId: "/clusters/" + c.id, ObjectType: "cluster"}
	for _, g := range c.grants {
		reply.AccessControlList = append(reply.AccessControlList, g.reply())
	}
	reply.AccessControlList = append(reply.AccessControlList, compute.ClusterAccessControlResponse{
		GroupName: adminsGroup,
		AllPermissions: []compute.ClusterPermission{{
			PermissionLevel:     compute.ClusterPermissionLevelCanManage,
			Inherited:           true,
			InheritedFromObject: []string{"/clusters/"},
		}},
	})
	return reply
}

// setPermissions replaces every direct entry; an empty request leaves none, the caller's own included.
func (f *Fake) setPermissions(r call) (any, error) {
	return f.grant(r, func(*cluster) []grant { return nil })
}

// updatePermissions changes the entries of the principals it names, and no other. It cannot take one away.
func (f *Fake) updatePermissions(r call) (any, error) {
	return f.grant(r, func(c *cluster) []grant { return c.grants })
}

func (f *Fake) grant(r call, base func(*cluster) []grant) (any, error) {
	request, err := decode[compute.ClusterPermissionsRequest](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(r.PathValue("cluster_id"), r.now, compute.ClusterPermissionLevelCanManage)
	if err != nil {
		return nil, err
	}
	grants := base(c)
	for _, entry := range request.AccessControlList {
		added, err := f.readGrant(entry)
		if err != nil {
			return nil, err
		}
		if added.group != adminsGroup { // they manage by inheritance, no entry is kept
			grants = granted(grants, added)
		}
	}
	c.grants = grants
	return c.permissions(), nil
}

func (f *Fake) readGrant(entry compute.ClusterAccessControlRequest) (grant, error) {
	g := grant{principal{entry.UserName, entry.GroupName, entry.ServicePrincipalName}, entry.PermissionLevel}
	named := 0
	for _, name := range []string{g.user, g.group, g.servicePrincipal} {
		if name != "" {
			named++
		}
	}
	switch {
	case named != 1:
		return g, invalidParameter("Exactly one of user_name, group_name and service_principal_name must be set in an access control entry.")
	case g.level == "":
		return g, missingField("permission_level")
	case g.group == adminsGroup && g.level != compute.ClusterPermissionLevelCanManage:
		return g, invalidParameter("The permissions of group %s cannot be changed.", adminsGroup)
	case !f.exists(g.principal):
		return g, noPrincipal(g.principal)
	}
	return g, nil
}

// exists reports whether the workspace knows a principal: any group or service principal, and the users of the
// directory.
func (f *Fake) exists(p principal) bool {
	if p.user == "" {
		return true
	}
	_, known := f.user(p.user)
	return known
}

func noPrincipal(p principal) error {
	return &apiError{status: http.StatusNotFound, code: "RESOURCE_DOES_NOT_EXIST", message: "Principal: " + p.String() + " does not exist"}
}

func (f *Fake) permissionLevels(r call) (any, error) {
	if _, err := f.find(r.PathValue("cluster_id"), r.now, compute.ClusterPermissionLevelCanAttachTo); err != nil {
		return nil, err
	}
	return compute.GetClusterPermissionLevelsResponse{PermissionLevels: []compute.ClusterPermissionsDescription{
		{PermissionLevel: compute.ClusterPermissionLevelCanAttachTo, Description: "Can attach to cluster"},
		{PermissionLevel: compute.ClusterPermissionLevelCanRestart, Description: "Can restart, start, terminate and attach to cluster"},
		{PermissionLevel: compute.ClusterPermissionLevelCanManage, Description: "Can manage cluster"},
	}}, nil
}
