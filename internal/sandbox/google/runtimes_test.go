package google_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	notebooksv1 "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const annRuntime = inRegion + "/runtimes/ann"

func runtime(owner string) *notebooksv1.Runtime {
	return &notebooksv1.Runtime{
		AccessConfig:   &notebooksv1.RuntimeAccessConfig{AccessType: "SINGLE_USER", RuntimeOwner: owner},
		SoftwareConfig: &notebooksv1.RuntimeSoftwareConfig{IdleShutdown: true, IdleShutdownTimeout: 60},
		VirtualMachine: &notebooksv1.VirtualMachine{VirtualMachineConfig: &notebooksv1.VirtualMachineConfig{
			MachineType: "n1-standard-4",
			Network:     "n",
			Subnet:      "s",
			DataDisk:    &notebooksv1.LocalDisk{InitializeParams: &notebooksv1.LocalDiskInitializeParams{DiskSizeGb: 100, DiskType: "PD_STANDARD"}},
		}},
	}
}

func (p *project) runtime() *notebooksv1.Runtime {
	p.t.Helper()
	r, err := p.runtimes.Get(annRuntime).Do()
	p.must(err)
	return r
}

// done1 moves the clock past a v1 operation, and wants it to have succeeded.
func (p *project) done1(op *notebooksv1.Operation, err error) {
	p.t.Helper()
	p.must(err)
	for range 600 {
		now, err := p.ops1.Get(op.Name).Do()
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

func TestARuntimeLives(t *testing.T) {
	p := open(t, google.Options{})
	op, err := p.runtimes.Create(inRegion, runtime("ann@example.com")).RuntimeId("ann").Do()
	p.must(err)
	if got := p.runtime().State; got != "INITIALIZING" {
		t.Errorf("a new runtime is %s", got)
	}
	p.clock.Advance(239 * time.Second)
	if got := p.runtime().State; got != "PROVISIONING" {
		t.Errorf("a runtime that comes up is %s", got)
	}
	p.clock.Advance(time.Second)
	p.done1(op, nil)
	r := p.runtime()
	machine := r.VirtualMachine.VirtualMachineConfig
	if r.State != "ACTIVE" || r.HealthState != "HEALTHY" || r.AccessConfig.ProxyUri == "" || r.AccessConfig.RuntimeOwner != "ann@example.com" || r.VirtualMachine.InstanceId == "" {
		t.Errorf("got %+v %+v", r, r.AccessConfig)
	}
	if machine.DataDisk.InitializeParams != nil || machine.DataDisk.DeviceName == "" || machine.Zone != "us-central1-a" || machine.Subnet != "s" {
		t.Errorf("got %+v %+v", machine, machine.DataDisk)
	}
	if _, given := machine.Labels["goog-caip-managed-notebook"]; !given || !slices.Contains(r.RuntimeMigrationEligibility.Warnings, "SINGLE_USER") {
		t.Errorf("got %v %v", machine.Labels, r.RuntimeMigrationEligibility)
	}

	p.done1(p.runtimes.Stop(annRuntime, &notebooksv1.StopRuntimeRequest{}).Do())
	if got := p.runtime().State; got != "STOPPED" {
		t.Errorf("a stopped runtime is %s", got)
	}
	p.done1(p.runtimes.Switch(annRuntime, &notebooksv1.SwitchRuntimeRequest{
		MachineType: "n1-standard-8", AcceleratorConfig: &notebooksv1.RuntimeAcceleratorConfig{Type: "NVIDIA_TESLA_T4", CoreCount: 1},
	}).Do())
	if r := p.runtime(); r.VirtualMachine.VirtualMachineConfig.MachineType != "n1-standard-8" || r.VirtualMachine.VirtualMachineConfig.AcceleratorConfig.CoreCount != 1 || r.State != "STOPPED" {
		t.Errorf("got %+v", r.VirtualMachine.VirtualMachineConfig)
	}
	p.done1(p.runtimes.Start(annRuntime, &notebooksv1.StartRuntimeRequest{}).Do())
	p.must(second(p.runtimes.Delete(annRuntime).Do()))
	if got := p.runtime().State; got != "DELETING" {
		t.Errorf("a runtime that is being deleted is %s", got)
	}
	p.clock.Advance(40 * time.Second)
	refused(t, second(p.runtimes.Get(annRuntime).Do()), 404, "NOT_FOUND", "ann")
}

func TestWhatARuntimePatchTakes(t *testing.T) {
	p := open(t, google.Options{})
	p.done1(p.runtimes.Create(inRegion, runtime("ann@example.com")).RuntimeId("ann").Do())
	p.done1(p.runtimes.Patch(annRuntime, &notebooksv1.Runtime{
		Labels:         map[string]string{"a": "b"},
		SoftwareConfig: &notebooksv1.RuntimeSoftwareConfig{IdleShutdownTimeout: 30, ForceSendFields: []string{"IdleShutdown"}},
	}).UpdateMask("labels,software_config.idle_shutdown,softwareConfig.idleShutdownTimeout").Do())
	if r := p.runtime(); r.Labels["a"] != "b" || r.SoftwareConfig.IdleShutdown || r.SoftwareConfig.IdleShutdownTimeout != 30 || r.SoftwareConfig.Version == "" {
		t.Errorf("got %+v %+v", r, r.SoftwareConfig)
	}
	for _, mask := range []string{"access_config.runtime_owner", "virtual_machine.virtual_machine_config.machine_type", "software_config", "software_config.mixer_disabled", "nope"} {
		_, err := p.runtimes.Patch(annRuntime, runtime("bo@example.com")).UpdateMask(mask).Do()
		refused(t, err, 400, "INVALID_ARGUMENT", "mask")
	}
}

func TestWhatARuntimeMayNotBe(t *testing.T) {
	p := open(t, google.Options{})
	for name, c := range map[string]struct {
		change  func(*notebooksv1.Runtime)
		message string
	}{
		"no machine":      {func(r *notebooksv1.Runtime) { r.VirtualMachine = nil }, "virtual_machine"},
		"no machine type": {func(r *notebooksv1.Runtime) { r.VirtualMachine.VirtualMachineConfig.MachineType = "" }, "machine_type"},
		"no disk":         {func(r *notebooksv1.Runtime) { r.VirtualMachine.VirtualMachineConfig.DataDisk = nil }, "data_disk"},
		"no owner":        {func(r *notebooksv1.Runtime) { r.AccessConfig.RuntimeOwner = "" }, "runtime_owner"},
		"odd owner":       {func(r *notebooksv1.Runtime) { r.AccessConfig.RuntimeOwner = "group:x" }, "runtime owner"},
		"access type":     {func(r *notebooksv1.Runtime) { r.AccessConfig.AccessType = "EVERYBODY" }, "access_type"},
		"upper case":      {func(r *notebooksv1.Runtime) { r.Labels = map[string]string{"a": "B"} }, "label"},
	} {
		t.Run(name, func(t *testing.T) {
			r := runtime("ann@example.com")
			c.change(r)
			_, err := p.runtimes.Create(inRegion, r).RuntimeId("ann").Do()
			refused(t, err, 400, "INVALID_ARGUMENT", c.message)
		})
	}
	_, err := p.runtimes.Create(inZone, runtime("ann@example.com")).RuntimeId("ann").Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "it must be a region")
	_, err = p.runtimes.Create(inRegion, runtime("ann@example.com")).RuntimeId("Ann").Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "runtime_id")
}

