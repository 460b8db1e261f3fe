package notebook

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	notebooks "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func runtimeOf(t *testing.T) Wanted {
	return Wanted{
		Person: who(t, "ann.lee@example.com"), Environment: Managed, Project: testProject, Location: "us-central1", Name: "ann", Identity: AsUser,
		MachineType: "n1-standard-4", Network: "default", Subnet: "default", Labels: map[string]string{"team": "data"}, IdleShutdown: minutes(60),
	}
}

const (
	annsMarks   = `"provisioner_managed_by":"test","provisioner_owner":"` // and the label
	annsRuntime = "locations/us-central1/runtimes/ann"
)

func marks(w Wanted) string { return annsMarks + w.Person.Label() + `"` }

func TestARuntimeRunsAsItsOwner(t *testing.T) {
	w, wanted := newV1World(t), runtimeOf(t)
	n := w.ensure(wanted)
	same(t, w.wire.wrote(), []string{
		`POST locations/us-central1/runtimes?runtimeId=ann {"accessConfig":{"accessType":"SINGLE_USER","runtimeOwner":"ann.lee@example.com"},` +
			`"labels":{` + marks(wanted) + `,"team":"data"},"softwareConfig":{"idleShutdown":true,"idleShutdownTimeout":60},` +
			`"virtualMachine":{"virtualMachineConfig":{"dataDisk":{"initializeParams":{"diskSizeGb":"100","diskType":"PD_STANDARD"}},"internalIpOnly":true,` +
			`"machineType":"n1-standard-4","network":"projects/sandbox-project/global/networks/default","subnet":"projects/sandbox-project/regions/us-central1/subnetworks/default"}}}`,
	})
	if n.Outcome != Created || n.State != Active || n.Owner != "ann.lee@example.com" || n.Identity != AsUser || n.EffectiveIdentity != "user:ann.lee@example.com" ||
		!strings.HasPrefix(n.ProxyURL, "https://") || n.MachineType != "n1-standard-4" || n.IdleShutdown != minutes(60) || n.PublicIP == nil || *n.PublicIP ||
		n.ID != "projects/sandbox-project/locations/us-central1/runtimes/ann" || n.Subnet != "projects/sandbox-project/regions/us-central1/subnetworks/default" {
		t.Errorf("got %+v", n)
	}

	w.again()
	w.wire.reset()
	if again := w.ensure(wanted); again.Outcome != NoAction || len(w.wire.wrote()) > 0 {
		t.Errorf("the second time: %s after %q", again.Outcome, w.wire.wrote())
	}
}

func TestARuntimeOfAServiceAccountIsOwnedByIt(t *testing.T) {
	w := newV1World(t)
	wanted := changed(runtimeOf(t), func(w *Wanted) {
		w.Identity, w.ServiceAccount = AsServiceAccount, "nb@sandbox-project.iam.gserviceaccount.com"
	})
	n := w.ensure(wanted)
	if n.Identity != AsServiceAccount || n.ServiceAccount != wanted.ServiceAccount || n.EffectiveIdentity != "serviceAccount:"+wanted.ServiceAccount {
		t.Errorf("got %+v", n)
	}
	if sent := w.wire.wrote()[0]; !strings.Contains(sent, `{"accessType":"SERVICE_ACCOUNT","runtimeOwner":"nb@sandbox-project.iam.gserviceaccount.com"}`) {
		t.Errorf("sent %s", sent)
	}
	wanted.ServiceAccount, wanted.Name = "", "other"
	w.wire.reset()
	if _, err := w.fleet.Ensure(t.Context(), wanted); err == nil || !strings.Contains(err.Error(), "service_account") || len(w.wire.wrote()) > 0 {
		t.Errorf("without an account: %v after %q", err, w.wire.wrote())
	}
}

