package google

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

func (f *Fake) createCluster(c *call) (any, error) {
	if op, err := f.repeated(c); err != nil || op != nil {
		return op.tell(), err
	}
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	id := text(c.body["clusterName"])
	if err := checkID("cluster name", id, clusterName); err != nil {
		return nil, err
	}
	if project := text(c.body["projectId"]); project != c.project() && project != f.projects[c.project()].number {
		return nil, invalid("The project %q in the body is not the one in the URL, %q.", project, c.project())
	}
	if err := checkCluster(c.body); err != nil {
		return nil, err
	}
	name := c.target + "/" + id
	if f.shelves[clusterKind].byName[name] != nil {
		return nil, alreadyExists("Already exists: Failed to create cluster: Cluster %s", name)
	}
	o := f.add(clusterKind, name, f.newCluster(name, c.body))
	ch := change{takes: f.timings.ClusterCreate, creates: true, rest: "RUNNING", stages: []stage{{0, "CREATING"}}}
	ch.apply = func(at time.Time) { opened(o, at) }
	return f.begin(c, o, ch).tell(), nil
}

// opened is what a cluster has once it runs: addresses, and idle time.
func opened(o *object, at time.Time) {
	config := child(o.fields, "config")
	if look(config, "endpointConfig", "enableHttpPortAccess") == true {
		parts := strings.Split(o.name, "/")
		base := "https://" + text(o.fields["clusterUuid"])[:8] + "-dot-" + parts[3] + ".dataproc.googleusercontent.com/"
		child(config, "endpointConfig")["httpPorts"] = fields{"JupyterLab": base + "gateway/default/jupyter/lab/", "Jupyter": base + "gateway/default/jupyter/"}
	}
	if config["lifecycleConfig"] != nil {
		child(config, "lifecycleConfig")["idleStartTime"] = timestamp(at)
	}
}

// enterCluster keeps the states before in a history, as the API tells it.
func enterCluster(o *object, state string, at time.Time) {
	if before, given := o.fields["status"].(fields); given {
		o.fields["statusHistory"] = append([]any{before}, list(o.fields["statusHistory"])...)
	}
	o.fields["status"] = fields{"state": state, "stateStartTime": timestamp(at)}
}

// newCluster is a cluster as the server fills it in.
func (f *Fake) newCluster(name string, body fields) fields {
	parts := strings.Split(name, "/")
	project, region := f.projects[parts[1]], parts[3]
	stored := clone(body)
	stored["projectId"] = project.id
	stored["clusterName"] = parts[5]
	stored["clusterUuid"] = f.newUUID()
	maps.Copy(child(stored, "labels"), fields{
		"goog-dataproc-cluster-name": parts[5],
		"goog-dataproc-cluster-uuid": stored["clusterUuid"],
		"goog-dataproc-location":     region,
	})
	if stored["virtualClusterConfig"] != nil {
		return stored
	}
	config := child(stored, "config")
	byDefault(config, "configBucket", "dataproc-staging-"+region+"-"+project.number)
	byDefault(config, "tempBucket", "dataproc-temp-"+region+"-"+project.number)
	software := child(config, "softwareConfig")
	software["imageVersion"] = resolvedImage(text(software["imageVersion"]))
	properties := child(software, "properties")
	for key, value := range map[string]string{"hdfs:dfs.namenode.lifeline.rpc-address": "", "yarn:yarn.nodemanager.resource.memory-mb": "12624"} {
		if properties[key] == nil {
			properties[key] = value
		}
	}

	machines := child(config, "gceClusterConfig")
	byDefault(machines, "zoneUri", "https://www.googleapis.com/compute/v1/projects/"+project.id+"/zones/"+region+"-a")
	if machines["subnetworkUri"] == nil {
		byDefault(machines, "networkUri", "https://www.googleapis.com/compute/v1/projects/"+project.id+"/global/networks/default")
	}
	byDefault(machines, "serviceAccountScopes", listOf("https://www.googleapis.com/auth/cloud-platform"))
	if machines["internalIpOnly"] == nil && !strings.HasPrefix(text(software["imageVersion"]), "2.1") {
		machines["internalIpOnly"] = true // from 2.2 on
	}
	personal := text(look(properties, personalAuth)) != ""
	f.fillGroup(config, "masterConfig", parts[5], "-m", 1, personal)
	if !singleNode(config) {
		f.fillGroup(config, "workerConfig", parts[5], "-w", 2, false)
	}
	return stored
}

