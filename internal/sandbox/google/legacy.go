package google

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Notebooks v1 also has "user-managed" notebooks: instances, which a Dataproc Hub is one of. They live in a zone.

// inputOnly are the fields that v1 takes and never tells.
var inputOnly = []string{
	"instanceOwners", "bootDiskType", "bootDiskSizeGb", "dataDiskType", "dataDiskSizeGb", "diskEncryption", "kmsKey", "noRemoveDataDisk",
}

// legacyReserved are the metadata keys that v1 sets itself.
var legacyReserved = []string{
	"framework", "notebooks-api", "notebooks-api-version", "proxy-mode", "proxy-url", "proxy-user-mail", "restriction", "shutdown-script", "title", "version",
}

func (f *Fake) createLegacy(c *call) (any, error) {
	id := c.query["instanceId"]
	if err := checkID("instance_id", id, instanceID); err != nil {
		return nil, err
	}
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	if err := f.legacyRefusal("user-managed notebooks"); err != nil {
		return nil, err
	}
	if err := checkLegacy(c.body); err != nil {
		return nil, err
	}
	name := c.target + "/" + id
	if err := f.absent(legacyKind, name); err != nil {
		return nil, err
	}
	o := f.add(legacyKind, name, f.newLegacy(name, c.body, c.now))
	total := f.timings.LegacyCreate
	ch := change{takes: total, creates: true, rest: "ACTIVE", stages: []stage{{0, "PROVISIONING"}}}
	return f.begin(c, o, f.registering(o, ch)).tell(), nil
}

func checkLegacy(body fields) error {
	if (body["vmImage"] == nil) == (body["containerImage"] == nil) {
		return invalid("Exactly one of vm_image and container_image must be specified.")
	}
	owners := texts(body["instanceOwners"])
	if len(owners) > 1 {
		return invalid("Only one instance owner is supported, got %d.", len(owners))
	}
	for _, owner := range owners {
		if !emailForm.MatchString(owner) {
			return invalid("Invalid instance owner %q: the format is alias@example.com.", owner)
		}
	}
	for _, size := range []string{"bootDiskSizeGb", "dataDiskSizeGb"} {
		if n := number(body[size]); n < 0 || n > maxDiskGB {
			return invalid("Invalid %s %d: it must be at most %d.", snake(size), n, maxDiskGB)
		}
	}
	return checkLabels(body["labels"], 64)
}

// newLegacy is an instance as the server fills it in.
func (f *Fake) newLegacy(name string, body fields, now time.Time) fields {
	parts := strings.Split(name, "/")
	project, zone := f.projects[parts[1]], parts[3]
	stored := clone(body)
	maps.Copy(stored, fields{"name": name, "creator": f.behaviours.Caller, "createTime": timestamp(now)})
	stored["disks"] = []any{
		legacyDisk("boot", body["bootDiskSizeGb"], 0, true),
		legacyDisk("data", body["dataDiskSizeGb"], 1, body["noRemoveDataDisk"] != true),
	}
	byDefault(stored, "serviceAccount", computeAccount(project.number))
	byDefault(stored, "serviceAccountScopes", listOf("https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/userinfo.email"))
	if stored["network"] == nil && stored["subnet"] == nil {
		stored["network"] = "projects/" + project.id + "/global/networks/default"
		stored["subnet"] = "projects/" + project.id + "/regions/" + regionOf(zone) + "/subnetworks/default"
	}
	stored["tags"] = withTags(stored["tags"])
	child(stored, "labels")["goog-caip-notebook"] = ""

	metadata := child(stored, "metadata")
	errors := []string{}
	if metadata["jupyterhub-host-type"] != nil || metadata["framework"] == "Dataproc Hub" {
		errors = append(errors, "DATAPROC_HUB")
	}
	stored["instanceMigrationEligibility"] = fields{"errors": listOf(errors...)}
	maps.Copy(metadata, fields{
		"framework": "Container", "notebooks-api": "PROD", "notebooks-api-version": "v1", "proxy-mode": "service_account",
		"restriction": "", "shutdown-script": "/opt/deeplearning/bin/shutdown_script.sh", "title": "Base.Container", "version": "131",
	})
	delete(metadata, "proxy-url")
	delete(metadata, "proxy-user-mail")
	if owners := texts(body["instanceOwners"]); len(owners) == 1 {
		metadata["proxy-mode"] = "mail"
		metadata["proxy-user-mail"] = owners[0]
	}
	for _, field := range inputOnly {
		delete(stored, field)
	}
	return stored
}

