package google_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const personalAuth = "dataproc:dataproc.personal-auth.user"

// cluster is one that a hub would make for ann.
func cluster(name string) *dataproc.Cluster {
	return &dataproc.Cluster{
		ProjectId:   "acme",
		ClusterName: name,
		Labels:      map[string]string{"owner": "ann"},
		Config: &dataproc.ClusterConfig{
			SoftwareConfig:  &dataproc.SoftwareConfig{ImageVersion: "2.2-debian12", OptionalComponents: []string{"JUPYTER"}, Properties: map[string]string{personalAuth: "ann@example.com"}},
			EndpointConfig:  &dataproc.EndpointConfig{EnableHttpPortAccess: true},
			LifecycleConfig: &dataproc.LifecycleConfig{IdleDeleteTtl: "7200s"},
		},
	}
}

func (p *project) createCluster(c *dataproc.Cluster) (*dataproc.Operation, error) {
	return p.clusters.Create("acme", "us-central1", c).Do()
}

func (p *project) cluster(name string) *dataproc.Cluster {
	p.t.Helper()
	c, err := p.clusters.Get("acme", "us-central1", name).Do()
	p.must(err)
	return c
}

// doneD moves the clock past a Dataproc operation, and wants it to have succeeded.
func (p *project) doneD(op *dataproc.Operation, err error) {
	p.t.Helper()
	p.must(err)
	get := func() (*dataproc.Operation, error) {
		if strings.Contains(op.Name, "/regions/") {
			return p.dataproc.Projects.Regions.Operations.Get(op.Name).Do()
		}
		return p.dataproc.Projects.Locations.Operations.Get(op.Name).Do()
	}
	for range 600 {
		now, err := get()
		p.must(err)
		if now.Done {
			if now.Error != nil {
				p.t.Fatalf("%s failed: %+v", op.Name, now.Error)
			}
			return
		}
		p.clock.Advance(time.Second)
	}
	p.t.Fatalf("%s is not done after ten minutes", op.Name)
}

func TestAClusterLives(t *testing.T) {
	p := open(t, google.Options{})
	op, err := p.createCluster(cluster("ann"))
	p.must(err)
	var about dataproc.ClusterOperationMetadata
	p.must(json.Unmarshal(op.Metadata, &about))
	fresh := p.cluster("ann")
	if about.ClusterName != "ann" || about.OperationType != "CREATE" || about.ClusterUuid != fresh.ClusterUuid || about.Status.State != "RUNNING" || fresh.Status.State != "CREATING" {
		t.Errorf("got %s and %+v", op.Metadata, fresh.Status)
	}
	p.clock.Advance(89 * time.Second)
	if got := p.cluster("ann").Status.State; got != "CREATING" {
		t.Errorf("got %s", got)
	}
	p.clock.Advance(time.Second)
	c := p.cluster("ann")
	config := c.Config
	for what, ok := range map[string]bool{
		"state":    c.Status.State == "RUNNING" && len(c.StatusHistory) == 1 && c.StatusHistory[0].State == "CREATING",
		"labels":   c.Labels["owner"] == "ann" && c.Labels["goog-dataproc-cluster-name"] == "ann",
		"image":    strings.HasPrefix(config.SoftwareConfig.ImageVersion, "2.2.") && strings.HasSuffix(config.SoftwareConfig.ImageVersion, "-debian12"),
		"property": config.SoftwareConfig.Properties[personalAuth] == "ann@example.com" && len(config.SoftwareConfig.Properties) > 1,
		"master":   config.MasterConfig.NumInstances == 1 && config.MasterConfig.InstanceNames[0] == "ann-m" && config.MasterConfig.InstanceReferences[0].PublicKey != "",
		"workers":  config.WorkerConfig.NumInstances == 2 && config.WorkerConfig.InstanceNames[1] == "ann-w-1",
		"network":  config.GceClusterConfig.InternalIpOnly && config.GceClusterConfig.NetworkUri != "" && config.GceClusterConfig.ZoneUri != "",
		"ports":    len(config.EndpointConfig.HttpPorts) > 0,
		"idle":     config.LifecycleConfig.IdleStartTime != "" && config.LifecycleConfig.IdleDeleteTtl == "7200s",
		"bucket":   config.ConfigBucket != "",
	} {
		if !ok {
			t.Errorf("%s: got %+v", what, c)
		}
	}
	_, err = p.createCluster(cluster("ann"))
	refused(t, err, 409, "ALREADY_EXISTS", "Already exists")

	refused(t, second(p.clusters.Stop("acme", "us-central1", "ann", &dataproc.StopClusterRequest{}).Do()), 400, "FAILED_PRECONDITION", "personal authentication")
	refused(t, second(p.clusters.Delete("acme", "us-central1", "ann").ClusterUuid("another").Do()), 404, "NOT_FOUND", "another")
	p.must(second(p.clusters.Delete("acme", "us-central1", "ann").ClusterUuid(c.ClusterUuid).Do()))
	if got := p.cluster("ann").Status.State; got != "DELETING" {
		t.Errorf("got %s", got)
	}
	_, err = p.createCluster(cluster("ann"))
	refused(t, err, 409, "ALREADY_EXISTS", "")
	p.clock.Advance(30 * time.Second)
	refused(t, second(p.clusters.Get("acme", "us-central1", "ann").Do()), 404, "NOT_FOUND", "ann")
}

