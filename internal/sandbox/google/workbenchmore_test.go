package google_test

import (
	"strings"
	"testing"

	notebooksv2 "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestDisksGrowOnly(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	resize := func(r *notebooksv2.ResizeDiskRequest) (*notebooksv2.Operation, error) {
		return p.instances.ResizeDisk(name, r).Do()
	}
	p.settled(resize(&notebooksv2.ResizeDiskRequest{DataDisk: &notebooksv2.DataDisk{DiskSizeGb: 200}}))
	p.settled(resize(&notebooksv2.ResizeDiskRequest{BootDisk: &notebooksv2.BootDisk{DiskSizeGb: 151}}))
	if setup := p.get(name).GceSetup; setup.DataDisks[0].DiskSizeGb != 200 || setup.BootDisk.DiskSizeGb != 151 {
		t.Errorf("got %+v %+v", setup.DataDisks[0], setup.BootDisk)
	}
	for _, r := range []*notebooksv2.ResizeDiskRequest{
		{DataDisk: &notebooksv2.DataDisk{DiskSizeGb: 199}},
		{DataDisk: &notebooksv2.DataDisk{DiskSizeGb: 200}},
		{BootDisk: &notebooksv2.BootDisk{DiskSizeGb: 64001}},
		{BootDisk: &notebooksv2.BootDisk{DiskSizeGb: 200}, DataDisk: &notebooksv2.DataDisk{DiskSizeGb: 300}},
		{},
	} {
		refused(t, second(resize(r)), 400, "INVALID_ARGUMENT", "")
	}
}

func TestProtectionFromDeletion(t *testing.T) {
	p := open(t, google.Options{})
	i := personal("ann@example.com")
	i.EnableDeletionProtection = true
	name := p.running("ann", i)
	refused(t, second(p.instances.Delete(name).Do()), 400, "FAILED_PRECONDITION", "protected")
	unprotect := func() (*notebooksv2.Operation, error) {
		return p.instances.Patch(name, &notebooksv2.Instance{}).UpdateMask("enable_deletion_protection").Do()
	}
	p.Behave(func(b *google.Behaviours) { b.ListedMasksOnly = true })
	refused(t, second(unprotect()), 400, "INVALID_ARGUMENT", "enable_deletion_protection")
	p.Behave(func(b *google.Behaviours) { b.ListedMasksOnly = false })
	p.settled(unprotect())
	p.settled(p.instances.Delete(name).Do())
}

func TestUpgradesAndTheirLikes(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	can, err := p.instances.CheckUpgradability(name).Do()
	p.must(err)
	if !can.Upgradeable || can.UpgradeVersion == "" {
		t.Errorf("got %+v", can)
	}
	op, err := p.instances.Upgrade(name, &notebooksv2.UpgradeInstanceRequest{ImageFamily: "projects/cloud-notebooks-managed/global/images/family/workbench-instances-2603"}).Do()
	p.must(err)
	p.wantState(name, "UPGRADING")
	p.settled(op, nil)
	up := p.get(name)
	if up.State != "ACTIVE" || len(up.UpgradeHistory) != 1 || up.UpgradeHistory[0].Action != "UPGRADE" || up.GceSetup.VmImage.Family != "workbench-instances-2603" {
		t.Errorf("got %+v %+v", up, up.GceSetup.VmImage)
	}
	if can, err := p.instances.CheckUpgradability(name).Do(); err != nil || can.Upgradeable {
		t.Errorf("got %+v %v", can, err)
	}
	p.settled(p.instances.Rollback(name, &notebooksv2.RollbackInstanceRequest{TargetSnapshot: "projects/acme/global/snapshots/s"}).Do())
	p.settled(p.instances.Restore(name, &notebooksv2.RestoreInstanceRequest{Snapshot: &notebooksv2.Snapshot{ProjectId: "acme", SnapshotId: "s"}}).Do())
	p.settled(p.instances.Diagnose(name, &notebooksv2.DiagnoseInstanceRequest{DiagnosticConfig: &notebooksv2.DiagnosticConfig{GcsBucket: "gs://b"}}).Do())
	if got := p.get(name).UpgradeHistory; len(got) != 2 || got[1].Snapshot != "projects/acme/global/snapshots/s" {
		t.Errorf("got %+v", got)
	}

	for _, err := range []error{
		second(p.instances.CheckAuthorization(name, &notebooksv2.CheckAuthorizationRequest{}).Do()),
		second(p.instances.GenerateAccessToken(name, &notebooksv2.GenerateAccessTokenRequest{VmToken: "t"}).Do()),
		second(p.instances.ReportInfoSystem(name, &notebooksv2.ReportInstanceInfoSystemRequest{VmId: "v", Event: &notebooksv2.Event{}}).Do()),
		second(p.instances.UpgradeSystem(name, &notebooksv2.UpgradeInstanceSystemRequest{VmId: "v"}).Do()),
	} {
		refused(t, err, 501, "UNIMPLEMENTED", "not implemented")
	}
}