func legacyDisk(device string, size any, index int, autoDelete bool) fields {
	if number(size) == 0 {
		size = "100"
	}
	return fields{
		"deviceName": device, "diskSizeGb": size, "index": strconv.Itoa(index), "boot": index == 0, "autoDelete": autoDelete,
		"kind": "compute#attachedDisk", "mode": "READ_WRITE", "type": "PERSISTENT", "interface": "SCSI",
	}
}

// showLegacy leaves metadata out when the vendor behaves so.
func showLegacy(b *Behaviours, o *object) fields {
	if !b.HideLegacyMetadata {
		return o.fields
	}
	told := maps.Clone(o.fields)
	delete(told, "metadata")
	return told
}

// setLabels replaces all labels but the server's own.
func (f *Fake) setLabels(c *call, o *object) (change, error) {
	if err := checkLabels(c.body["labels"], 64); err != nil {
		return change{}, err
	}
	return change{takes: f.timings.Patch, apply: func(at time.Time) {
		labels := fields{"goog-caip-notebook": ""}
		given, _ := c.body["labels"].(fields)
		maps.Copy(labels, given)
		o.fields["labels"] = labels
		o.fields["updateTime"] = timestamp(at)
	}}, nil
}

// whileStopped is a change of the machine, which needs it to be off.
func (f *Fake) whileStopped(o *object, apply func()) (change, error) {
	if s := o.state(); s != "STOPPED" {
		return change{}, precondition("The instance must be stopped, it is %s.", s)
	}
	return change{takes: f.timings.Patch, apply: func(at time.Time) {
		apply()
		o.fields["updateTime"] = timestamp(at)
	}}, nil
}

func (f *Fake) setMachineType(c *call, o *object) (change, error) {
	return f.whileStopped(o, func() { o.fields["machineType"] = c.body["machineType"] })
}

func (f *Fake) setAccelerator(c *call, o *object) (change, error) {
	return f.whileStopped(o, func() {
		o.fields["acceleratorConfig"] = fields{"type": c.body["type"], "coreCount": c.body["coreCount"]}
	})
}

func (f *Fake) updateShieldedConfig(c *call, o *object) (change, error) {
	return f.whileStopped(o, func() { o.fields["shieldedInstanceConfig"] = c.body["shieldedInstanceConfig"] })
}

func (f *Fake) updateConfig(c *call, o *object) (change, error) {
	return change{takes: f.timings.Patch, apply: func(at time.Time) {
		config, _ := c.body["config"].(fields)
		if schedule := text(config["notebookUpgradeSchedule"]); schedule != "" {
			child(o.fields, "metadata")["notebook-upgrade-schedule"] = schedule
		}
		o.fields["updateTime"] = timestamp(at)
	}}, nil
}

// updateMetadataItems adds and changes entries at once, and says which. It removes nothing.
func (f *Fake) updateMetadataItems(c *call) (any, error) {
	o, err := f.find(legacyKind, c)
	if err != nil {
		return nil, err
	}
	items, _ := c.body["items"].(fields)
	for _, key := range sortedKeys(items) {
		if slices.Contains(legacyReserved, key) {
			return nil, invalid("The metadata key %q is reserved.", key)
		}
	}
	maps.Copy(child(o.fields, "metadata"), items)
	o.fields["updateTime"] = timestamp(c.now)
	o.touch()
	return fields{"items": items}, nil
}

func (f *Fake) instanceHealth(c *call) (any, error) {
	o, err := f.find(legacyKind, c)
	if err != nil {
		return nil, err
	}
	state := "AGENT_NOT_RUNNING"
	if o.state() == "ACTIVE" {
		state = "HEALTHY"
	}
	return fields{"healthState": state}, nil
}

func (f *Fake) isUpgradeable(c *call) (any, error) {
	if _, err := f.find(legacyKind, c); err != nil {
		return nil, err
	}
	return fields{"upgradeable": false, "upgradeInfo": "The product has reached its end of life."}, nil
}
