package google

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// needsStop are the fields that a machine takes up at its next start, and that Compute Engine lets nobody change while
// it runs.
var needsStop = []string{"machineType", "acceleratorConfigs", "shieldedInstanceConfig", "containerImage"}

// patchWorkbench begins a change of what the mask names.
func (f *Fake) patchWorkbench(c *call, o *object) (change, error) {
	unlisted := unlistedWorkbenchPaths
	if f.behaviours.ListedMasksOnly {
		unlisted = nil
	}
	m, err := c.method.readMask(c.query["updateMask"], workbenchPaths, unlisted)
	if err != nil {
		return change{}, err
	}
	if err := checkLabels(c.body["labels"], 64); err != nil {
		return change{}, err
	}
	patched := f.patched(o, c.body, m)
	if err := checkPatch(o, patched); err != nil {
		return change{}, err
	}
	ch := change{takes: f.timings.Patch}
	if metadata, given := look(c.body, "gceSetup", "metadata").(fields); given && m.has("gceSetup", "metadata") {
		if ch.fails = protectedKey(o.fields, metadata); ch.fails == nil {
			ch.fails = frozenKey(o.fields, metadata)
		}
	}
	ch.apply = func(at time.Time) {
		// The object may have been edited meanwhile, so the patch is made once more.
		o.fields = f.patched(o, c.body, m)
		o.fields["updateTime"] = timestamp(at)
	}
	return ch, nil
}

// patched is an instance after a patch.
func (f *Fake) patched(o *object, body fields, m mask) fields {
	after := clone(o.fields)
	m.apply(after, body)
	setup := child(after, "gceSetup")
	if m.has("labels") {
		before, _ := o.fields["labels"].(fields)
		given, _ := body["labels"].(fields)
		after["labels"] = f.patchMap(before, given, func(key string) bool { return key == "notebooks-managed-euc" })
	}
	if m.has("gceSetup", "metadata") {
		before, _ := look(o.fields, "gceSetup", "metadata").(fields)
		given, _ := look(body, "gceSetup", "metadata").(fields)
		system, _ := look(o.fields, "gceSetup", "systemMetadata").(fields)
		setup["metadata"] = f.patchMap(before, given, func(key string) bool { return system[key] != nil })
	}
	if m.has("gceSetup", "tags") {
		setup["tags"] = withTags(setup["tags"])
	}
	return after
}

// patchMap changes labels or metadata in the vendor's way of the day. The server's own entries stay either way.
func (f *Fake) patchMap(before, given fields, own func(key string) bool) fields {
	after := maps.Clone(before)
	if after == nil {
		after = fields{}
	}
	if f.behaviours.MetadataMode == Replace {
		maps.DeleteFunc(after, func(key string, _ any) bool { return !own(key) })
		maps.Copy(after, given)
		return after
	}
	for key, value := range given {
		switch {
		case own(key):
		case value == "":
			delete(after, key)
		default:
			after[key] = value
		}
	}
	return after
}

func checkPatch(o *object, after fields) error {
	before := o.fields
	for _, oneWay := range [][]string{{"gceSetup", "disablePublicIp"}, {"disableProxyAccess"}} {
		if look(before, oneWay...) == true && look(after, oneWay...) != true {
			return invalid("%s cannot be set back to false.", snake(oneWay[len(oneWay)-1]))
		}
	}
	if o.state() != "ACTIVE" {
		return nil
	}
	for _, field := range needsStop {
		if !same(look(before, "gceSetup", field), look(after, "gceSetup", field)) {
			return precondition("The instance must be stopped before %s can be changed.", snake(field))
		}
	}
	return nil
}

func same(a, b any) bool {
	one, _ := json.Marshal(a)
	other, _ := json.Marshal(b)
	return slices.Equal(one, other)
}

// resizeDisk grows one disk.
func (f *Fake) resizeDisk(c *call, o *object) (change, error) {
	boot, data := c.body["bootDisk"], c.body["dataDisk"]
	if (boot == nil) == (data == nil) {
		return change{}, invalid("Exactly one of boot_disk and data_disk must be specified.")
	}
	given, disk := boot, child(o.fields, "gceSetup", "bootDisk")
	if data != nil {
		given = data
		disk = firstObject(look(o.fields, "gceSetup", "dataDisks"))
	}
	if err := checkDisk(given); err != nil {
		return change{}, err
	}
	wanted, have := number(look(given, "diskSizeGb")), number(disk["diskSizeGb"])
	if wanted <= have {
		return change{}, invalid("Disks can only grow: the disk has %d GB, %d GB are requested.", have, wanted)
	}
	return change{takes: f.timings.Patch, apply: func(at time.Time) {
		disk["diskSizeGb"] = look(given, "diskSizeGb")
		o.fields["updateTime"] = timestamp(at)
	}}, nil
}
