package google

import (
	"maps"
	"strings"
	"time"
)

// Notebooks v1 has "managed" notebooks: runtimes. They live in a region.

func (f *Fake) createRuntime(c *call) (any, error) {
	if op, err := f.repeated(c); err != nil || op != nil {
		return op.tell(), err
	}
	id := c.query["runtimeId"]
	if err := checkID("runtime_id", id, instanceID); err != nil {
		return nil, err
	}
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	if err := f.legacyRefusal("managed notebooks"); err != nil {
		return nil, err
	}
	if err := checkRuntime(c.body); err != nil {
		return nil, err
	}
	name := c.target + "/" + id
	if err := f.absent(runtimeKind, name); err != nil {
		return nil, err
	}
	o := f.add(runtimeKind, name, f.newRuntime(name, c.body, c.now))
	total := f.timings.RuntimeCreate
	ch := change{
		takes:   total,
		creates: true,
		rest:    "ACTIVE",
		stages:  []stage{{0, "INITIALIZING"}, {total / 2, "PROVISIONING"}},
	}
	return f.begin(c, o, f.registering(o, ch)).tell(), nil
}

func checkRuntime(body fields) error {
	access := text(look(body, "accessConfig", "accessType"))
	owner := text(look(body, "accessConfig", "runtimeOwner"))
	switch {
	case look(body, "virtualMachine", "virtualMachineConfig") == nil:
		return invalid("Required field 'runtime.virtual_machine.virtual_machine_config' is not specified.")
	case access == "SINGLE_USER" && owner == "":
		return invalid("runtime_owner must be specified with access type SINGLE_USER.")
	case owner != "" && !emailForm.MatchString(owner):
		return invalid("Invalid runtime owner %q: the format is alias@example.com.", owner)
	}
	if minutes := number(look(body, "softwareConfig", "idleShutdownTimeout")); minutes < 0 {
		return invalid("Invalid idle_shutdown_timeout %d.", minutes)
	}
	return checkLabels(body["labels"], 32)
}

// newRuntime is a runtime as the server fills it in. What describes a new disk is for the way in only.
func (f *Fake) newRuntime(name string, body fields, now time.Time) fields {
	parts := strings.Split(name, "/")
	stored := clone(body)
	stored["name"] = name
	stored["createTime"] = timestamp(now)
	software := child(stored, "softwareConfig")
	byDefault(software, "idleShutdown", true)
	if number(software["idleShutdownTimeout"]) == 0 {
		software["idleShutdownTimeout"] = 180
	}
	software["version"] = "m131"
	machine := child(stored, "virtualMachine")
	machine["instanceName"] = parts[5]
	machine["instanceId"] = f.newID()
	config := child(machine, "virtualMachineConfig")
	config["zone"] = parts[3] + "-a"
	child(config, "labels")["goog-caip-managed-notebook"] = ""
	disk := child(config, "dataDisk")
	delete(disk, "initializeParams")
	maps.Copy(disk, fields{"deviceName": "data", "index": 1, "kind": "compute#attachedDisk", "autoDelete": true})
	byDefault(disk, "mode", "READ_WRITE")
	byDefault(disk, "type", "PERSISTENT")
	warnings := []string{}
	if text(look(stored, "accessConfig", "accessType")) == "SINGLE_USER" {
		warnings = append(warnings, "SINGLE_USER")
	}
	if config["network"] == nil && config["subnet"] == nil {
		warnings = append(warnings, "GOOGLE_MANAGED_NETWORK")
	}
	eligibility := fields{"warnings": listOf(warnings...)}
	if len(list(config["containerImages"])) > 0 {
		eligibility["errors"] = listOf("CUSTOM_CONTAINER")
	}
	stored["runtimeMigrationEligibility"] = eligibility
	return stored
}

func (f *Fake) patchRuntime(c *call, o *object) (change, error) {
	m, err := c.method.readMask(c.query["updateMask"], runtimePaths, nil)
	if err != nil {
		return change{}, err
	}
	if err := checkLabels(c.body["labels"], 32); err != nil {
		return change{}, err
	}
	return change{takes: f.timings.Patch, apply: func(at time.Time) {
		m.apply(o.fields, c.body)
		o.fields["updateTime"] = timestamp(at)
	}}, nil
}

// switchRuntime is the only way to another machine.
func (f *Fake) switchRuntime(c *call, o *object) (change, error) {
	if s := o.state(); s != "ACTIVE" && s != "STOPPED" {
		return change{}, precondition("The runtime cannot be switched in state %s.", s)
	}
	ch := change{takes: f.timings.Start, stages: []stage{{0, "PROVISIONING"}}, rest: o.state()}
	ch.apply = func(time.Time) {
		config := child(o.fields, "virtualMachine", "virtualMachineConfig")
		for _, field := range []string{"machineType", "acceleratorConfig"} {
			if value := c.body[field]; value != nil {
				config[field] = value
			}
		}
	}
	return ch, nil
}

// migrate makes a Workbench instance of a notebook of an old kind, in the same project.
func (f *Fake) migrate(c *call, o *object) (change, error) {
	for _, eligibility := range []string{"instanceMigrationEligibility", "runtimeMigrationEligibility"} {
		if errors := texts(look(o.fields, eligibility, "errors")); len(errors) > 0 {
			return change{}, precondition("The notebook cannot be migrated: %s.", strings.Join(errors, ", "))
		}
	}
	if o.fields["migrated"] == true {
		return change{}, precondition("The notebook has been migrated already.")
	}
	name := f.migratedName(o)
	if err := f.absent(workbenchKind, name); err != nil {
		return change{}, err
	}
	body := migrated(c, o)
	return change{takes: f.timings.WorkbenchCreate, apply: func(at time.Time) {
		o.fields["migrated"] = true
		fresh := f.add(workbenchKind, name, f.newWorkbench(name, body, at))
		fresh.fields["proxyUri"] = f.proxyHost(fresh)
		fresh.enter("ACTIVE", at)
	}}, nil
}

func (f *Fake) migratedName(o *object) string {
	parts := strings.Split(o.name, "/")
	if zone := text(look(o.fields, "virtualMachine", "virtualMachineConfig", "zone")); zone != "" {
		parts[3] = zone
	}
	parts[4] = workbenchKind.collection
	return strings.Join(parts, "/")
}

// migrated is the request that a migration amounts to. The person's own identity does not come along: single-user
// runtimes ran code as the person, and the new instance runs it as a service account.
func migrated(c *call, o *object) fields {
	machine, owner := o.fields["machineType"], text(look(o.fields, "metadata", "proxy-user-mail"))
	if o.kind == runtimeKind {
		machine = look(o.fields, "virtualMachine", "virtualMachineConfig", "machineType")
		owner = text(look(o.fields, "accessConfig", "runtimeOwner"))
	}
	setup := fields{"machineType": machine}
	if account := text(c.body["serviceAccount"]); account != "" {
		setup["serviceAccounts"] = []any{fields{"email": account}}
	}
	body := fields{"gceSetup": setup}
	if labels, given := o.fields["labels"].(fields); given {
		body["labels"] = clone(labels)
	}
	if owner != "" {
		body["instanceOwners"] = listOf(owner)
	}
	return body
}
