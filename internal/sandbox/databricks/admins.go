package databricks

import (
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

const maxPinned = 100 // a workspace

func (f *Fake) pinCluster(r call) (any, error) {
	request, err := decode[compute.PinCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.findAsAdmin(request.ClusterId, r.now)
	if err != nil || c.pinned { // pinning again is fine
		return nil, err
	}
	pinned := 0
	for _, other := range f.created {
		if other.pinned {
			pinned++
		}
	}
	if pinned >= maxPinned {
		return nil, invalidState("Cannot pin cluster %s: at most %d clusters can be pinned.", c.id, maxPinned)
	}
	c.pinned = true
	c.record(compute.EventTypePinned, r.now, &compute.EventDetails{User: f.caller})
	return nil, nil
}

func (f *Fake) unpinCluster(r call) (any, error) {
	request, err := decode[compute.UnpinCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.findAsAdmin(request.ClusterId, r.now)
	if err != nil || !c.pinned {
		return nil, err
	}
	c.pinned, c.unpinned = false, r.now
	c.record(compute.EventTypeUnpinned, r.now, &compute.EventDetails{User: f.caller})
	return nil, nil
}

// changeOwner is for admins, and only while the cluster is TERMINATED.
func (f *Fake) changeOwner(r call) (any, error) {
	request, err := decode[compute.ChangeClusterOwner](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.findAsAdmin(request.ClusterId, r.now)
	if err != nil {
		return nil, err
	}
	if request.OwnerUsername == "" {
		return nil, missingField("owner_username")
	}
	if c.state != compute.StateTerminated {
		return nil, unexpectedState(c)
	}
	owner := principalOf(request.OwnerUsername)
	if !f.exists(owner) {
		return nil, noPrincipal(owner)
	}
	c.creator = request.OwnerUsername
	c.grants = granted(c.grants, grant{principal: owner, level: compute.ClusterPermissionLevelCanManage})
	return nil, nil
}

// findAsAdmin finds a cluster for an operation that the vendor keeps for workspace admins. Here an unknown id is a
// 404: the vendor uses both forms, and clients must take either.
func (f *Fake) findAsAdmin(id string, now time.Time) (*cluster, error) {
	if !f.admin {
		return nil, permissionDenied("Only workspace admins can do this; %s is not one.", f.caller)
	}
	if _, found := f.clusters[id]; !found && id != "" {
		return nil, notFound("Cluster %s does not exist", id)
	}
	return f.find(id, now, compute.ClusterPermissionLevelCanManage)
}
