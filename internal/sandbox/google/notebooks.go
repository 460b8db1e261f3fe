package google

import (
	"slices"
	"time"
)

const defaultMachine = "e2-standard-4"

// What all notebooks have in common, whichever API they are of: they start, stop and go.

func (f *Fake) startNotebook(_ *call, o *object) (change, error) {
	if s := o.state(); s != "STOPPED" && s != "SUSPENDED" {
		return change{}, precondition("The instance cannot be started in state %s.", s)
	}
	return f.registeringAgain(o, change{takes: f.timings.Start, stages: []stage{{0, "STARTING"}}, rest: "ACTIVE"}), nil
}

// registeringAgain gives a notebook an address when it has none yet, because its creation did not end well.
func (f *Fake) registeringAgain(o *object, ch change) change {
	if o.fields["proxyUri"] == nil && look(o.fields, "accessConfig", "proxyUri") == nil {
		return f.registering(o, ch)
	}
	return ch
}

func (f *Fake) stopNotebook(_ *call, o *object) (change, error) {
	if s := o.state(); s == "STOPPED" {
		return change{}, precondition("The instance cannot be stopped in state %s.", s)
	}
	return change{takes: f.timings.Stop, stages: []stage{{0, "STOPPING"}}, rest: "STOPPED"}, nil
}

func (f *Fake) resetNotebook(_ *call, o *object) (change, error) {
	if s := o.state(); s != "ACTIVE" {
		return change{}, precondition("The instance cannot be reset in state %s.", s)
	}
	return change{takes: f.timings.Start, stages: []stage{{0, "STARTING"}}, rest: "ACTIVE"}, nil
}

// deleteNotebook takes a notebook in any state. v1 runtimes have a word for being deleted; instances say the end at once.
func (f *Fake) deleteNotebook(_ *call, o *object) (change, error) {
	if o.fields["enableDeletionProtection"] == true {
		return change{}, precondition("The instance is protected from deletion: set enable_deletion_protection to false first.")
	}
	state := "DELETED"
	if o.kind == runtimeKind {
		state = "DELETING"
	}
	return change{takes: f.timings.Delete, stages: []stage{{0, state}}, deletes: true}, nil
}

// upgradeNotebook brings the newest image of the family, or another family.
func (f *Fake) upgradeNotebook(c *call, o *object) (change, error) {
	ch := change{takes: f.timings.Upgrade, stages: []stage{{0, "UPGRADING"}}, rest: o.state()}
	family := text(c.body["imageFamily"])
	ch.apply = func(at time.Time) {
		o.fields["upgradeHistory"] = append(slices.Clone(list(o.fields["upgradeHistory"])), fields{
			"action": "UPGRADE", "state": "SUCCEEDED", "createTime": timestamp(at), "targetVersion": "m131",
		})
		if image, _ := look(o.fields, "gceSetup", "vmImage").(fields); image != nil && family != "" {
			image["family"] = lastOf(family)
		}
	}
	return ch, nil
}

// rollbackNotebook and restoreNotebook bring back a snapshot, of which the fake has none to lose.
func (f *Fake) rollbackNotebook(c *call, o *object) (change, error) {
	snapshot := c.body["targetSnapshot"]
	ch := change{takes: f.timings.Upgrade, stages: []stage{{0, "UPGRADING"}}, rest: o.state()}
	ch.apply = func(at time.Time) {
		o.fields["upgradeHistory"] = append(slices.Clone(list(o.fields["upgradeHistory"])), fields{
			"action": "ROLLBACK", "state": "SUCCEEDED", "createTime": timestamp(at), "snapshot": snapshot,
		})
	}
	return ch, nil
}

func (f *Fake) restoreNotebook(_ *call, o *object) (change, error) {
	return change{takes: f.timings.Upgrade, stages: []stage{{0, "UPGRADING"}}, rest: o.state()}, nil
}

func (f *Fake) diagnoseNotebook(*call, *object) (change, error) {
	return change{takes: f.timings.Patch}, nil
}

func (f *Fake) checkUpgradability(c *call) (any, error) {
	o, err := f.find(workbenchKind, c)
	if err != nil {
		return nil, err
	}
	if len(list(o.fields["upgradeHistory"])) > 0 {
		return fields{"upgradeable": false, "upgradeInfo": "The instance runs the newest image."}, nil
	}
	return fields{
		"upgradeable":    true,
		"upgradeVersion": "m131",
		"upgradeInfo":    "A newer image is available.",
		"upgradeImage":   "https://www.googleapis.com/compute/v1/projects/cloud-notebooks-managed/global/images/workbench-instances-v20261006",
	}, nil
}

// config says what the service offers in a place, and whether it still makes notebooks of the old kinds.
func (f *Fake) config(c *call) (any, error) {
	if err := f.reachable(c); err != nil {
		return nil, err
	}
	answer := fields{
		"defaultValues": fields{"machineType": defaultMachine},
		"availableImages": []any{
			fields{"imageName": "workbench-instances-v20261006", "imageFamily": "workbench-instances", "releaseName": "m131", "description": "Debian 11, Python 3.10"},
			fields{"imageName": "workbench-instances-2603-v20261006", "imageFamily": "workbench-instances-2603", "releaseName": "m131", "description": "Debian 12, Python 3.12"},
		},
		"supportedValues": fields{
			"machineTypes":     listOf("e2-medium", "e2-standard-2", "e2-standard-4", "e2-standard-8", "n1-standard-4", "n1-standard-8", "n2-standard-4", "g2-standard-4", "a2-highgpu-1g"),
			"acceleratorTypes": listOf("NVIDIA_TESLA_P4", "NVIDIA_TESLA_T4", "NVIDIA_L4", "NVIDIA_TESLA_A100"),
		},
	}
	if !f.behaviours.LegacyCreation {
		answer["disableWorkbenchLegacyCreation"] = true
	}
	return answer, nil
}

// legacyRefusal is how a project answers that no longer makes notebooks of the old kinds.
func (f *Fake) legacyRefusal(product string) error {
	if f.behaviours.LegacyCreation {
		return nil
	}
	return precondition("Creation of %s is disabled: the product has reached its end of life. Create a Workbench instance instead.", product)
}
