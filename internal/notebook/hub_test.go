package notebook

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	notebooks "google.golang.org/api/notebooks/v1"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const annsHub = "locations/us-central1-a/instances/ann"

func hubOf(t *testing.T) Wanted {
	return Wanted{
		Person: who(t, "ann.lee@example.com"), Environment: DataprocHub, Project: testProject, Location: "us-central1-a", Name: "ann", Identity: AsUser,
		MachineType: "e2-medium", Network: "default", Subnet: "default", PublicIP: true, Labels: map[string]string{"team": "data"},
		ServiceAccount: "hub@sandbox-project.iam.gserviceaccount.com", Metadata: map[string]string{"notebooks-location": "gs://bkt/notebooks"},
		Templates: []string{"gs://bkt/templates/ann-x/one.yaml", "gs://bkt/templates/ann-x/two.yaml"},
	}
}

func TestAHubIsMadeWithoutWhatIsTheServers(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	n := w.ensure(wanted)
	same(t, w.wire.wrote(), []string{
		`POST locations/us-central1-a/instances?instanceId=ann {"instanceOwners":["ann.lee@example.com"],"labels":{` + marks(wanted) + `,"team":"data"},"machineType":"e2-medium",` +
			`"metadata":{"agent-env-file":"gs://dataproc-spawner-dist/env-agent","agent-health-check-path":"/hub/health","container":"gcr.io/cloud-dataproc/dataproc-spawner:prod",` +
			`"container-use-host-network":"True","dataproc-configs":"bkt/templates/ann-x/one.yaml,bkt/templates/ann-x/two.yaml",` +
			`"dataproc-default-subnet":"projects/sandbox-project/regions/us-central1/subnetworks/default","dataproc-locations-list":"a","disable-mixer":"true","disable-swap-binaries":"true",` +
			`"enable-guest-attributes":"TRUE","enable-oslogin":"TRUE","jupyterhub-host-type":"ain","notebooks-location":"gs://bkt/notebooks","report-container-health":"true",` +
			`"report-system-health":"true","serial-port-logging-enable":"true"},` +
			`"network":"projects/sandbox-project/global/networks/default","serviceAccount":"hub@sandbox-project.iam.gserviceaccount.com",` +
			`"subnet":"projects/sandbox-project/regions/us-central1/subnetworks/default","vmImage":{"imageFamily":"common-container","project":"deeplearning-platform-release"}}`,
	})
	if n.Outcome != Created || n.State != Active || n.Owner != "ann.lee@example.com" || n.Identity != AsUser || n.EffectiveIdentity != "user:ann.lee@example.com" ||
		!strings.HasPrefix(n.ProxyURL, "https://") || n.PublicIP == nil || !*n.PublicIP || n.ServiceAccount != wanted.ServiceAccount || len(n.Tags) > 0 ||
		!reflect.DeepEqual(n.Templates, wanted.Templates) {
		t.Errorf("got %+v", n)
	}

	w.again()
	w.wire.reset()
	if again := w.ensure(wanted); again.Outcome != NoAction || len(w.wire.wrote()) > 0 {
		t.Errorf("the second time: %s after %q", again.Outcome, w.wire.wrote())
	}
}

func TestAHubNeedsTemplates(t *testing.T) {
	w := newV1World(t)
	_, err := w.fleet.Ensure(t.Context(), changed(hubOf(t), func(w *Wanted) { w.Templates = nil }))
	if err == nil || !strings.Contains(err.Error(), "templates") || len(w.wire.wrote()) > 0 {
		t.Errorf("got %v after %q", err, w.wire.wrote())
	}
}

