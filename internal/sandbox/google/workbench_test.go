package google_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	notebooksv2 "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const ann = inZone + "/instances/ann"

func TestAnInstanceComesUpInTheCloudsOwnTime(t *testing.T) {
	p := open(t, google.Options{})
	op := p.create("ann", personal("ann@example.com"))
	if op.Done || !strings.HasPrefix(op.Name, inZone+"/operations/") || !strings.Contains(string(op.Metadata), `"target":"`+ann+`"`) {
		t.Errorf("got %+v %s", op, op.Metadata)
	}
	for _, moment := range []struct {
		wait  time.Duration
		state string
		done  bool
	}{
		{0, "INITIALIZING", false},
		{59 * time.Second, "INITIALIZING", false},
		{time.Second, "PROVISIONING", false},
		{109 * time.Second, "PROVISIONING", false},
		{time.Second, "PROVISIONING", true}, // the operation is done before the instance is up
		{9 * time.Second, "PROVISIONING", true},
		{time.Second, "ACTIVE", true},
	} {
		p.clock.Advance(moment.wait)
		p.wantState(ann, moment.state)
		if now := p.poll(op); now.Done != moment.done {
			t.Errorf("in %s done is %v", moment.state, now.Done)
		}
	}
	end := p.poll(op)
	if end.Error != nil || !strings.Contains(string(end.Response), `"@type":"type.googleapis.com/google.cloud.notebooks.v2.Instance"`) || !strings.Contains(string(end.Metadata), `"endTime"`) {
		t.Errorf("got %s %s %+v", end.Response, end.Metadata, end.Error)
	}
}

func TestTheServerFillsAnInstanceIn(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	i := p.get(name)
	setup := i.GceSetup
	for what, ok := range map[string]bool{
		"name":             i.Name == name && i.Id != "" && setup.InstanceId != "",
		"creator":          i.Creator == "deployer@example.com",
		"times":            i.CreateTime == "2026-01-02T03:04:05Z" && i.UpdateTime == "2026-01-02T03:07:05Z",
		"address":          strings.HasSuffix(i.ProxyUri, "-dot-us-central1.notebooks.googleusercontent.com"),
		"health":           i.HealthState == "HEALTHY",
		"owner":            slices.Equal(i.InstanceOwners, []string{"ann@example.com"}),
		"boot disk":        setup.BootDisk.DiskSizeGb == 150 && setup.BootDisk.DiskType == "PD_BALANCED",
		"data disk":        len(setup.DataDisks) == 1 && setup.DataDisks[0].DiskSizeGb == 100,
		"network":          setup.NetworkInterfaces[0].Network == "projects/acme/global/networks/default" && setup.NetworkInterfaces[0].Subnet == "projects/acme/regions/us-central1/subnetworks/default",
		"tags":             slices.Equal(setup.Tags, []string{"deeplearning-vm", "notebook-instance"}),
		"image":            setup.VmImage.Project == "cloud-notebooks-managed",
		"machine":          setup.MachineType == "e2-standard-8",
		"service account":  setup.ServiceAccounts[0].Email == "service-777@gcp-sa-notebooks-vm.iam.gserviceaccount.com" && len(setup.ServiceAccounts[0].Scopes) == 2,
		"labels":           i.Labels["notebooks-managed-euc"] == "true" && i.Labels["owner-hash"] == "71d4f55f",
		"own metadata":     setup.Metadata["idle-timeout-seconds"] == "3600",
		"server metadata":  setup.Metadata["proxy-mode"] == "mail" && setup.Metadata["proxy-user-mail"] == "ann@example.com" && setup.Metadata["euc-enabled"] == "true",
		"system metadata":  setup.SystemMetadata["euc-enabled"] == "true" && setup.SystemMetadata["idle-timeout-seconds"] == "",
		"nothing shielded": setup.ShieldedInstanceConfig.EnableVtpm && !setup.ShieldedInstanceConfig.EnableSecureBoot,
	} {
		if !ok {
			t.Errorf("%s: got %+v %+v", what, i, setup)
		}
	}
}