func TestARuntimeIsPatchedByExactlyWhatDiffers(t *testing.T) {
	wanted := runtimeOf(t)
	marked := `"labels":{` + marks(wanted)
	for name, c := range map[string]struct {
		before, after Wanted
		remote        map[string]any // what somebody did meanwhile
		writes        []string
	}{
		"nothing":              {wanted, wanted, nil, nil},
		"labels of the server": {wanted, wanted, map[string]any{"labels": map[string]any{"goog-x": "1", "of-others": "2"}}, nil},
		"a label more": {
			wanted, changed(wanted, func(w *Wanted) { w.Labels = map[string]string{"team": "data", "cost": "1"} }),
			map[string]any{"labels": map[string]any{"goog-x": "1"}},
			[]string{`PATCH ` + annsRuntime + `?updateMask=labels {` + strings.Replace(marked, "{", `{"cost":"1",`, 1) + `,"team":"data"}}`},
		},
		"a label less": {
			wanted, changed(wanted, func(w *Wanted) { w.Labels = nil }), nil,
			[]string{`PATCH ` + annsRuntime + `?updateMask=labels {` + marked + `,"team":""}}`},
		},
		"a label less that is gone already": {wanted, changed(wanted, func(w *Wanted) { w.Labels = nil }), map[string]any{"labels": map[string]any{"team": ""}}, nil},
		"idle sooner": {
			wanted, changed(wanted, func(w *Wanted) { w.IdleShutdown = minutes(30) }), nil,
			[]string{`PATCH ` + annsRuntime + `?updateMask=software_config.idle_shutdown_timeout {"softwareConfig":{"idleShutdownTimeout":30}}`},
		},
		"idle shutdown that somebody switched off": {
			wanted, wanted,
			map[string]any{"softwareConfig": map[string]any{"idleShutdown": false}},
			[]string{`PATCH ` + annsRuntime + `?updateMask=software_config.idle_shutdown,software_config.idle_shutdown_timeout {"softwareConfig":{"idleShutdown":true,"idleShutdownTimeout":60}}`},
		},
		"idle shutdown that is left to Google": {wanted, changed(wanted, func(w *Wanted) { w.IdleShutdown = 0 }), nil, nil},
		"both": {
			wanted, changed(wanted, func(w *Wanted) { w.Labels, w.IdleShutdown = map[string]string{"team": "ml"}, minutes(90) }), nil,
			[]string{`PATCH ` + annsRuntime + `?updateMask=labels,software_config.idle_shutdown_timeout {` + marked + `,"team":"ml"},"softwareConfig":{"idleShutdownTimeout":90}}`},
		},
		"what a runtime is made with": {wanted, changed(wanted, func(w *Wanted) { w.DataDisk, w.KMSKey = Disk{200, "PD_SSD"}, "k" }), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newV1World(t)
			w.ensure(wanted)
			if c.remote != nil {
				w.edit(fake.Runtime, c.remote)
			}
			n := w.update(c.before, c.after)
			same(t, w.wire.wrote(), c.writes)
			if n.State != Active {
				t.Errorf("it is %s", n.State)
			}
			w.update(c.after, c.after)
			same(t, w.wire.wrote(), nil)
		})
	}
}

func TestARunningRuntimeIsSwitchedWithoutAStopOfOurs(t *testing.T) {
	w, wanted := newV1World(t), runtimeOf(t)
	w.ensure(wanted)
	after := changed(wanted, func(w *Wanted) { w.MachineType, w.Accelerator = "n1-standard-8", &Accelerator{"NVIDIA_TESLA_T4", 1} })
	n := w.update(wanted, after)
	same(t, w.wire.wrote(), []string{`POST ` + annsRuntime + `:switch {"acceleratorConfig":{"coreCount":"1","type":"NVIDIA_TESLA_T4"},"machineType":"n1-standard-8"}`})
	if n.State != Active || n.MachineType != "n1-standard-8" || n.Accelerator == nil || *n.Accelerator != *after.Accelerator {
		t.Errorf("got %+v", n)
	}
	// Another machine type does not lose the accelerator that it has.
	w.update(changed(after, func(w *Wanted) { w.Accelerator = nil }), changed(after, func(w *Wanted) { w.MachineType, w.Accelerator = "n1-standard-2", nil }))
	same(t, w.wire.wrote(), []string{`POST ` + annsRuntime + `:switch {"acceleratorConfig":{"coreCount":"1","type":"NVIDIA_TESLA_T4"},"machineType":"n1-standard-2"}`})
}

func TestARuntimeAtRestStaysAtRestWhenItIsSwitched(t *testing.T) {
	for name, wakes := range map[string]bool{"the switch leaves it": false, "the switch wakes it": true} {
		t.Run(name, func(t *testing.T) {
			w, wanted := newV1World(t), runtimeOf(t)
			w.ensure(wanted)
			w.rest(fake.Runtime)
			switched := `POST ` + annsRuntime + `:switch {"machineType":"n1-standard-8"}`
			want := []string{switched}
			if wakes {
				want = append(want, `POST `+annsRuntime+`:stop {}`)
				w.wire.instead = func(line string) *said {
					if line == switched { // just before, so that it ends as it began: running
						w.edit(fake.Runtime, map[string]any{"state": Active})
					}
					return nil
				}
			}
			n := w.update(wanted, changed(wanted, func(w *Wanted) { w.MachineType = "n1-standard-8" }))
			same(t, w.wire.wrote(), want)
			if !n.Resting() || n.MachineType != "n1-standard-8" {
				t.Errorf("got %s with %s", n.State, n.MachineType)
			}
		})
	}
}

func TestAnEnsureDoesNotRestartARunningRuntime(t *testing.T) {
	w, wanted := newV1World(t), runtimeOf(t)
	w.ensure(wanted)
	wanted.MachineType = "n1-standard-8"
	w.again()
	w.wire.reset()
	if n := w.ensure(wanted); n.Outcome != NoAction || len(w.wire.wrote()) > 0 {
		t.Errorf("%s after %q", n.Outcome, w.wire.wrote())
	}
	w.rest(fake.Runtime)
	w.again()
	if n := w.ensure(wanted); !n.Resting() || n.MachineType != "n1-standard-8" {
		t.Errorf("at rest: got %s with %s", n.State, n.MachineType)
	}
}

