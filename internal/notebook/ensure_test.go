package notebook_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/snapshot"
)

func TestEnsureMakesANotebookThatReadsDataAsItsOwner(t *testing.T) {
	p := newProject(t)
	n := p.ensured(wanted())
	if n.Outcome != notebook.Created || n.Problem != nil || n.State != notebook.Active || !n.Settled() {
		t.Errorf("got %+v", n)
	}
	if n.Owner != ana.Email() || n.Identity != notebook.AsUser || n.EffectiveIdentity != "user:"+ana.Email() {
		t.Errorf("owner %q, identity %q, effective %q", n.Owner, n.Identity, n.EffectiveIdentity)
	}
	if !strings.HasPrefix(n.ProxyURL, "https://") || n.ID != idOf("ana") || n.IdleShutdown != 3*time.Hour || *n.PublicIP {
		t.Errorf("got %+v", n)
	}
	sent := p.last("POST instances")
	setup := sent.Body["gceSetup"].(map[string]any)
	for what, pair := range map[string][2]any{
		"owner":         {fmt.Sprint(sent.Body["instanceOwners"]), "[ana.diaz@example.com]"},
		"EUC":           {sent.Body["enableManagedEuc"], true},
		"image":         {fmt.Sprint(setup["vmImage"]), "map[family:workbench-instances project:cloud-notebooks-managed]"},
		"public":        {setup["disablePublicIp"], true},
		"metadata":      {fmt.Sprint(setup["metadata"]), "map[idle-timeout-seconds:10800 notebook-disable-downloads:true]"},
		"labels":        {fmt.Sprint(sent.Body["labels"]), "map[provisioner_managed_by:test provisioner_owner:" + ana.Label() + " team:data]"},
		"account":       {setup["serviceAccounts"], nil},
		"network":       {setup["networkInterfaces"], nil},
		"disks":         {setup["dataDisks"], nil},
		"instance name": {sent.Query["instanceId"][0], "ana"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: sent %v, want %v", what, pair[0], pair[1])
		}
	}
	if len(sent.Query["requestId"]) != 1 || len(sent.Query["requestId"][0]) != 36 {
		t.Errorf("request id %v", sent.Query["requestId"])
	}
	if calls := p.writes(); len(calls) != 1 {
		t.Errorf("writes %v", calls)
	}
}

func TestEnsureSendsAllThatIsWanted(t *testing.T) {
	p := newProject(t)
	key := "projects/k/locations/us-central1/keyRings/r/cryptoKeys/c"
	n := p.ensured(wanted(func(w *notebook.Wanted) {
		w.Identity, w.ServiceAccount = notebook.AsServiceAccount, "runner@sandbox-project.iam.gserviceaccount.com"
		w.Network, w.Subnet, w.PublicIP, w.Tags = "wide", "narrow", true, []string{"notebooks"}
		w.BootDisk, w.DataDisk = notebook.Disk{SizeGB: 200, Type: "PD_SSD"}, notebook.Disk{SizeGB: 300}
		w.KMSKey, w.Image = key, notebook.Image{Name: "workbench-instances-v20261006"}
		w.MachineType, w.Accelerator = "n1-standard-4", &notebook.Accelerator{Type: "NVIDIA_TESLA_T4", Count: 1}
	}))
	sent := p.last("POST instances")
	setup := sent.Body["gceSetup"].(map[string]any)
	for what, pair := range map[string][2]any{
		"EUC":         {sent.Body["enableManagedEuc"], nil},
		"owner":       {fmt.Sprint(sent.Body["instanceOwners"]), "[ana.diaz@example.com]"},
		"account":     {fmt.Sprint(setup["serviceAccounts"]), "[map[email:runner@sandbox-project.iam.gserviceaccount.com]]"},
		"network":     {fmt.Sprint(setup["networkInterfaces"]), "[map[network:projects/sandbox-project/global/networks/wide subnet:projects/sandbox-project/regions/us-central1/subnetworks/narrow]]"},
		"boot disk":   {fmt.Sprint(setup["bootDisk"]), "map[diskEncryption:CMEK diskSizeGb:200 diskType:PD_SSD kmsKey:" + key + "]"},
		"data disk":   {fmt.Sprint(setup["dataDisks"]), "[map[diskEncryption:CMEK diskSizeGb:300 kmsKey:" + key + "]]"},
		"accelerator": {fmt.Sprint(setup["acceleratorConfigs"]), "[map[coreCount:1 type:NVIDIA_TESLA_T4]]"},
		"image":       {fmt.Sprint(setup["vmImage"]), "map[name:workbench-instances-v20261006 project:cloud-notebooks-managed]"},
		"public":      {setup["disablePublicIp"], nil},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: sent %v, want %v", what, pair[0], pair[1])
		}
	}
	if n.EffectiveIdentity != "serviceAccount:runner@sandbox-project.iam.gserviceaccount.com" || n.Identity != notebook.AsServiceAccount || n.Owner != ana.Email() {
		t.Errorf("effective %q, identity %q, owner %q", n.EffectiveIdentity, n.Identity, n.Owner)
	}
	if n.KMSKey != key || n.DataDisk.SizeGB != 300 || n.BootDisk.Type != "PD_SSD" || !*n.PublicIP || !slices.Equal(n.Tags, []string{"notebooks"}) || *n.Accelerator != (notebook.Accelerator{Type: "NVIDIA_TESLA_T4", Count: 1}) {
		t.Errorf("got %+v", n)
	}
}