func TestAClusterThatIsNobodysOwnStopsAndChanges(t *testing.T) {
	p := open(t, google.Options{})
	c := cluster("ann")
	c.Config.SoftwareConfig.Properties = nil
	p.doneD(p.createCluster(c))
	patch := func(mask string, c *dataproc.Cluster) (*dataproc.Operation, error) {
		return p.clusters.Patch("acme", "us-central1", "ann", c).UpdateMask(mask).Do()
	}
	op, err := patch("labels,config.worker_config.num_instances,config.lifecycle_config.idle_delete_ttl", &dataproc.Cluster{
		Labels: map[string]string{"x": "y"},
		Config: &dataproc.ClusterConfig{WorkerConfig: &dataproc.InstanceGroupConfig{NumInstances: 5}, LifecycleConfig: &dataproc.LifecycleConfig{IdleDeleteTtl: "600s"}},
	})
	p.must(err)
	if got := p.cluster("ann").Status.State; got != "UPDATING" {
		t.Errorf("got %s", got)
	}
	p.doneD(op, nil)
	if got := p.cluster("ann"); got.Status.State != "RUNNING" || got.Labels["x"] != "y" || got.Labels["owner"] != "" || got.Config.WorkerConfig.NumInstances != 5 || got.Config.LifecycleConfig.IdleDeleteTtl != "600s" {
		t.Errorf("got %+v %+v", got, got.Config.WorkerConfig)
	}
	for mask, message := range map[string]string{"config.master_config.num_instances": "cannot be updated", "config.nope": "no field"} {
		refused(t, second(patch(mask, &dataproc.Cluster{})), 400, "INVALID_ARGUMENT", message)
	}
	refused(t, second(patch("config.lifecycle_config.idle_delete_ttl", &dataproc.Cluster{Config: &dataproc.ClusterConfig{LifecycleConfig: &dataproc.LifecycleConfig{IdleDeleteTtl: "60s"}}})), 400, "INVALID_ARGUMENT", "idle_delete_ttl")
	p.Behave(func(b *google.Behaviours) { b.ListedMasksOnly = true })
	refused(t, second(patch("config.lifecycle_config.idle_delete_ttl", cluster("ann"))), 400, "INVALID_ARGUMENT", "cannot be updated")

	p.doneD(p.clusters.Stop("acme", "us-central1", "ann", &dataproc.StopClusterRequest{}).Do())
	refused(t, second(patch("labels", cluster("ann"))), 400, "FAILED_PRECONDITION", "must be RUNNING")
	p.doneD(p.clusters.Start("acme", "us-central1", "ann", &dataproc.StartClusterRequest{}).Do())
	refused(t, second(p.clusters.Start("acme", "us-central1", "ann", &dataproc.StartClusterRequest{}).Do()), 400, "FAILED_PRECONDITION", "RUNNING")
	if got := p.cluster("ann").Status.State; got != "RUNNING" {
		t.Errorf("got %s", got)
	}
}

