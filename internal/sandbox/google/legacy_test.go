package google_test

import (
	"slices"
	"strings"
	"testing"

	notebooksv1 "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// hub is a Dataproc Hub as the published deployer makes it.
func hub(owner string) *notebooksv1.Instance {
	return &notebooksv1.Instance{
		MachineType:    "e2-medium",
		VmImage:        &notebooksv1.VmImage{Project: "deeplearning-platform-release", ImageFamily: "common-container"},
		InstanceOwners: []string{owner},
		BootDiskSizeGb: 120,
		BootDiskType:   "PD_SSD",
		Labels:         map[string]string{"a": "b"},
		Metadata: map[string]string{
			"jupyterhub-host-type": "ain", "dataproc-configs": "bucket/ann.yaml",
			"proxy-user-mail": "somebody@example.com", "proxy-url": "another machine's", "title": "Base.Container.GPU",
		},
	}
}

func (p *project) hub() *notebooksv1.Instance {
	p.t.Helper()
	i, err := p.legacy.Get(ann).Do()
	p.must(err)
	return i
}

func (p *project) withHub() *project {
	p.t.Helper()
	p.done1(p.legacy.Create(inZone, hub("ann@example.com")).InstanceId("ann").Do())
	return p
}

func TestAnOldInstanceTellsLessThanItTook(t *testing.T) {
	p := open(t, google.Options{}).withHub()
	i := p.hub()
	if i.State != "ACTIVE" || len(i.InstanceOwners) != 0 || i.BootDiskSizeGb != 0 || i.BootDiskType != "" {
		t.Errorf("what is for the way in is told: %+v", i)
	}
	if i.Disks[0].DiskSizeGb != 120 || !i.Disks[0].Boot || i.Disks[1].DiskSizeGb != 100 || i.Disks[1].Index != 1 {
		t.Errorf("got %+v %+v", i.Disks[0], i.Disks[1])
	}
	if i.Metadata["proxy-user-mail"] != "ann@example.com" || i.Metadata["proxy-mode"] != "mail" || i.Metadata["title"] == "Base.Container.GPU" || i.Metadata["proxy-url"] != "" || i.Metadata["dataproc-configs"] != "bucket/ann.yaml" {
		t.Errorf("got %v", i.Metadata)
	}
	_, labelled := i.Labels["goog-caip-notebook"]
	if !labelled || !slices.Contains(i.Tags, "deeplearning-vm") || i.ServiceAccount != compute || len(i.ServiceAccountScopes) != 2 || !strings.Contains(i.ProxyUri, "-dot-us-central1.") {
		t.Errorf("got %+v", i)
	}
	if !slices.Equal(i.InstanceMigrationEligibility.Errors, []string{"DATAPROC_HUB"}) {
		t.Errorf("got %+v", i.InstanceMigrationEligibility)
	}
	refused(t, second(p.legacy.Migrate(ann, &notebooksv1.MigrateInstanceRequest{}).Do()), 400, "FAILED_PRECONDITION", "DATAPROC_HUB")
	refused(t, second(p.instances.Get(ann).Do()), 404, "NOT_FOUND", "") // v2 has others

	p.Behave(func(b *google.Behaviours) { b.HideLegacyMetadata = true })
	if i := p.hub(); len(i.Metadata) != 0 || i.State != "ACTIVE" {
		t.Errorf("got %+v", i)
	}
}

func TestOldInstancesHaveAMethodForEachChange(t *testing.T) {
	p := open(t, google.Options{}).withHub()
	p.done1(p.legacy.SetLabels(ann, &notebooksv1.SetInstanceLabelsRequest{Labels: map[string]string{"c": "d"}}).Do())
	if got := p.hub().Labels; len(got) != 2 || got["c"] != "d" {
		t.Errorf("setLabels replaces all, got %v", got)
	}
	refused(t, second(p.legacy.SetLabels(ann, &notebooksv1.SetInstanceLabelsRequest{Labels: map[string]string{"Bad": "d"}}).Do()), 400, "INVALID_ARGUMENT", "label")

	items := func(items map[string]string) (*notebooksv1.UpdateInstanceMetadataItemsResponse, error) {
		return p.legacy.UpdateMetadataItems(ann, &notebooksv1.UpdateInstanceMetadataItemsRequest{Items: items}).Do()
	}
	added, err := items(map[string]string{"notebook-disable-root": "true"})
	if err != nil || len(added.Items) != 1 || p.hub().Metadata["notebook-disable-root"] != "true" || p.hub().Metadata["dataproc-configs"] == "" {
		t.Errorf("got %+v %v, then %v", added, err, p.hub().Metadata) // at once, and nothing is removed
	}
	refused(t, second(items(map[string]string{"proxy-mode": "none"})), 400, "INVALID_ARGUMENT", "proxy-mode")

	machine := func() (*notebooksv1.Operation, error) {
		return p.legacy.SetMachineType(ann, &notebooksv1.SetInstanceMachineTypeRequest{MachineType: "e2-standard-2"}).Do()
	}
	gpu := func() (*notebooksv1.Operation, error) {
		return p.legacy.SetAccelerator(ann, &notebooksv1.SetInstanceAcceleratorRequest{Type: "NVIDIA_TESLA_T4", CoreCount: 2}).Do()
	}
	shield := func() (*notebooksv1.Operation, error) {
		return p.legacy.UpdateShieldedInstanceConfig(ann, &notebooksv1.UpdateShieldedInstanceConfigRequest{ShieldedInstanceConfig: &notebooksv1.ShieldedInstanceConfig{EnableSecureBoot: true}}).Do()
	}
	for _, change := range []func() (*notebooksv1.Operation, error){machine, gpu, shield} {
		refused(t, second(change()), 400, "FAILED_PRECONDITION", "must be stopped")
	}
	p.done1(p.legacy.Stop(ann, &notebooksv1.StopInstanceRequest{}).Do())
	p.done1(machine())
	p.done1(gpu())
	p.done1(shield())
	i := p.hub()
	if i.MachineType != "e2-standard-2" || i.AcceleratorConfig.CoreCount != 2 || !i.ShieldedInstanceConfig.EnableSecureBoot || i.State != "STOPPED" {
		t.Errorf("got %+v", i)
	}
	if health, err := p.legacy.GetInstanceHealth(ann).Do(); err != nil || health.HealthState == "HEALTHY" {
		t.Errorf("got %+v %v", health, err)
	}
	p.done1(p.legacy.Start(ann, &notebooksv1.StartInstanceRequest{}).Do())
	p.done1(p.legacy.Reset(ann, &notebooksv1.ResetInstanceRequest{}).Do())
	p.done1(p.legacy.UpdateConfig(ann, &notebooksv1.UpdateInstanceConfigRequest{Config: &notebooksv1.InstanceConfig{NotebookUpgradeSchedule: "0 1 * * 0"}}).Do())
	if p.hub().Metadata["notebook-upgrade-schedule"] != "0 1 * * 0" {
		t.Errorf("got %v", p.hub().Metadata)
	}
	if health, err := p.legacy.GetInstanceHealth(ann).Do(); err != nil || health.HealthState != "HEALTHY" {
		t.Errorf("got %+v %v", health, err)
	}
	p.done1(p.legacy.Delete(ann).Do())
	refused(t, second(p.legacy.Get(ann).Do()), 404, "NOT_FOUND", "")
}

func TestWhatAnOldInstanceMayNotBe(t *testing.T) {
	p := open(t, google.Options{})
	for name, c := range map[string]struct {
		change  func(*notebooksv1.Instance)
		message string
	}{
		"no machine type": {func(i *notebooksv1.Instance) { i.MachineType = "" }, "machine_type"},
		"no image":        {func(i *notebooksv1.Instance) { i.VmImage = nil }, "vm_image"},
		"two owners":      {func(i *notebooksv1.Instance) { i.InstanceOwners = []string{"a@b.de", "c@d.de"} }, "Only one instance owner"},
		"a huge disk":     {func(i *notebooksv1.Instance) { i.DataDiskSizeGb = 70000 }, "data_disk_size_gb"},
	} {
		t.Run(name, func(t *testing.T) {
			i := hub("ann@example.com")
			c.change(i)
			_, err := p.legacy.Create(inZone, i).InstanceId("ann").Do()
			refused(t, err, 400, "INVALID_ARGUMENT", c.message)
		})
	}
	_, err := p.legacy.Create(inRegion, hub("ann@example.com")).InstanceId("ann").Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "it must be a zone")
	p.withHub()
	_, err = p.legacy.Create(inZone, hub("ann@example.com")).InstanceId("ann").Do()
	refused(t, err, 409, "ALREADY_EXISTS", "ann")
}

func TestAnOldNotebookThatIsNoHubMigrates(t *testing.T) {
	p := open(t, google.Options{})
	i := hub("ann@example.com")
	i.Metadata, i.NoRemoveDataDisk = nil, true
	p.done1(p.legacy.Create(inZone, i).InstanceId("ann").Do())
	p.done1(p.legacy.Migrate(ann, &notebooksv1.MigrateInstanceRequest{}).Do())
	fresh := p.get(ann)
	if fresh.InstanceOwners[0] != "ann@example.com" || fresh.GceSetup.MachineType != "e2-medium" || fresh.Labels["a"] != "b" || !p.hub().Migrated || p.hub().Disks[1].AutoDelete {
		t.Errorf("got %+v", fresh)
	}
	refused(t, second(p.legacy.Migrate(ann, &notebooksv1.MigrateInstanceRequest{}).Do()), 400, "FAILED_PRECONDITION", "migrated already")
	if can, err := p.legacy.IsUpgradeable(ann).Do(); err != nil || can.Upgradeable {
		t.Errorf("got %+v %v", can, err)
	}
}
