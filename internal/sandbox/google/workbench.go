package google

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// computeAccount is the service account that Google makes for the machines of a project.
func computeAccount(number string) string { return number + "-compute@developer.gserviceaccount.com" }

// eucAccount is the one that every notebook with managed end-user credentials runs as.
func eucAccount(number string) string {
	return "service-" + number + "@gcp-sa-notebooks-vm.iam.gserviceaccount.com"
}

const proxyDomain = ".notebooks.googleusercontent.com"

// notebookTags are the network tags that the server adds to every notebook.
var notebookTags = []string{"deeplearning-vm", "notebook-instance"}

// createWorkbench begins an instance. What is wrong with its metadata shows on the way only, as with the vendor.
func (f *Fake) createWorkbench(c *call) (any, error) {
	if op, err := f.repeated(c); err != nil || op != nil {
		return op.tell(), err
	}
	id := c.query["instanceId"]
	if err := checkID("instance_id", id, instanceID); err != nil {
		return nil, err
	}
	name := c.target + "/" + id
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	if err := checkWorkbench(c.body, f.projects[c.project()].number); err != nil {
		return nil, err
	}
	if err := f.absent(workbenchKind, name); err != nil {
		return nil, err
	}
	fails := protectedKey(c.body, look(c.body, "gceSetup", "metadata"))
	o := f.add(workbenchKind, name, f.newWorkbench(name, c.body, c.now))
	ch := f.starting(o, f.timings.WorkbenchCreate)
	ch.creates = true
	ch.fails = fails
	if fails != nil {
		ch.takes = f.timings.Patch // it is found out early
	}
	return f.begin(c, o, ch).tell(), nil
}

// starting is the way of a new instance to ACTIVE. Its operation is done a little before: whoever takes the end of the
// operation for the end of the wait finds an instance that is not up.
func (f *Fake) starting(o *object, total time.Duration) change {
	ch := change{
		takes:   total * 17 / 18,
		settles: total,
		rest:    "ACTIVE",
		stages:  []stage{{0, "INITIALIZING"}, {total / 3, "PROVISIONING"}},
	}
	if f.behaviours.ExtraState != "" {
		ch.stages = append(ch.stages, stage{total * 2 / 3, f.behaviours.ExtraState})
	}
	return f.registering(o, ch)
}

// registering gives a notebook its address when it comes up for the first time.
func (f *Fake) registering(o *object, ch change) change {
	address := f.proxyHost(o)
	ch.apply = func(time.Time) {
		if o.fields["disableProxyAccess"] == true || o.fields["noProxyAccess"] == true {
			return
		}
		switch o.kind {
		case runtimeKind:
			child(o.fields, "accessConfig")["proxyUri"] = address
		default:
			o.fields["proxyUri"] = address
		}
	}
	return ch
}

func (f *Fake) proxyHost(o *object) string {
	place := strings.Split(o.name, "/")[3]
	if zoneForm.MatchString(place) {
		place = regionOf(place)
	}
	return f.newUUID()[:8] + "-dot-" + place + proxyDomain
}

