package databricks

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// cluster is one all-purpose cluster. spec and attributes are replaced, never changed in place: replies share them.
type cluster struct {
	id         string
	creator    string
	source     compute.ClusterSource
	spec       map[string]any // what the client asked for last
	attributes map[string]any // the same as policy and vendor completed it

	state   compute.State
	since   time.Time // when it came into this state
	message string
	reason  *compute.TerminationReason // only while TERMINATING or TERMINATED

	created, restarted, terminated, unpinned, visible time.Time
	active                                            time.Time // what automatic termination counts from
	drivers                                           int64     // how many drivers it has had

	pinned, purged bool
	grants         []grant
	libraries      []*library
	installing     time.Time // when the library in progress began
	events         []compute.ClusterEvent
}

func (c *cluster) name() string {
	name, _ := c.attributes["cluster_name"].(string)
	return name
}

// live reports whether the cluster has a driver that installs libraries.
func (c *cluster) live() bool {
	return c.state == compute.StateRunning || c.state == compute.StateResizing
}

// record appends to the cluster's events.
func (c *cluster) record(event compute.EventType, at time.Time, details *compute.EventDetails) {
	c.events = append(c.events, compute.ClusterEvent{ClusterId: c.id, Timestamp: at.UnixMilli(), Type: event, Details: details})
}

// add puts a new cluster into the workspace, without a state yet.
func (f *Fake) add(spec, attributes map[string]any, creator string, now time.Time) *cluster {
	f.sequence++
	c := &cluster{
		// An id looks like 0101-120000-abcd1234; an odd factor gives each number eight letters of its own.
		id:         fmt.Sprintf("%s-%08x", now.UTC().Format("0102-150405"), f.sequence*2654435761),
		creator:    creator,
		source:     compute.ClusterSourceApi,
		spec:       spec,
		attributes: attributes,
		created:    now,
		visible:    now.Add(f.scaled(f.listLag)),
		grants:     []grant{{principal: principalOf(creator), level: compute.ClusterPermissionLevelCanManage}},
	}
	f.clusters[c.id] = c
	f.created = append(f.created, c)
	return c
}

// find is the cluster as it is now. The vendor tells an unknown id as a bad parameter (400, not 404), and a cluster
// that was purged as a bad state.
func (f *Fake) find(id string, now time.Time, needs compute.ClusterPermissionLevel) (*cluster, error) {
	if id == "" {
		return nil, missingField("cluster_id")
	}
	c, found := f.clusters[id]
	if !found {
		return nil, invalidParameter("Cluster %s does not exist", id)
	}
	f.advance(c, now)
	if c.purged {
		return nil, invalidState("Cannot access cluster %s that was terminated or unpinned more than 30 days ago.", id)
	}
	if !f.may(c, needs) {
		return nil, permissionDenied("%s does not have %s permission on cluster %s.", f.caller, needs, id)
	}
	return c, nil
}

func (f *Fake) createCluster(r call) (any, error) {
	request, err := decode[compute.CreateCluster](r.body)
	if err != nil {
		return nil, err
	}
	spec := object(r.body)
	delete(spec, "clone_from")
	attributes, err := f.complete(spec, f.caller)
	if err != nil {
		return nil, err
	}
	if err := f.withinPolicyQuota(request.PolicyId); err != nil {
		return nil, err
	}
	var libraries []compute.Library
	if request.CloneFrom != nil { // cloning copies libraries, nothing else
		source, err := f.find(request.CloneFrom.SourceClusterId, r.now, compute.ClusterPermissionLevelCanAttachTo)
		if err != nil {
			return nil, err
		}
		for _, l := range source.libraries {
			libraries = append(libraries, l.Library)
		}
	}

	c := f.add(spec, attributes, f.caller, r.now)
	c.enter(compute.StatePending, r.now)
	c.restarted = r.now
	c.record(compute.EventTypeCreating, r.now, &compute.EventDetails{User: f.caller})
	f.want(c, libraries, r.now)
	f.want(c, f.policyLibraries(request.PolicyId), r.now)
	return map[string]any{"cluster_id": c.id}, nil
}

func (f *Fake) getCluster(r call) (any, error) {
	c, err := f.find(r.URL.Query().Get("cluster_id"), r.now, compute.ClusterPermissionLevelCanAttachTo)
	if err != nil {
		return nil, err
	}
	return f.details(c, true), nil
}

