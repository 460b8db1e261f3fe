package singleuser

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"
)

// Kind is what sort of principal an entry names.
type Kind string

// The kinds of principal.
const (
	User             Kind = "user"
	Group            Kind = "group"
	ServicePrincipal Kind = "service_principal" // named by its application id
)

// Entry is one direct permission on a cluster.
type Entry struct {
	Kind      Kind
	Principal string
	Level     compute.ClusterPermissionLevel
}

// String reads like "group data-eng CAN_RESTART".
func (e Entry) String() string { return fmt.Sprintf("%s %s %s", e.Kind, e.Principal, e.Level) }

// samePrincipal compares names as the vendor does: without case.
func (e Entry) samePrincipal(other Entry) bool {
	return e.Kind == other.Kind && strings.EqualFold(e.Principal, other.Principal)
}

func (e Entry) request() compute.ClusterAccessControlRequest {
	r := compute.ClusterAccessControlRequest{PermissionLevel: e.Level}
	switch e.Kind {
	case User:
		r.UserName = e.Principal
	case Group:
		r.GroupName = e.Principal
	case ServicePrincipal:
		r.ServicePrincipalName = e.Principal
	}
	return r
}

func requests(entries []Entry) []compute.ClusterAccessControlRequest {
	list := make([]compute.ClusterAccessControlRequest, len(entries))
	for i, e := range entries {
		list[i] = e.request()
	}
	return list
}

func (f *Fleet) getPermissions(ctx context.Context, id string) (entries []Entry, err error) {
	err = f.ask(ctx, func(ctx context.Context) (err error) {
		entries, err = f.api.read.permissions(ctx, id)
		return err
	})
	return entries, asGone(err)
}

// lacking are the wanted entries that are absent or on another level.
func lacking(wanted, have []Entry) (absent []Entry) {
	for _, e := range wanted {
		if i := slices.IndexFunc(have, e.samePrincipal); i < 0 || have[i].Level != e.Level {
			absent = append(absent, e)
		}
	}
	return absent
}

// without are the entries of principals that the others do not name.
func without(entries, others []Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return slices.ContainsFunc(others, e.samePrincipal) })
}

// grant adds or changes the named entries and touches no other: the vendor's PATCH.
func (f *Fleet) grant(ctx context.Context, id string, entries []Entry) (after []Entry, err error) {
	defer f.permissions.Forget(id)
	err = f.retry(ctx, func(ctx context.Context) error {
		reply, err := f.api.Clusters.UpdatePermissions(ctx, compute.ClusterPermissionsRequest{ClusterId: id, AccessControlList: requests(entries)})
		if err != nil {
			return err
		}
		var all accessControl
		err = convert(reply, &all)
		after = all.direct()
		return err
	})
	return after, err
}

// revoke takes the named entries away. PATCH cannot do that; PUT replaces every direct entry, so what others wrote is
// read just before, written back, and read again. What somebody writes between that reading and the PUT, a fraction of
// a second, is lost: the vendor has no precondition for it. Our own right to manage the cluster is never dropped.
func (f *Fleet) revoke(ctx context.Context, id string, entries []Entry) (after []Entry, err error) {
	defer f.permissions.Forget(id)
	err = f.retry(ctx, func(ctx context.Context) error { // read afresh before each attempt: a pause is long enough for others to write
		have, err := f.api.read.permissions(ctx, id)
		if err != nil {
			return err
		}
		stay := without(have, entries)
		if len(stay) == len(have) {
			return nil
		}
		if len(stay) == 0 { // an empty PUT would lock us out
			if stay, err = f.ourselves(ctx); err != nil {
				return err
			}
		}
		_, err = f.api.Clusters.SetPermissions(ctx, compute.ClusterPermissionsRequest{ClusterId: id, AccessControlList: requests(stay)})
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.getPermissions(ctx, id)
}

// ourselves is the entry by which the provider's own identity keeps its rights.
func (f *Fleet) ourselves(ctx context.Context) ([]Entry, error) {
	me, err := f.api.Me.Me(ctx, iam.MeRequest{})
	if err != nil {
		return nil, err
	}
	self := Entry{Kind: User, Principal: me.UserName, Level: compute.ClusterPermissionLevelCanManage}
	if !strings.Contains(me.UserName, "@") {
		self.Kind = ServicePrincipal
	}
	return []Entry{self}, nil
}