func TestAHubIsChangedByExactlyWhatDiffers(t *testing.T) {
	wanted := hubOf(t)
	labels := `PATCH ` + annsHub + `:setLabels {"labels":{`
	items := `PATCH ` + annsHub + `:updateMetadataItems {"items":{`
	with := func(change func(*Wanted)) Wanted { return changed(wanted, change) }
	for name, c := range map[string]struct {
		before, after Wanted
		remote        map[string]any // what somebody did meanwhile
		writes        []string
	}{
		"nothing":              {wanted, wanted, nil, nil},
		"what the server adds": {wanted, wanted, map[string]any{"labels": map[string]any{"goog-new": "1"}, "metadata": map[string]any{"proxy-url": "u", "new-key": "v"}, "tags": []string{"deeplearning-vm"}}, nil},
		"a label more keeps those of others": {
			wanted, with(func(w *Wanted) { w.Labels = map[string]string{"team": "data", "cost": "1"} }),
			map[string]any{"labels": map[string]any{"of-others": "2"}},
			[]string{labels + `"cost":"1","of-others":"2",` + marks(wanted) + `,"team":"data"}}`},
		},
		"a label less": {
			wanted, with(func(w *Wanted) { w.Labels = nil }), nil,
			[]string{labels + marks(wanted) + `}}`},
		},
		"metadata": {
			wanted, with(func(w *Wanted) { w.Metadata = map[string]string{"hub-allow-named-servers": "true"} }), nil,
			[]string{items + `"hub-allow-named-servers":"true","notebooks-location":""}}`},
		},
		"metadata that somebody changed": {
			wanted, wanted,
			map[string]any{"metadata": map[string]any{"notebooks-location": "gs://elsewhere"}},
			[]string{items + `"notebooks-location":"gs://bkt/notebooks"}}`},
		},
		"metadata that is gone already": {
			wanted, with(func(w *Wanted) { w.Metadata = nil }), map[string]any{"metadata": map[string]any{"notebooks-location": ""}}, nil,
		},
		"templates": {
			wanted, with(func(w *Wanted) { w.Templates = []string{"gs://bkt/templates/ann-x/two.yaml"} }), nil,
			[]string{items + `"dataproc-configs":"bkt/templates/ann-x/two.yaml"}}`},
		},
		"templates and metadata at once": {
			wanted, with(func(w *Wanted) {
				w.Templates, w.Metadata = []string{"gs://bkt/x.yaml"}, map[string]string{"notebooks-location": "gs://c"}
			}), nil,
			[]string{items + `"dataproc-configs":"bkt/x.yaml","notebooks-location":"gs://c"}}`},
		},
		"what a hub is made with": {wanted, with(func(w *Wanted) { w.DataDisk, w.Tags, w.KMSKey = Disk{200, "PD_SSD"}, []string{"x"}, "k" }), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newV1World(t)
			w.ensure(wanted)
			if c.remote != nil {
				w.edit(fake.LegacyInstance, c.remote)
			}
			w.rest(fake.LegacyInstance)
			n := w.update(c.before, c.after)
			same(t, w.wire.wrote(), c.writes)
			if !n.Resting() {
				t.Errorf("an edit brought it to %s", n.State)
			}
			w.update(c.after, c.after)
			same(t, w.wire.wrote(), nil)
		})
	}
}

func TestAHubWhoseMetadataAreNotToldIsChangedByTheConfigurationAlone(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	w.ensure(wanted)
	w.fake.Behave(func(b *fake.Behaviours) { b.HideLegacyMetadata = true })
	n := w.update(wanted, wanted)
	same(t, w.wire.wrote(), nil)
	if n.Owner != "ann.lee@example.com" || n.EffectiveIdentity != "user:ann.lee@example.com" { // from the configuration
		t.Errorf("got %+v", n)
	}
	if read, err := w.fleet.Read(t.Context(), DataprocHub, wanted.id()); err != nil || read.Owner != "" || read.Identity != "" || read.Templates != nil {
		t.Errorf("read %+v, %v", read, err)
	}
	w.update(wanted, changed(wanted, func(w *Wanted) {
		w.Templates, w.Metadata = []string{"gs://bkt/x.yaml"}, map[string]string{"hub-allow-named-servers": "true"}
	}))
	same(t, w.wire.wrote(), []string{`PATCH ` + annsHub + `:updateMetadataItems {"items":{"dataproc-configs":"bkt/x.yaml","hub-allow-named-servers":"true","notebooks-location":""}}`})
}