func TestAnInstanceRunsAsAServiceAccountWithoutCredentials(t *testing.T) {
	p := open(t, google.Options{})
	shared := p.get(p.running("shared", &notebooksv2.Instance{DisableProxyAccess: true}))
	if shared.GceSetup.ServiceAccounts[0].Email != compute || shared.GceSetup.Metadata["proxy-mode"] != "service_account" || shared.Labels["notebooks-managed-euc"] != "" || shared.GceSetup.MachineType != "e2-standard-4" {
		t.Errorf("got %+v", shared.GceSetup)
	}
	if shared.ProxyUri != "" {
		t.Errorf("an instance without proxy access has the address %s", shared.ProxyUri)
	}
	custom := p.get(p.running("custom", &notebooksv2.Instance{
		InstanceOwners: []string{"ann@example.com"},
		GceSetup:       &notebooksv2.GceSetup{ServiceAccounts: []*notebooksv2.ServiceAccount{{Email: "vm@acme.iam.gserviceaccount.com"}}},
	}))
	if custom.GceSetup.ServiceAccounts[0].Email != "vm@acme.iam.gserviceaccount.com" {
		t.Errorf("got %+v", custom.GceSetup.ServiceAccounts[0])
	}
}

func TestWhatAnInstanceMayNotBe(t *testing.T) {
	p := open(t, google.Options{})
	for name, c := range map[string]struct {
		change  func(*notebooksv2.Instance)
		message string
	}{
		"two owners":  {func(i *notebooksv2.Instance) { i.InstanceOwners = append(i.InstanceOwners, "bo@example.com") }, "Only one instance owner"},
		"no address":  {func(i *notebooksv2.Instance) { i.InstanceOwners = []string{"ann"} }, "Invalid instance owner"},
		"third party": {func(i *notebooksv2.Instance) { i.EnableThirdPartyIdentity = true }, "enable_third_party_identity"},
		"no owner":    {func(i *notebooksv2.Instance) { i.InstanceOwners = nil }, "exactly one instance owner"},
		"own account": {func(i *notebooksv2.Instance) {
			i.GceSetup.ServiceAccounts = []*notebooksv2.ServiceAccount{{Email: "vm@acme.iam.gserviceaccount.com"}}
		}, "custom service account"},
		"own image": {func(i *notebooksv2.Instance) { i.GceSetup.VmImage = &notebooksv2.VmImage{Project: "acme", Name: "x"} }, "Only images provided by Google"},
		"own container": {func(i *notebooksv2.Instance) {
			i.GceSetup.ContainerImage = &notebooksv2.ContainerImage{Repository: "gcr.io/acme/x"}
		}, "Only images provided by Google"},
		"startup script": {func(i *notebooksv2.Instance) { i.GceSetup.Metadata["startup-script"] = "echo" }, `"startup-script"`},
		"two images": {func(i *notebooksv2.Instance) {
			i.GceSetup.ContainerImage = &notebooksv2.ContainerImage{Repository: "gcr.io/deeplearning-platform-release/x"}
			i.GceSetup.VmImage = &notebooksv2.VmImage{Project: "cloud-notebooks-managed"}
		}, "Only one of vm_image and container_image"},
		"two data disks": {func(i *notebooksv2.Instance) {
			i.GceSetup.DataDisks = []*notebooksv2.DataDisk{{DiskSizeGb: 1}, {DiskSizeGb: 2}}
		}, "Only one data disk"},
		"a huge disk":    {func(i *notebooksv2.Instance) { i.GceSetup.BootDisk = &notebooksv2.BootDisk{DiskSizeGb: 64001} }, "64000"},
		"no key":         {func(i *notebooksv2.Instance) { i.GceSetup.BootDisk = &notebooksv2.BootDisk{DiskEncryption: "CMEK"} }, "kms_key"},
		"a label":        {func(i *notebooksv2.Instance) { i.Labels["owner"] = "ann@example.com" }, `label "owner"`},
		"a local script": {func(i *notebooksv2.Instance) { i.GceSetup.Metadata["post-startup-script"] = "/tmp/x" }, "gs://"},
	} {
		t.Run(name, func(t *testing.T) {
			i := personal("ann@example.com")
			c.change(i)
			_, err := p.instances.Create(inZone, i).InstanceId("ann").Do()
			refused(t, err, 400, "INVALID_ARGUMENT", c.message)
		})
	}
	for _, id := range []string{"Ann", "ann.lee", "1ann", "ann-", strings.Repeat("a", 64)} {
		_, err := p.instances.Create(inZone, personal("ann@example.com")).InstanceId(id).Do()
		refused(t, err, 400, "INVALID_ARGUMENT", "instance_id")
	}
	for _, place := range []string{"us-central1", "-", "nowhere"} {
		_, err := p.instances.Create("projects/acme/locations/"+place, personal("ann@example.com")).InstanceId("ann").Do()
		refused(t, err, 400, "INVALID_ARGUMENT", "it must be a zone")
	}
	if left := p.Workbenches(); len(left) != 0 {
		t.Errorf("refused requests made %d instances", len(left))
	}
	p.create("a"+strings.Repeat("b", 61)+"c", personal("ann@example.com")) // 63 are allowed
}