// fillGroup makes the machines of a group. The key of the master is what a personal-auth session is set up with.
func (f *Fake) fillGroup(config fields, group, cluster, suffix string, usual int64, withKey bool) {
	g := child(config, group)
	count := number(g["numInstances"])
	if count == 0 {
		count = usual
		g["numInstances"] = count
	}
	byDefault(g, "machineTypeUri", "n1-standard-4")
	byDefault(g, "preemptibility", "NON_PREEMPTIBLE")
	disk := child(g, "diskConfig")
	byDefault(disk, "bootDiskType", "pd-standard")
	if number(disk["bootDiskSizeGb"]) == 0 {
		disk["bootDiskSizeGb"] = 500
	}
	names, references := []any{}, []any{}
	for i := range count {
		name := cluster + suffix
		if suffix == "-w" || count > 1 {
			name = fmt.Sprintf("%s%s-%d", cluster, suffix, i)
		}
		reference := fields{"instanceName": name, "instanceId": f.newID()}
		if withKey {
			reference["publicKey"] = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
			reference["publicEciesKey"] = "CpgBCosBCkB0eXBlLmdvb2dsZWFwaXMu"
		}
		names, references = append(names, name), append(references, reference)
	}
	g["instanceNames"], g["instanceReferences"] = names, references
}

// ofUUID refuses a call that means another cluster of the same name.
func ofUUID(o *object, given string) error {
	if given != "" && given != o.fields["clusterUuid"] {
		return notFound("Not found: Cluster %s with UUID %s", o.name, given)
	}
	return nil
}

func (f *Fake) deleteCluster(c *call, o *object) (change, error) {
	return change{takes: f.timings.ClusterDelete, stages: []stage{{0, "DELETING"}}, deletes: true}, ofUUID(o, c.query["clusterUuid"])
}

func (f *Fake) startCluster(c *call, o *object) (change, error) {
	if s := o.state(); s != "STOPPED" {
		return change{}, precondition("Cluster %s is in state %s and cannot be started.", o.name, s)
	}
	return change{takes: f.timings.Start, stages: []stage{{0, "STARTING"}}, rest: "RUNNING"}, ofUUID(o, text(c.body["clusterUuid"]))
}

func (f *Fake) stopCluster(c *call, o *object) (change, error) {
	if s := o.state(); s != "RUNNING" {
		return change{}, precondition("Cluster %s is in state %s and cannot be stopped.", o.name, s)
	}
	if look(o.fields, "config", "softwareConfig", "properties", personalAuth) != nil {
		return change{}, precondition("Clusters with personal authentication cannot be stopped.")
	}
	return change{takes: f.timings.Stop, stages: []stage{{0, "STOPPING"}}, rest: "STOPPED"}, ofUUID(o, text(c.body["clusterUuid"]))
}

func (f *Fake) patchCluster(c *call, o *object) (change, error) {
	unlisted := unlistedClusterPaths
	if f.behaviours.ListedMasksOnly {
		unlisted = nil
	}
	m, err := c.method.readMask(c.query["updateMask"], clusterPaths, unlisted)
	if err != nil {
		return change{}, err
	}
	if s := o.state(); s != "RUNNING" {
		return change{}, precondition("Cluster %s must be RUNNING to be updated, it is %s.", o.name, s)
	}
	if err := checkLabels(c.body["labels"], 32); err != nil {
		return change{}, err
	}
	after := clone(o.fields)
	m.apply(after, c.body)
	if err := checkLifecycle(look(after, "config", "lifecycleConfig")); err != nil {
		return change{}, err
	}
	apply := func(time.Time) { m.apply(o.fields, c.body) }
	return change{takes: f.timings.Patch, stages: []stage{{0, "UPDATING"}}, rest: "RUNNING", apply: apply}, nil
}