func TestNoMoreNotebooksOfTheOldKinds(t *testing.T) {
	p := open(t, google.Options{})
	p.done1(p.runtimes.Create(inRegion, runtime("ann@example.com")).RuntimeId("ann").Do())
	p.Behave(func(b *google.Behaviours) { b.LegacyCreation = false })
	_, err := p.runtimes.Create(inRegion, runtime("bo@example.com")).RuntimeId("bo").Do()
	refused(t, err, 400, "FAILED_PRECONDITION", "disabled")
	_, err = p.legacy.Create(inZone, hub("bo@example.com")).InstanceId("bo").Do()
	refused(t, err, 400, "FAILED_PRECONDITION", "disabled")
	p.done1(p.runtimes.Stop(annRuntime, &notebooksv1.StopRuntimeRequest{}).Do()) // what is there lives on
	all, err := p.runtimes.List("projects/acme/locations/-").Do()
	if err != nil || len(all.Runtimes) != 1 {
		t.Errorf("got %+v %v", all, err)
	}
}

func TestAMigrationLosesThePersonsIdentity(t *testing.T) {
	p := open(t, google.Options{})
	p.done1(p.runtimes.Create(inRegion, runtime("ann@example.com")).RuntimeId("ann").Do())
	p.done1(p.runtimes.Migrate(annRuntime, &notebooksv1.MigrateRuntimeRequest{PostStartupScriptOption: "POST_STARTUP_SCRIPT_OPTION_SKIP"}).Do())
	if !p.runtime().Migrated {
		t.Error("the runtime is not marked as migrated")
	}
	i := p.get(ann)
	if i.State != "ACTIVE" || i.EnableManagedEuc || i.InstanceOwners[0] != "ann@example.com" || i.GceSetup.ServiceAccounts[0].Email != compute || i.GceSetup.MachineType != "n1-standard-4" || !strings.Contains(i.ProxyUri, "us-central1") {
		t.Errorf("got %+v %+v", i, i.GceSetup)
	}
	refused(t, second(p.runtimes.Migrate(annRuntime, &notebooksv1.MigrateRuntimeRequest{}).Do()), 400, "FAILED_PRECONDITION", "migrated already")
}