func TestReservedMetadataFailsOnTheWay(t *testing.T) {
	p := open(t, google.Options{})
	i := personal("ann@example.com")
	i.GceSetup.Metadata["title"] = "mine"
	p.failed(p.create("ann", i), 3, `metadata key "title" is protected by Workbench Notebooks`)
	_, err := p.instances.Get(ann).Do()
	refused(t, err, 404, "NOT_FOUND", ann)

	i = personal("ann@example.com")
	i.GceSetup.Metadata["ssh-keys"] = "ann:key"
	p.failed(p.create("ann", i), 3, `"ssh-keys" is protected`)
	i.EnableManagedEuc = false
	p.settled(p.create("ann", i), nil) // reserved with the owner's credentials only
}

func TestANameIsTakenUntilItsDeletionEnds(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	_, err := p.instances.Create(inZone, personal("ann@example.com")).InstanceId("ann").Do()
	refused(t, err, 409, "ALREADY_EXISTS", name)
	if _, err := p.instances.Create("projects/acme/locations/us-central1-b", personal("ann@example.com")).InstanceId("ann").Do(); err != nil {
		t.Errorf("a name is free in another zone: %v", err)
	}

	op, err := p.instances.Delete(name).Do()
	p.must(err)
	p.wantState(name, "DELETED")
	_, err = p.instances.Create(inZone, personal("ann@example.com")).InstanceId("ann").Do()
	refused(t, err, 409, "ALREADY_EXISTS", name)
	p.clock.Advance(40 * time.Second)
	if end := p.poll(op); !end.Done || !strings.Contains(string(end.Response), "google.protobuf.Empty") {
		t.Errorf("got %+v %s", end, end.Response)
	}
	_, err = p.instances.Get(name).Do()
	refused(t, err, 404, "NOT_FOUND", name)
	_, err = p.instances.Delete(name).Do()
	refused(t, err, 404, "NOT_FOUND", name)
	p.create("ann", personal("ann@example.com"))
}

func TestTheSameRequestIsOneRequest(t *testing.T) {
	p := open(t, google.Options{})
	const id = "5f4dcc3b-5aa7-65d6-1d83-27deb882cf99"
	create := func(name, request string) (*notebooksv2.Operation, error) {
		return p.instances.Create(inZone, personal("ann@example.com")).InstanceId(name).RequestId(request).Do()
	}
	first, err := create("ann", id)
	p.must(err)
	again, err := create("ann", id)
	p.must(err)
	if again.Name != first.Name {
		t.Errorf("the same request began %s and %s", first.Name, again.Name)
	}
	p.clock.Advance(3 * time.Minute)
	if again, err = create("ann", id); err != nil || !again.Done {
		t.Errorf("got %+v %v", again, err)
	}
	_, err = create("ann", "00000000-0000-0000-0000-000000000001")
	refused(t, err, 409, "ALREADY_EXISTS", ann)
	_, err = create("bo", "not a uuid")
	refused(t, err, 400, "INVALID_ARGUMENT", "request_id")

	stop, err := p.instances.Delete(ann).RequestId(id).Do()
	p.must(err)
	p.clock.Advance(time.Minute)
	if again, err := p.instances.Delete(ann).RequestId(id).Do(); err != nil || again.Name != stop.Name || !again.Done {
		t.Errorf("got %+v %v, want the same operation", again, err)
	}
}