func TestWhatAClusterMayNotBe(t *testing.T) {
	p := open(t, google.Options{})
	for name, c := range map[string]struct {
		change  func(*dataproc.Cluster)
		message string
	}{
		"52 letters":      {func(c *dataproc.Cluster) { c.ClusterName = strings.Repeat("a", 52) }, "cluster name"},
		"upper case":      {func(c *dataproc.Cluster) { c.ClusterName = "hub-Ann" }, "cluster name"},
		"a hyphen":        {func(c *dataproc.Cluster) { c.ClusterName = "hub-" }, "cluster name"},
		"another project": {func(c *dataproc.Cluster) { c.ProjectId = "theirs" }, "theirs"},
		"image 1.5":       {func(c *dataproc.Cluster) { c.Config.SoftwareConfig.ImageVersion = "1.5-ubuntu18" }, "can no longer be used"},
		"image 2.0":       {func(c *dataproc.Cluster) { c.Config.SoftwareConfig.ImageVersion = "2.0.27-debian10" }, "can no longer be used"},
		"no image":        {func(c *dataproc.Cluster) { c.Config.SoftwareConfig.ImageVersion = "newest" }, "Invalid image version"},
		"anaconda":        {func(c *dataproc.Cluster) { c.Config.SoftwareConfig.OptionalComponents = []string{"ANACONDA"} }, "ANACONDA"},
		"no address":      {func(c *dataproc.Cluster) { c.Config.SoftwareConfig.Properties[personalAuth] = "REPLACEME_USER_NAME" }, "e-mail"},
		"two networks": {func(c *dataproc.Cluster) {
			c.Config.GceClusterConfig = &dataproc.GceClusterConfig{NetworkUri: "n", SubnetworkUri: "s"}
		}, "network_uri"},
		"two masters":  {func(c *dataproc.Cluster) { c.Config.MasterConfig = &dataproc.InstanceGroupConfig{NumInstances: 2} }, "masters"},
		"one worker":   {func(c *dataproc.Cluster) { c.Config.WorkerConfig = &dataproc.InstanceGroupConfig{NumInstances: 1} }, "workers"},
		"hasty":        {func(c *dataproc.Cluster) { c.Config.LifecycleConfig.IdleDeleteTtl = "299s" }, "idle_delete_ttl"},
		"patient":      {func(c *dataproc.Cluster) { c.Config.LifecycleConfig.IdleDeleteTtl = "1209601s" }, "idle_delete_ttl"},
		"hasty at all": {func(c *dataproc.Cluster) { c.Config.LifecycleConfig.AutoDeleteTtl = "599s" }, "auto_delete_ttl"},
		"two ends": {func(c *dataproc.Cluster) {
			c.Config.LifecycleConfig = &dataproc.LifecycleConfig{AutoDeleteTtl: "600s", AutoDeleteTime: "2027-01-01T00:00:00Z"}
		}, "Only one of auto_delete_ttl"},
		"two configs": {func(c *dataproc.Cluster) {
			c.VirtualClusterConfig = &dataproc.VirtualClusterConfig{KubernetesClusterConfig: &dataproc.KubernetesClusterConfig{GkeClusterConfig: &dataproc.GkeClusterConfig{}}}
		}, "virtual_cluster_config"},
		"labels": {func(c *dataproc.Cluster) { c.Labels["owner"] = "ann@example.com" }, "label"},
	} {
		t.Run(name, func(t *testing.T) {
			made := cluster("ann")
			c.change(made)
			refused(t, second(p.createCluster(made)), 400, "INVALID_ARGUMENT", c.message)
		})
	}
	longest := cluster(strings.Repeat("a", 51))
	longest.Config.LifecycleConfig = &dataproc.LifecycleConfig{IdleDeleteTtl: "300s", AutoDeleteTtl: "1209600s"}
	p.must(second(p.createCluster(longest)))
	_, err := p.clusters.Create("acme", "us-central1-a", cluster("ann")).Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "it must be a region")
}

func TestTheSameClusterRequestIsOneRequest(t *testing.T) {
	p := open(t, google.Options{})
	create := func(id string) (*dataproc.Operation, error) {
		return p.clusters.Create("acme", "us-central1", cluster("ann")).RequestId(id).Do()
	}
	first, err := create("any_thing-40")
	p.must(err)
	if again, err := create("any_thing-40"); err != nil || again.Name != first.Name {
		t.Errorf("got %+v %v", again, err)
	}
	refused(t, second(create(strings.Repeat("a", 41))), 400, "INVALID_ARGUMENT", "request_id")
}