// details is a cluster as get tells it; list leaves the spec out.
func (f *Fake) details(c *cluster, withSpec bool) map[string]any {
	d := maps.Clone(c.attributes)
	d["cluster_id"] = c.id
	d["cluster_source"] = c.source
	d["state"] = c.state
	d["state_message"] = c.message
	d["start_time"] = millis(c.created)
	d["terminated_time"] = millis(c.terminated)
	d["last_state_loss_time"] = 0
	d["last_restarted_time"] = millis(c.restarted)
	d["default_tags"] = map[string]string{"Vendor": "Databricks", "Creator": c.creator, "ClusterName": c.name(), "ClusterId": c.id}
	if !f.removed[strings.ToLower(c.creator)] { // the name goes with the user
		d["creator_user_name"] = c.creator
	}
	if c.reason != nil {
		d["termination_reason"] = c.reason
	}
	if c.live() {
		d["driver"] = map[string]any{
			"node_id":         fmt.Sprintf("%s-driver-%d", c.id, c.drivers),
			"instance_id":     fmt.Sprintf("i-%s", strings.ReplaceAll(c.id, "-", "")),
			"private_ip":      "10.0.0.10",
			"start_timestamp": millis(c.restarted),
		}
		d["spark_context_id"] = c.restarted.UnixMilli()*1000 + c.drivers // another one for each driver
		d["jdbc_port"] = 10000
	}
	if withSpec {
		d["spec"] = c.spec
	}
	return d
}

func (f *Fake) editCluster(r call) (any, error) {
	request, err := decode[compute.EditCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.editable(request.ClusterId, r.now)
	if err != nil {
		return nil, err
	}
	spec := object(r.body)
	delete(spec, "cluster_id")
	return nil, f.replaceSpec(c, spec, r.now)
}

// editable finds a cluster that may be edited: one that is RUNNING or TERMINATED, and not a job's.
func (f *Fake) editable(id string, now time.Time) (*cluster, error) {
	c, err := f.find(id, now, compute.ClusterPermissionLevelCanManage)
	if err != nil {
		return nil, err
	}
	if c.source == compute.ClusterSourceJob {
		return nil, invalidState("Cluster %s was created by a job and cannot be edited.", id)
	}
	if c.state != compute.StateRunning && c.state != compute.StateTerminated {
		return nil, unexpectedState(c)
	}
	return c, nil
}

// replaceSpec is an edit: a running cluster restarts with the new spec, a terminated one takes it at its next start.
func (f *Fake) replaceSpec(c *cluster, spec map[string]any, now time.Time) error {
	attributes, err := f.complete(spec, f.caller)
	if err != nil {
		return err
	}
	c.spec, c.attributes = spec, attributes
	c.record(compute.EventTypeEdited, now, &compute.EventDetails{User: f.caller})
	policyID, _ := spec["policy_id"].(string)
	f.want(c, f.policyLibraries(policyID), now)
	if c.state == compute.StateRunning {
		c.restart(now, f.caller)
	}
	return nil
}

func (f *Fake) resizeCluster(r call) (any, error) {
	request, err := decode[compute.ResizeCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanManage)
	if err != nil {
		return nil, err
	}
	if c.state != compute.StateRunning {
		return nil, unexpectedState(c)
	}
	spec, body := cloneObject(c.spec), object(r.body)
	for _, size := range sizeFields {
		delete(spec, size)
		if value, given := body[size]; given {
			spec[size] = value
		}
	}
	attributes, err := f.complete(spec, c.creator)
	if err != nil {
		return nil, err
	}
	c.spec, c.attributes = spec, attributes
	c.record(compute.EventTypeResizing, r.now, &compute.EventDetails{User: f.caller})
	c.enter(compute.StateResizing, r.now)
	return nil, nil
}

// startCluster refuses every state but TERMINATED, a cluster that is starting already included.
func (f *Fake) startCluster(r call) (any, error) {
	request, err := decode[compute.StartCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanRestart)
	if err != nil {
		return nil, err
	}
	if c.state != compute.StateTerminated {
		return nil, unexpectedState(c)
	}
	c.resetLibraries()
	c.restarted = r.now
	c.record(compute.EventTypeStarting, r.now, &compute.EventDetails{User: f.caller})
	c.enter(compute.StatePending, r.now)
	return nil, nil
}

func (f *Fake) restartCluster(r call) (any, error) {
	request, err := decode[compute.RestartCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanRestart)
	if err != nil {
		return nil, err
	}
	if c.state != compute.StateRunning {
		return nil, unexpectedState(c)
	}
	c.restart(r.now, f.caller)
	return nil, nil
}

// terminateCluster is what the vendor calls delete. It works in any state, and does nothing at or near the end.
func (f *Fake) terminateCluster(r call) (any, error) {
	request, err := decode[compute.DeleteCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanRestart)
	if err != nil {
		return nil, err
	}
	if c.state != compute.StateTerminating && c.state != compute.StateTerminated {
		f.terminate(c, r.now, "Terminated by user", compute.TerminationReason{
			Code:       compute.TerminationReasonCodeUserRequest,
			Type:       compute.TerminationReasonTypeSuccess,
			Parameters: map[string]string{"username": f.caller},
		})
	}
	return nil, nil
}

func (f *Fake) permanentlyDeleteCluster(r call) (any, error) {
	request, err := decode[compute.PermanentDeleteCluster](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanManage)
	if err != nil {
		return nil, err
	}
	if c.pinned {
		return nil, invalidState("Cannot delete pinned cluster %s. Please ask an admin to unpin the cluster first.", c.id)
	}
	f.forget(c)
	return nil, nil
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