func TestAHubsMachineIsChangedAtRest(t *testing.T) {
	set := `PATCH ` + annsHub + `:setMachineType {"machineType":"e2-standard-2"}`
	for name, c := range map[string]struct {
		rests  bool
		writes []string
	}{
		"running": {false, []string{`POST ` + annsHub + `:stop {}`, set, `POST ` + annsHub + `:start {}`}},
		"at rest": {true, []string{set}},
	} {
		t.Run(name, func(t *testing.T) {
			w, wanted := newV1World(t), hubOf(t)
			w.ensure(wanted)
			if c.rests {
				w.rest(fake.LegacyInstance)
			}
			n := w.update(wanted, changed(wanted, func(w *Wanted) { w.MachineType = "e2-standard-2" }))
			same(t, w.wire.wrote(), c.writes)
			if n.Resting() != c.rests || n.MachineType != "e2-standard-2" {
				t.Errorf("got %s with %s", n.State, n.MachineType)
			}
		})
	}
}

func TestAHubIsRemoved(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	w.ensure(wanted)
	w.again()
	w.wire.reset()
	for range 2 {
		if _, err := w.fleet.Remove(t.Context(), DataprocHub, wanted.id()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, w.wire.wrote(), []string{`DELETE ` + annsHub})
}

func TestALostAnswerMakesNoSecondHub(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	w.wire.instead = loseFirstAnswer("POST locations/us-central1-a/instances?")
	n := w.ensure(wanted)
	if n.Outcome != Created || n.State != Active || len(w.wire.wrote()) != 1 {
		t.Errorf("got %s, %s after %q", n.Outcome, n.State, w.wire.wrote())
	}
}

func TestAHalfMadeHubIsFinished(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	p := newHub(w.cloud)
	if _, err := p.create(t.Context(), wanted, ""); err != nil { // and then the run was killed
		t.Fatal(err)
	}
	if n := w.ensure(wanted); n.Outcome != Created || n.State != Active || len(w.wire.wrote()) != 1 {
		t.Errorf("got %s, %s after %q", n.Outcome, n.State, w.wire.wrote())
	}
}

func TestWhatAFailedCreationOfAHubLeftIsMadeAgain(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	p := newHub(w.cloud)
	w.fake.FailOperation(fake.Failure{Match: "ann", Verb: "create", Code: 8, Message: "no machines", Leaves: fake.Half})
	operation, err := p.create(t.Context(), wanted, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.finish(t.Context(), operation); err == nil { // and then the run was killed
		t.Fatal("the creation did not fail")
	}
	w.wire.reset()
	n := w.ensure(wanted)
	if wrote := w.wire.wrote(); n.State != Active || len(wrote) != 2 || !strings.HasPrefix(wrote[0], "DELETE ") {
		t.Errorf("got %s after %q", n.State, wrote)
	}
}

func TestAHubIsReadAsFarAsGoogleTells(t *testing.T) {
	const id = "projects/p/locations/us-central1-a/instances/n"
	told := func(metadata map[string]string) *notebooks.Instance {
		return &notebooks.Instance{Metadata: metadata, ServiceAccount: "sa@p.iam.gserviceaccount.com"}
	}
	for name, c := range map[string]struct {
		told                       *notebooks.Instance
		owner, effective           string
		identity                   Identity
		templates                  []string
		bootDisk, dataDisk, images string
	}{
		"nothing":             {told: told(nil)},
		"its owner":           {told: told(map[string]string{"proxy-mode": "mail", "proxy-user-mail": "eve@example.com"}), owner: "eve@example.com", identity: AsUser, effective: "user:eve@example.com"},
		"shared":              {told: told(map[string]string{"proxy-mode": "service_account", "proxy-user-mail": "eve@example.com"}), identity: AsServiceAccount, effective: "serviceAccount:sa@p.iam.gserviceaccount.com"},
		"not set up yet":      {told: &notebooks.Instance{State: "PROVISIONING", Metadata: map[string]string{"proxy-mode": "service_account"}}},
		"the owner after all": {told: &notebooks.Instance{InstanceOwners: []string{"eve@example.com"}}, owner: "eve@example.com", identity: AsUser, effective: "user:eve@example.com"},
		"templates of the published module": {
			told: told(map[string]string{"dataproc-configs": "bkt/generated/eve@example.com, gs://bkt/x.yaml,"}), templates: []string{"gs://bkt/generated/eve@example.com", "gs://bkt/x.yaml"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := describeHub(id, c.told)
			if n.Owner != c.owner || n.Identity != c.identity || n.EffectiveIdentity != c.effective || !reflect.DeepEqual(n.Templates, c.templates) {
				t.Errorf("got %+v", n)
			}
		})
	}
	full := describeHub(id, &notebooks.Instance{
		MachineType: "https://compute.example.com/projects/p/zones/z/machineTypes/e2-medium", Tags: []string{"deeplearning-vm", "notebook-instance", "mine"},
		NoPublicIp: true, ProxyUri: "x-dot-us-central1.notebooks.googleusercontent.com", State: "DREAMING",
		Disks:             []*notebooks.Disk{{Boot: true, DiskSizeGb: 120}, {DiskSizeGb: 80}},
		AcceleratorConfig: &notebooks.AcceleratorConfig{Type: "NVIDIA_TESLA_T4", CoreCount: 1},
		VmImage:           &notebooks.VmImage{Project: "i", ImageFamily: "f"},
	})
	if full.MachineType != "e2-medium" || !reflect.DeepEqual(full.Tags, []string{"mine"}) || *full.PublicIP || full.BootDisk.SizeGB != 120 || full.DataDisk.SizeGB != 80 ||
		full.ProxyURL != "https://x-dot-us-central1.notebooks.googleusercontent.com" || *full.Accelerator != (Accelerator{"NVIDIA_TESLA_T4", 1}) || full.Image != (Image{Project: "i", Family: "f"}) || !full.Settled() {
		t.Errorf("got %+v", full)
	}
}

func TestALostAnswerToAMetadataEditIsRepeated(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	w.ensure(wanted)
	failed := false
	w.wire.instead = func(line string) *said {
		if strings.Contains(line, ":updateMetadataItems") && !failed {
			failed = true
			return &said{status: http.StatusServiceUnavailable, body: `{"error":{"code":503,"status":"UNAVAILABLE","message":"try again"}}`}
		}
		return nil
	}
	n := w.update(wanted, changed(wanted, func(w *Wanted) { w.Templates = []string{"gs://bkt/x.yaml"} }))
	if len(w.wire.wrote()) != 2 || !reflect.DeepEqual(n.Templates, []string{"gs://bkt/x.yaml"}) {
		t.Errorf("got %q after %q", n.Templates, w.wire.wrote())
	}
}

func TestAHubOfThePublishedDeployerIsTakenOver(t *testing.T) {
	w, wanted := newV1World(t), hubOf(t)
	if err := w.fake.Seed(fake.LegacyInstance, wanted.id(), map[string]any{
		"machineType": "e2-medium", "serviceAccount": wanted.ServiceAccount, "vmImage": map[string]any{"project": hubImageProject, "imageFamily": hubImageFamily},
		"instanceOwners": []string{"ann.lee@example.com"}, "labels": map[string]any{"team": "data"},
		"metadata": map[string]any{"dataproc-configs": "bkt/generated/ann.lee@example.com", "container": "gcr.io/cloud-dataproc/dataproc-spawner:prod", "notebooks-location": "gs://bkt/notebooks"},
	}, ""); err != nil {
		t.Fatal(err)
	}
	read, err := w.fleet.Read(t.Context(), DataprocHub, wanted.id())
	if err != nil || read.Owner != "ann.lee@example.com" {
		t.Fatalf("read %+v, %v", read, err)
	}
	before := changed(wanted, func(w *Wanted) { w.Templates = read.Templates })
	if changes := Changes(before, wanted); len(changes) != 1 || changes[0].Attribute != "templates" || changes[0].Replace {
		t.Errorf("planned %+v", changes)
	}
	w.update(before, wanted)
	same(t, w.wire.wrote(), []string{
		`PATCH ` + annsHub + `:setLabels {"labels":{` + marks(wanted) + `,"team":"data"}}`,
		`PATCH ` + annsHub + `:updateMetadataItems {"items":{"dataproc-configs":"bkt/templates/ann-x/one.yaml,bkt/templates/ann-x/two.yaml"}}`,
	})
	w.update(wanted, wanted)
	same(t, w.wire.wrote(), nil)
}