func TestEnsureFindsWhatIsThere(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.forgetCalls()
	if n := p.ensured(wanted()); n.Outcome != notebook.NoAction || n.State != notebook.Active {
		t.Errorf("got %+v", n)
	}
	p.does("stop")
	p.clock.Advance(time.Hour)
	p.forgetCalls()
	if n := p.ensured(wanted()); n.Outcome != notebook.NoAction || n.State != notebook.Stopped || n.Problem != nil {
		t.Errorf("an idle-stopped notebook: %+v", n)
	}
	if calls := p.writes(); len(calls) != 0 {
		t.Errorf("writes %v", calls)
	}
}

func TestEnsureLeavesTheThingsOfOthersAlone(t *testing.T) {
	for name, labels := range map[string]map[string]string{
		"nobody's":               nil,
		"another installation's": {google.LabelManagedBy: "other", google.LabelOwner: ana.Label()},
		"another person's":       {google.LabelManagedBy: installation, google.LabelOwner: bob.Label()},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.others("ana", labels)
			p.forgetCalls()
			_, err := p.fleet().Ensure(t.Context(), wanted())
			says(t, err, google.ErrExists, idOf("ana"), ana.Email(), "Import it, or give this one another name")
			if calls := p.writes(); len(calls) != 0 {
				t.Errorf("writes %v", calls)
			}
		})
	}
}

func TestEnsureRefusesAnotherIdentity(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted(func(w *notebook.Wanted) { w.Identity = notebook.AsServiceAccount }))
	p.forgetCalls()
	_, err := p.fleet().Ensure(t.Context(), wanted())
	says(t, err, notebook.ErrOther, `identity is "service_account"`)
	if calls := p.writes(); len(calls) != 0 {
		t.Errorf("writes %v", calls)
	}
}

func TestEnsureBringsWhatItFindsToWhatIsWantedWithoutDisturbing(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.forgetCalls()
	more := wanted(func(w *notebook.Wanted) { w.Labels = map[string]string{"team": "ops"}; w.MachineType = "e2-standard-8" })
	if n := p.ensured(more); n.Outcome != notebook.NoAction || n.Labels["team"] != "ops" || n.MachineType != "e2-standard-4" || n.State != notebook.Active {
		t.Errorf("got %+v", n)
	}
	if mask := p.last("PATCH instances/ana").Query["updateMask"]; mask[0] != "labels" {
		t.Errorf("mask %v", mask)
	}
	p.does("stop")
	p.clock.Advance(time.Hour)
	if n := p.ensured(more); n.MachineType != "e2-standard-8" || n.State != notebook.Stopped {
		t.Errorf("at rest: got %+v", n)
	}
}

// A runtime's machine is switched while it runs, and restarts for it: that waits for a plan that says so.
func TestEnsureDoesNotRestartARuntime(t *testing.T) {
	p := newProject(t)
	legacy := func(w *notebook.Wanted) {
		w.Environment, w.Location, w.Metadata, w.MachineType = notebook.Managed, "us-central1", nil, "n1-standard-4"
	}
	p.ensured(wanted(legacy))
	p.forgetCalls()
	n := p.ensured(wanted(legacy, func(w *notebook.Wanted) { w.MachineType, w.Labels = "n1-standard-8", nil }))
	if n.Outcome != notebook.NoAction || n.MachineType != "n1-standard-4" || n.State != notebook.Active || len(p.writes()) != 0 {
		t.Errorf("%s %s %s after %v", n.Outcome, n.MachineType, n.State, p.writes())
	}
}