// newWorkbench is an instance as the server fills it in.
func (f *Fake) newWorkbench(name string, body fields, now time.Time) fields {
	parts := strings.Split(name, "/")
	project, zone := f.projects[parts[1]], parts[3]
	stored := clone(body)
	maps.Copy(stored, fields{
		"name":       name,
		"id":         f.newUUID(),
		"creator":    f.behaviours.Caller,
		"createTime": timestamp(now),
	})
	setup := child(stored, "gceSetup")
	setup["instanceId"] = f.newID()
	byDefault(setup, "machineType", defaultMachine)
	if setup["containerImage"] == nil && setup["vmImage"] == nil {
		setup["vmImage"] = fields{"project": "cloud-notebooks-managed", "family": "workbench-instances"}
	}
	boot := child(setup, "bootDisk")
	fillDisk(boot, "150")
	byDefault(setup, "dataDisks", []any{fields{}})
	data := firstObject(setup["dataDisks"])
	fillDisk(data, "100")
	byDefault(setup, "networkInterfaces", []any{fields{}})
	network := firstObject(setup["networkInterfaces"])
	fillNetwork(network, project.id, zone)
	byDefault(setup, "shieldedInstanceConfig", fields{"enableVtpm": true, "enableIntegrityMonitoring": true})
	setup["tags"] = withTags(setup["tags"])

	account := computeAccount(project.number)
	if stored["enableManagedEuc"] == true {
		account = eucAccount(project.number)
		child(stored, "labels")["notebooks-managed-euc"] = "true"
	}
	byDefault(setup, "serviceAccounts", []any{fields{}})
	identity := firstObject(setup["serviceAccounts"])
	byDefault(identity, "email", account)
	identity["scopes"] = listOf("https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email")

	metadata := child(setup, "metadata")
	byDefault(metadata, "idle-timeout-seconds", "10800")
	byDefault(metadata, "enable-guest-attributes", "TRUE")
	system := f.systemMetadata(stored, name)
	maps.Copy(metadata, system)
	setup["systemMetadata"] = system
	return stored
}

// systemMetadata is what the server adds to the metadata of every instance.
func (f *Fake) systemMetadata(stored fields, name string) fields {
	parts := strings.Split(name, "/")
	system := fields{
		"agent-health-check-interval-seconds": "30",
		"agent-health-check-path":             "/jupyter/api/kernelspecs",
		"disable-swap-binaries":               "true",
		"framework":                           "Python 3 (with Intel® MKL)",
		"instance-region":                     regionOf(parts[3]),
		"notebooks-api":                       "PROD",
		"notebooks-api-version":               "v2",
		"proxy-mode":                          "service_account",
		"report-system-health":                "true",
		"resource-url":                        name,
		"restriction":                         "",
		"shutdown-script":                     "/opt/deeplearning/bin/shutdown_script.sh",
		"title":                               "Workbench Instance",
		"version":                             "131",
	}
	if owners := texts(stored["instanceOwners"]); len(owners) == 1 {
		system["proxy-mode"] = "mail"
		system["proxy-user-mail"] = owners[0]
	}
	if stored["enableManagedEuc"] == true {
		system["euc-enabled"] = "true"
	}
	return system
}

func fillDisk(disk fields, size string) {
	if number(disk["diskSizeGb"]) == 0 {
		disk["diskSizeGb"] = size
	}
	byDefault(disk, "diskType", "PD_BALANCED")
	byDefault(disk, "diskEncryption", "GMEK")
}

func fillNetwork(network fields, project, zone string) {
	if network["network"] == nil && network["subnet"] == nil {
		network["network"] = "projects/" + project + "/global/networks/default"
		network["subnet"] = "projects/" + project + "/regions/" + regionOf(zone) + "/subnetworks/default"
	}
	byDefault(network, "nicType", "VIRTIO_NET")
}

func withTags(given any) []any {
	tags := texts(given)
	for _, tag := range notebookTags {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return listOf(tags...)
}

// showWorkbench is an instance as it is told: without its owner, or with metadata that was not there at its creation,
// when the vendor behaves so.
func showWorkbench(b *Behaviours, o *object) fields {
	if !b.HideOwner && len(b.ExtraMetadata) == 0 {
		return o.fields
	}
	told := maps.Clone(o.fields)
	if b.HideOwner {
		delete(told, "instanceOwners")
	}
	if len(b.ExtraMetadata) > 0 {
		setup := maps.Clone(child(told, "gceSetup"))
		for _, name := range []string{"metadata", "systemMetadata"} {
			entries := maps.Clone(child(setup, name))
			for key, value := range b.ExtraMetadata {
				entries[key] = value
			}
			setup[name] = entries
		}
		told["gceSetup"] = setup
	}
	return told
}