func TestTheConfigOfAPlace(t *testing.T) {
	p := open(t, google.Options{})
	config, err := p.instances.GetConfig(inZone).Do()
	p.must(err)
	if config.DisableWorkbenchLegacyCreation || config.DefaultValues.MachineType == "" || len(config.AvailableImages) != 2 || len(config.SupportedValues.MachineTypes) == 0 {
		t.Errorf("got %+v", config)
	}
	p.Behave(func(b *google.Behaviours) { b.LegacyCreation = false })
	if config, err = p.instances.GetConfig(inZone).Do(); err != nil || !config.DisableWorkbenchLegacyCreation {
		t.Errorf("got %+v %v", config, err)
	}
}

func TestAnInstanceHasAPolicy(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	empty, err := p.instances.GetIamPolicy(name).OptionsRequestedPolicyVersion(3).Do()
	p.must(err)
	if empty.Etag != "ACAB" || len(empty.Bindings) != 0 {
		t.Errorf("got %+v", empty)
	}
	grant := func(etag string) (*notebooksv2.Policy, error) {
		return p.instances.SetIamPolicy(name, &notebooksv2.SetIamPolicyRequest{Policy: &notebooksv2.Policy{
			Etag:     etag,
			Bindings: []*notebooksv2.Binding{{Role: "roles/notebooks.admin", Members: []string{"user:ann@example.com"}}},
		}}).Do()
	}
	p.must(second(grant(empty.Etag)))
	refused(t, second(grant(empty.Etag)), 409, "ABORTED", "concurrent policy changes")
	now, err := p.instances.GetIamPolicy(name).Do()
	if err != nil || len(now.Bindings) != 1 || now.Bindings[0].Members[0] != "user:ann@example.com" || now.Etag == empty.Etag {
		t.Errorf("got %+v %v", now, err)
	}
	may, err := p.instances.TestIamPermissions(name, &notebooksv2.TestIamPermissionsRequest{Permissions: []string{"notebooks.instances.use"}}).Do()
	if err != nil || len(may.Permissions) != 1 {
		t.Errorf("got %+v %v", may, err)
	}
	refused(t, second(p.instances.GetIamPolicy(name).OptionsRequestedPolicyVersion(2).Do()), 400, "INVALID_ARGUMENT", "policy version")
	refused(t, second(p.instances.GetIamPolicy(inZone+"/instances/nobody").Do()), 404, "NOT_FOUND", "nobody")
}

func TestWhatTheServerMayDoOneWayOrAnother(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	p.Behave(func(b *google.Behaviours) {
		b.HideOwner = true
		b.ExtraMetadata = map[string]string{"brand-new": "x"}
		b.ExtraState = "WARMING_UP"
	})
	i := p.get(name)
	if len(i.InstanceOwners) != 0 || i.GceSetup.Metadata["proxy-user-mail"] != "ann@example.com" || i.GceSetup.Metadata["brand-new"] != "x" || i.GceSetup.SystemMetadata["brand-new"] != "x" {
		t.Errorf("got %+v %+v", i, i.GceSetup)
	}
	listed, err := p.instances.List(inZone).Do()
	p.must(err)
	if len(listed.Instances[0].InstanceOwners) != 0 {
		t.Error("a list tells the owner that get hides")
	}
	op := p.create("bo", personal("bo@example.com"))
	states := map[string]bool{}
	for !p.poll(op).Done {
		states[p.get(inZone+"/instances/bo").State] = true
		p.clock.Advance(1e9)
	}
	if !states["WARMING_UP"] || !states["INITIALIZING"] || !states["PROVISIONING"] {
		t.Errorf("passed through %v", states)
	}

	p.Behave(func(b *google.Behaviours) { *b = google.Behaviours{Caller: "robot@acme.iam.gserviceaccount.com"} })
	if i := p.get(name); len(i.InstanceOwners) != 1 || i.GceSetup.Metadata["brand-new"] != "" {
		t.Errorf("the behaviours left something behind: %+v %+v", i, i.GceSetup)
	}
	p.create("cy", personal("cy@example.com"))
	if got := p.get(inZone + "/instances/cy").Creator; !strings.HasPrefix(got, "robot@") {
		t.Errorf("the creator is %s", got)
	}
}