func TestEnsureKeepsTheDesiredState(t *testing.T) {
	p := newProject(t)
	stopped := wanted(func(w *notebook.Wanted) { w.DesiredState = notebook.Stopped })
	if n := p.ensured(stopped); n.State != notebook.Stopped || n.Outcome != notebook.Created || n.Problem != nil {
		t.Errorf("got %+v", n)
	}
	if n := p.ensured(wanted(func(w *notebook.Wanted) { w.DesiredState = notebook.Active })); n.State != notebook.Active || n.Outcome != notebook.NoAction {
		t.Errorf("got %+v", n)
	}
	if n := p.ensured(stopped); n.State != notebook.Stopped || n.Outcome != notebook.NoAction {
		t.Errorf("got %+v", n)
	}
}

func TestTwoResourcesCannotAskForOneNotebook(t *testing.T) {
	p := newProject(t)
	f := p.fleet()
	if _, err := f.Ensure(t.Context(), wanted()); err != nil {
		t.Fatal(err)
	}
	_, err := f.Ensure(t.Context(), wanted(func(w *notebook.Wanted) { w.Person = bob }))
	says(t, err, ledger.ErrClaimed, "bob@example.com", idOf("ana"))
	if _, err := f.Ensure(t.Context(), wanted(func(w *notebook.Wanted) { w.Name = "other" })); err != nil {
		t.Errorf("another name: %v", err)
	}
}

func TestAFailedEnsureGivesItsClaimBack(t *testing.T) {
	p := newProject(t)
	f := p.fleet()
	p.loses("POST instances", answered(403, refusal(403, "PERMISSION_DENIED", "no")))
	if _, err := f.Ensure(t.Context(), wanted()); err == nil {
		t.Fatal("no error")
	}
	if _, err := f.Ensure(t.Context(), wanted()); err != nil {
		t.Error(err)
	}
}

// A great many ask at once: the list answers, and each creation needs no look of its own.
func TestManyEnsuresCostOneList(t *testing.T) {
	p := newProject(t)
	f := p.fleet()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			w := wanted(func(w *notebook.Wanted) {
				w.Person = mustPerson(fmt.Sprintf("p%d@example.com", i))
				w.Name = fmt.Sprint("n-", i)
			})
			if _, err := f.Ensure(context.Background(), w); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if lists, gets := p.count("GET instances"), len(p.sent()); lists > 2 { // two who ask in one moment may both begin
		t.Errorf("%d lists of %d calls", lists, gets)
	}
	first := map[string]string{}
	for _, r := range p.sent() {
		_, name, _ := strings.Cut(r.Call, " instances/")
		if id := r.Query["instanceId"]; id != nil {
			name = id[0]
		}
		if first[name] == "" {
			first[name] = r.Call
		}
	}
	looked := 0
	for name, call := range first {
		if call == "GET instances/"+name {
			looked++
		}
	}
	if looked > snapshot.Direct {
		t.Errorf("%d notebooks were looked for before they were made", looked)
	}
	if n := len(p.instances()); n != 40 {
		t.Errorf("%d instances", n)
	}
}

func TestTwoRunsAtOnceMakeOneNotebook(t *testing.T) {
	p := newProject(t)
	// The second run looks before the first one creates.
	var begun atomic.Bool
	var second *notebook.Notebook
	var secondErr error
	other := p.fleet()
	p.on(func(call string) {
		if call == "POST instances" && begun.CompareAndSwap(false, true) {
			second, secondErr = other.Ensure(context.Background(), wanted())
		}
	})
	first, err := p.fleet().Ensure(t.Context(), wanted())
	if err := errors.Join(err, secondErr); err != nil {
		t.Fatal(err)
	}
	if second.Outcome != notebook.Created || first.Outcome != notebook.NoAction || first.State != notebook.Active {
		t.Errorf("first %+v, second %+v", first, second)
	}
	p.only()
}