func TestClusterFilters(t *testing.T) {
	p := open(t, google.Options{})
	for name, state := range map[string]string{"run": "RUNNING", "make": "CREATING", "stop": "STOPPED", "err": "ERROR"} {
		p.must(p.Seed(google.Cluster, "projects/acme/regions/us-central1/clusters/"+name, map[string]any{"labels": map[string]string{"env": name, "team": "x"}}, state))
	}
	p.must(p.Seed(google.Cluster, "projects/acme/regions/europe-west1/clusters/run", nil, ""))
	for filter, want := range map[string]string{
		"":                      "err make run stop",
		"status.state = ACTIVE": "make run",
		"status.state=INACTIVE": "err stop",
		"status.state = ERROR":  "err",
		"clusterName = stop":    "stop",
		"labels.env = run":      "run",
		"labels.env = *":        "err make run stop",
		"labels.nope = *":       "",
		"labels.goog-dataproc-cluster-name = run":                         "run",
		"status.state = ACTIVE AND labels.team = x AND clusterName = run": "run",
		`status.state = ACTIVE labels.env = "make"`:                       "make",
	} {
		listed, err := p.clusters.List("acme", "us-central1").Filter(filter).Do()
		p.must(err)
		var names []string
		for _, c := range listed.Clusters {
			names = append(names, c.ClusterName)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q: got %q, want %q", filter, got, want)
		}
	}
	for _, filter := range []string{"state = ACTIVE", "clusterName", "clusterName = a OR clusterName = b", "clusterName != a", "= x", "clusterName = a AND"} {
		_, err := p.clusters.List("acme", "us-central1").Filter(filter).Do()
		refused(t, err, 400, "INVALID_ARGUMENT", "Invalid filter")
	}
}

func TestAnEndOvertakesABeginning(t *testing.T) {
	p := open(t, google.Options{})
	create, err := p.createCluster(cluster("ann"))
	p.must(err)
	refused(t, second(p.clusters.Stop("acme", "us-central1", "ann", &dataproc.StopClusterRequest{}).Do()), 400, "FAILED_PRECONDITION", "Cannot stop cluster 'ann' while it has other pending operations.")
	end, err := p.clusters.Delete("acme", "us-central1", "ann").Do()
	p.must(err)
	if got := p.cluster("ann").Status.State; got != "DELETING" {
		t.Errorf("got %s", got)
	}
	now, err := p.dataproc.Projects.Regions.Operations.Get(create.Name).Do()
	if err != nil || !now.Done || now.Error != nil {
		t.Errorf("the creation ended as %+v %v", now, err)
	}
	refused(t, second(p.clusters.Delete("acme", "us-central1", "ann").Do()), 400, "FAILED_PRECONDITION", "Cannot delete cluster 'ann' while it has other pending delete operations.")
	p.doneD(end, nil)
	p.clock.Advance(time.Hour)
	refused(t, second(p.clusters.Get("acme", "us-central1", "ann").Do()), 404, "NOT_FOUND", "")
}

func TestAFailedClusterStaysInError(t *testing.T) {
	p := open(t, google.Options{})
	p.FailOperation(google.Failure{Match: "ann", Verb: "create", Code: 9, Message: "init action failed", Leaves: google.Half})
	op, err := p.createCluster(cluster("ann"))
	p.must(err)
	p.clock.Advance(90 * time.Second)
	now, err := p.dataproc.Projects.Regions.Operations.Get(op.Name).Do()
	p.must(err)
	if !now.Done || now.Error.Code != 9 || p.cluster("ann").Status.State != "ERROR" || !strings.Contains(string(now.Metadata), `"DONE"`) {
		t.Errorf("got %+v %s", now, now.Metadata)
	}
	p.doneD(p.clusters.Delete("acme", "us-central1", "ann").Do())
	if ops, err := p.dataproc.Projects.Regions.Operations.List("projects/acme/regions/us-central1/operations").Do(); err != nil || len(ops.Operations) != 2 {
		t.Errorf("got %+v %v", ops, err)
	}
}