func TestARuntimeIsRemovedOnce(t *testing.T) {
	w, wanted := newV1World(t), runtimeOf(t)
	w.ensure(wanted)
	w.again()
	w.wire.reset()
	for range 2 {
		if _, err := w.fleet.Remove(t.Context(), Managed, wanted.id()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, w.wire.wrote(), []string{`DELETE ` + annsRuntime})
	if _, err := w.fleet.Read(t.Context(), Managed, wanted.id()); !errors.Is(err, google.ErrGone) {
		t.Errorf("after the removal: %v", err)
	}
}

func TestALostAnswerMakesNoSecondRuntime(t *testing.T) {
	w, wanted := newV1World(t), runtimeOf(t)
	w.wire.instead = loseFirstAnswer("POST locations/us-central1/runtimes?")
	if n := w.ensure(wanted); n.Outcome != Created || n.State != Active {
		t.Errorf("got %s, %s", n.Outcome, n.State)
	}
	all, err := newManaged(w.cloud).list(t.Context(), testProject, "us-central1")
	if err != nil || len(all) != 1 {
		t.Errorf("there are %d runtimes (%v)", len(all), err)
	}
}

// loseFirstAnswer loses what Google says to the first call of a kind, after it was done.
func loseFirstAnswer(prefix string) func(string) *said {
	lost := false
	return func(line string) *said {
		if lost || !strings.HasPrefix(line, prefix) {
			return nil
		}
		lost = true
		return &said{lost: true}
	}
}

func TestANetworkBesideASubnetworkIsTakenBackWhenRefused(t *testing.T) {
	w, wanted := newV1World(t), runtimeOf(t)
	w.wire.instead = func(line string) *said {
		if strings.HasPrefix(line, "POST") && strings.Contains(line, `"network"`) {
			return &said{status: http.StatusBadRequest, body: `{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"network cannot be specified with subnet"}}`}
		}
		return nil
	}
	n := w.ensure(wanted)
	if sent := w.wire.wrote(); len(sent) != 2 || strings.Contains(sent[1], `"network"`) || !strings.Contains(sent[1], `"subnet"`) {
		t.Errorf("sent %q", sent)
	}
	if n.Outcome != Created {
		t.Errorf("got %s", n.Outcome)
	}
}

func TestARuntimeIsReadAsFarAsGoogleTells(t *testing.T) {
	const id = "projects/p/locations/us-central1/runtimes/n"
	access := func(kind, owner string) *notebooks.Runtime {
		return &notebooks.Runtime{AccessConfig: &notebooks.RuntimeAccessConfig{AccessType: kind, RuntimeOwner: owner}}
	}
	idle := func(on bool, timeout int64) *notebooks.Runtime {
		return &notebooks.Runtime{SoftwareConfig: &notebooks.RuntimeSoftwareConfig{IdleShutdown: on, IdleShutdownTimeout: timeout}}
	}
	for name, c := range map[string]struct {
		told *notebooks.Runtime
		want Notebook
	}{
		"nothing":                      {&notebooks.Runtime{}, Notebook{}},
		"a new state":                  {&notebooks.Runtime{State: "DREAMING"}, Notebook{State: "DREAMING"}},
		"another owner":                {access("SINGLE_USER", "eve@example.com"), Notebook{Owner: "eve@example.com", Identity: AsUser, EffectiveIdentity: "user:eve@example.com"}},
		"an access that nobody knows":  {access("NEW", "eve@example.com"), Notebook{Owner: "eve@example.com"}},
		"a service account":            {access("SERVICE_ACCOUNT", "x@p.iam.gserviceaccount.com"), Notebook{Identity: AsServiceAccount, ServiceAccount: "x@p.iam.gserviceaccount.com", EffectiveIdentity: "serviceAccount:x@p.iam.gserviceaccount.com"}},
		"a service account, not named": {access("SERVICE_ACCOUNT", ""), Notebook{Identity: AsServiceAccount}},
		"idle shutdown":                {idle(true, 45), Notebook{IdleShutdown: minutes(45)}},
		"idle shutdown switched off":   {idle(false, 45), Notebook{IdleShutdown: IdleOff}},
		"no idle shutdown told":        {idle(false, 0), Notebook{}},
	} {
		t.Run(name, func(t *testing.T) {
			want := c.want
			want.ID, want.Environment, want.Project, want.Location, want.Name = id, Managed, "p", "us-central1", "n"
			if got := describeRuntime(id, c.told); !reflect.DeepEqual(*got, want) {
				t.Errorf("got  %+v\nwant %+v", *got, want)
			}
		})
	}
}