func TestInstancesStartAndStop(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	_, err := p.instances.Start(name, &notebooksv2.StartInstanceRequest{}).Do()
	refused(t, err, 400, "FAILED_PRECONDITION", "ACTIVE")

	stop, err := p.instances.Stop(name, &notebooksv2.StopInstanceRequest{}).Do()
	p.must(err)
	p.wantState(name, "STOPPING")
	p.clock.Advance(45 * time.Second)
	p.wantState(name, "STOPPED")
	if !p.poll(stop).Done || p.get(name).HealthState != "" {
		t.Error("a stopped instance is healthy, or its stop is not done")
	}
	for _, err := range []error{
		second(p.instances.Stop(name, &notebooksv2.StopInstanceRequest{}).Do()),
		second(p.instances.Reset(name, &notebooksv2.ResetInstanceRequest{}).Do()),
	} {
		refused(t, err, 400, "FAILED_PRECONDITION", "STOPPED")
	}

	p.must(second(p.instances.Start(name, &notebooksv2.StartInstanceRequest{}).Do()))
	p.wantState(name, "STARTING")
	p.clock.Advance(59 * time.Second)
	p.wantState(name, "STARTING")
	p.clock.Advance(time.Second)
	p.wantState(name, "ACTIVE")

	p.must(second(p.instances.Reset(name, &notebooksv2.ResetInstanceRequest{}).Do()))
	p.wantState(name, "STARTING")
	p.clock.Advance(time.Minute)
	p.wantState(name, "ACTIVE")
}

func second[T any](_ T, err error) error { return err }

func TestOneOperationAtATime(t *testing.T) {
	p := open(t, google.Options{})
	p.create("ann", personal("ann@example.com"))
	busy := func() {
		t.Helper()
		for _, err := range []error{
			second(p.instances.Start(ann, &notebooksv2.StartInstanceRequest{}).Do()),
			second(p.instances.Stop(ann, &notebooksv2.StopInstanceRequest{}).Do()),
			second(p.instances.Patch(ann, &notebooksv2.Instance{Labels: map[string]string{"a": "b"}}).UpdateMask("labels").Do()),
			second(p.instances.Delete(ann).Do()),
		} {
			refused(t, err, 409, "ABORTED", "unable to queue the operation")
		}
	}
	busy()
	p.clock.Advance(175 * time.Second)
	busy() // the operation is done, and the instance not yet up
	p.clock.Advance(5 * time.Second)
	p.must(second(p.instances.Stop(ann, &notebooksv2.StopInstanceRequest{}).Do()))
	busy()
}

func TestSpeedShortensTheWait(t *testing.T) {
	p := open(t, google.Options{Speed: 60})
	p.create("ann", personal("ann@example.com"))
	p.clock.Advance(2999 * time.Millisecond)
	p.wantState(ann, "PROVISIONING")
	p.clock.Advance(time.Millisecond)
	p.wantState(ann, "ACTIVE")

	p.SetTimings(func(timings *google.Timings) { timings.Stop = 10 * time.Minute })
	p.must(second(p.instances.Stop(ann, &notebooksv2.StopInstanceRequest{}).Do()))
	p.clock.Advance(9 * time.Second)
	p.wantState(ann, "STOPPING")
	p.clock.Advance(time.Second)
	p.wantState(ann, "STOPPED")
}