func TestAFailedCreationIsCleanedUp(t *testing.T) {
	for name, leaves := range map[string]fake.Leftover{"nothing is left": fake.Nothing, "half is left": fake.Half} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.FailOperation(fake.Failure{Match: "ana", Verb: "create", Code: 8, Message: "Quota 'NVIDIA_P4_GPUS' exceeded", Leaves: leaves})
			_, err := p.fleet().Ensure(t.Context(), wanted())
			says(t, err, nil, "creating the notebook ana", ana.Email(), "NVIDIA_P4_GPUS", "more quota")
			if n := len(p.instances()); n != 0 {
				t.Errorf("%d instances are left", n)
			}
			if n := p.ensured(wanted()); n.Outcome != notebook.Created {
				t.Errorf("got %+v", n)
			}
		})
	}
}

// The run dies between a failed creation and its cleaning up: the next one knows from Google's operations.
func TestWhatAFailedCreationLeftIsMadeAgain(t *testing.T) {
	for _, state := range []string{"PROVISIONING", "STOPPED", "ORPHANED", "STATE_UNSPECIFIED"} {
		t.Run(state, func(t *testing.T) {
			p := newProject(t)
			p.FailOperation(fake.Failure{Match: "ana", Verb: "create", Code: 13, Message: "internal", Leaves: fake.Half, State: state})
			p.loses("DELETE instances/ana", answered(403, refusal(403, "PERMISSION_DENIED", "no deletion")))
			_, err := p.fleet().Ensure(t.Context(), wanted())
			says(t, err, nil, idOf("ana"), "could not be deleted", "no deletion", "internal")
			p.only()
			p.forgetCalls()
			n := p.ensured(wanted())
			if n.Outcome != notebook.Created || n.State != notebook.Active {
				t.Errorf("got %+v", n)
			}
			if calls := p.writes(); !slices.Equal(calls, []string{"DELETE instances/ana", "POST instances"}) {
				t.Errorf("writes %v", calls)
			}
		})
	}
}

// An upgrade that failed orphans an instance whose disk holds somebody's work.
func TestAnOrphanIsNotDeleted(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.tells(func(i map[string]any) { i["state"] = "ORPHANED"; delete(i, "proxyUri") })
	p.forgetCalls()
	n := p.ensured(wanted())
	if n.Outcome != notebook.Failed || len(p.writes()) != 0 {
		t.Errorf("got %+v after %v", n, p.writes())
	}
	says(t, n.Problem, notebook.ErrOrphaned, "roll it back", ana.Email())
}

func TestAnotherCreationThatCameFirstIsFound(t *testing.T) {
	p := newProject(t)
	p.others("ana", map[string]string{google.LabelManagedBy: installation, google.LabelOwner: ana.Label()})
	p.tells(func(i map[string]any) { i["instanceOwners"] = []string{ana.Email()}; i["enableManagedEuc"] = true })
	p.loses("GET instances/ana", answered(404, refusal(404, "NOT_FOUND", "not there yet")))
	if n := p.ensured(wanted()); n.Outcome != notebook.NoAction {
		t.Errorf("got %+v", n)
	}
	p.only()
}

func TestANameThatIsBeingDeletedIsWaitedFor(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.does("delete")
	if n := p.ensured(wanted()); n.Outcome != notebook.Created || n.State != notebook.Active {
		t.Errorf("got %+v", n)
	}
	p.only()
}

// The deletion is out of sight, and the name is held still.
func TestANameThatIsHeldIsWaitedFor(t *testing.T) {
	p := newProject(t)
	taken := answered(409, refusal(409, "ALREADY_EXISTS", "Resource already exists"))
	p.loses("POST instances", taken, taken)
	if n := p.ensured(wanted()); n.Outcome != notebook.Created {
		t.Errorf("got %+v", n)
	}
	ids := map[string]bool{}
	for _, r := range p.sent() {
		if r.Call == "POST instances" {
			ids[r.Query["requestId"][0]] = true
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d request ids for three creations", len(ids))
	}
}

// Fail fast: a notebook that comes to rest instead of up is told at once, and is not lost.
func TestANotebookThatDoesNotComeUpIsToldAtOnce(t *testing.T) {
	for _, state := range []string{"STOPPED", "SUSPENDED", "ORPHANED"} {
		t.Run(state, func(t *testing.T) {
			p := newProject(t)
			p.tells(func(i map[string]any) { i["state"] = state })
			begun := p.clock.Now()
			n := p.ensured(wanted())
			if n.Outcome != notebook.Failed || n.Problem == nil || n.ID != idOf("ana") {
				t.Errorf("got %+v", n)
			}
			if took := p.clock.Now().Sub(begun); took > 5*time.Minute {
				t.Errorf("it took %s", took)
			}
		})
	}
}
