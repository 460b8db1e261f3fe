package notebook_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestUpdateSendsOnlyWhatDiffers(t *testing.T) {
	before := wanted(func(w *notebook.Wanted) {
		w.Tags, w.PublicIP, w.BootDisk, w.DataDisk = []string{"one"}, true, notebook.Disk{SizeGB: 150}, notebook.Disk{SizeGB: 100}
	})
	for name, c := range map[string]struct {
		change func(*notebook.Wanted)
		mask   string // of the one patch
		sent   string // the body of the one write
		writes []string
	}{
		"nothing": {change: func(*notebook.Wanted) {}},
		"labels": {
			func(w *notebook.Wanted) { w.Labels = map[string]string{"cost": "7"} }, "labels",
			"map[labels:map[cost:7 provisioner_managed_by:test provisioner_owner:" + ana.Label() + " team:]]",
			[]string{"PATCH instances/ana"},
		},
		"metadata": {
			func(w *notebook.Wanted) { w.Metadata = map[string]string{"report-event-health": "true"} }, "gce_setup.metadata",
			"map[gceSetup:map[metadata:map[idle-timeout-seconds:10800 notebook-disable-downloads: report-event-health:true]]]",
			[]string{"PATCH instances/ana"},
		},
		"idle shutdown": {
			func(w *notebook.Wanted) { w.IdleShutdown = time.Hour }, "gce_setup.metadata",
			"map[gceSetup:map[metadata:map[idle-timeout-seconds:3600 notebook-disable-downloads:true]]]",
			[]string{"PATCH instances/ana"},
		},
		"tags": {
			func(w *notebook.Wanted) { w.Tags = []string{"two", "one"} }, "gce_setup.tags",
			"map[gceSetup:map[tags:[two one]]]",
			[]string{"PATCH instances/ana"},
		},
		"no tags": {
			func(w *notebook.Wanted) { w.Tags = nil }, "gce_setup.tags",
			"map[gceSetup:map[tags:[]]]",
			[]string{"PATCH instances/ana"},
		},
		"public address": {
			func(w *notebook.Wanted) { w.PublicIP = false }, "gce_setup.disable_public_ip",
			"map[gceSetup:map[disablePublicIp:true]]",
			[]string{"PATCH instances/ana"},
		},
		"two at once": {
			func(w *notebook.Wanted) { w.Tags, w.PublicIP = []string{"two"}, false }, "gce_setup.tags,gce_setup.disable_public_ip",
			"map[gceSetup:map[disablePublicIp:true tags:[two]]]",
			[]string{"PATCH instances/ana"},
		},
		"boot disk": {
			func(w *notebook.Wanted) { w.BootDisk.SizeGB = 200 }, "",
			"map[bootDisk:map[diskSizeGb:200]]",
			[]string{"POST instances/ana:resizeDisk"},
		},
		"data disk": {
			func(w *notebook.Wanted) { w.DataDisk.SizeGB = 200 }, "",
			"map[dataDisk:map[diskSizeGb:200]]",
			[]string{"POST instances/ana:resizeDisk"},
		},
		"machine type": {
			func(w *notebook.Wanted) { w.MachineType = "e2-standard-8" }, "gce_setup.machine_type",
			"map[gceSetup:map[machineType:e2-standard-8]]",
			[]string{"POST instances/ana:stop", "PATCH instances/ana", "POST instances/ana:start"},
		},
		"machine type and accelerator": {
			func(w *notebook.Wanted) {
				w.MachineType, w.Accelerator = "n1-standard-4", &notebook.Accelerator{Type: "NVIDIA_TESLA_T4", Count: 2}
			}, "gce_setup.machine_type,gce_setup.accelerator_configs",
			"map[gceSetup:map[acceleratorConfigs:[map[coreCount:2 type:NVIDIA_TESLA_T4]] machineType:n1-standard-4]]",
			[]string{"POST instances/ana:stop", "PATCH instances/ana", "POST instances/ana:start"},
		},
	} {
		for _, mode := range []fake.PatchMode{fake.Merge, fake.Replace} {
			t.Run(fmt.Sprint(name, " ", mode), func(t *testing.T) {
				p := newProject(t)
				p.Behave(func(b *fake.Behaviours) { b.MetadataMode = mode })
				p.ensured(before)
				p.forgetCalls()
				after := before
				after.Labels = maps.Clone(before.Labels)
				c.change(&after)
				n := p.updated(before, after)
				if calls := p.writes(); !slices.Equal(calls, c.writes) {
					t.Fatalf("writes %v, want %v", calls, c.writes)
				}
				if n.State != notebook.Active || n.Problem != nil {
					t.Errorf("got %+v", n)
				}
				for _, call := range c.writes {
					if strings.HasSuffix(call, ":stop") || strings.HasSuffix(call, ":start") {
						continue
					}
					sent := p.last(call)
					if c.mask != "" && (sent.Query["updateMask"][0] != c.mask || sent.Query["requestId"] == nil) {
						t.Errorf("mask %v, want %s; request id %v", sent.Query["updateMask"], c.mask, sent.Query["requestId"])
					}
					if fmt.Sprint(sent.Body) != c.sent {
						t.Errorf("sent %v, want %s", sent.Body, c.sent)
					}
				}
				// A second update finds nothing to do: what was written is read.
				p.forgetCalls()
				p.updated(after, after)
				if calls := p.writes(); len(calls) != 0 {
					t.Errorf("the second update writes %v", calls)
				}
			})
		}
	}
}

func TestUpdateLeavesANotebookAtRestAtRest(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.does("stop")
	p.clock.Advance(time.Hour)
	p.forgetCalls()
	after := wanted(func(w *notebook.Wanted) {
		w.MachineType, w.Labels, w.DataDisk.SizeGB, w.IdleShutdown = "e2-standard-8", nil, 200, time.Hour
	})
	n := p.updated(wanted(), after)
	if n.State != notebook.Stopped || n.MachineType != "e2-standard-8" || n.DataDisk.SizeGB != 200 || n.Labels["team"] != "" || n.IdleShutdown != time.Hour {
		t.Errorf("got %+v", n)
	}
	if slices.ContainsFunc(p.writes(), func(call string) bool { return strings.HasSuffix(call, ":start") }) {
		t.Errorf("writes %v", p.writes())
	}
}

func TestUpdateKeepsTheDesiredState(t *testing.T) {
	for name, c := range map[string]struct {
		desired string
		rest    bool // before the update
		machine string
		writes  []string
		state   string
	}{
		"active, running":                {notebook.Active, false, "", nil, notebook.Active},
		"active, at rest":                {notebook.Active, true, "", []string{"POST instances/ana:start"}, notebook.Active},
		"stopped, running":               {notebook.Stopped, false, "", []string{"POST instances/ana:stop"}, notebook.Stopped},
		"stopped, at rest":               {notebook.Stopped, true, "", nil, notebook.Stopped},
		"stopped, running, another type": {notebook.Stopped, false, "e2-standard-8", []string{"POST instances/ana:stop", "PATCH instances/ana"}, notebook.Stopped},
		"active, at rest, another type":  {notebook.Active, true, "e2-standard-8", []string{"PATCH instances/ana", "POST instances/ana:start"}, notebook.Active},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.ensured(wanted())
			if c.rest {
				p.does("stop")
				p.clock.Advance(time.Hour)
			}
			p.forgetCalls()
			n := p.updated(wanted(), wanted(func(w *notebook.Wanted) {
				w.DesiredState = c.desired
				if c.machine != "" {
					w.MachineType = c.machine
				}
			}))
			if n.State != c.state || n.Problem != nil || !slices.Equal(p.writes(), c.writes) {
				t.Errorf("got %+v after %v", n, p.writes())
			}
		})
	}
}

// It ran before, and its person waits for it: it runs again although the change failed, or the run was cut short.
func TestARunningNotebookRunsAgainWhateverBecameOfTheChange(t *testing.T) {
	after := wanted(func(w *notebook.Wanted) { w.MachineType = "e2-standard-8" })
	t.Run("the call is refused", func(t *testing.T) {
		p := newProject(t)
		p.ensured(wanted())
		p.loses("PATCH instances/ana", answered(400, refusal(400, "INVALID_ARGUMENT", "no such machine type in the zone")))
		_, err := p.fleet().Update(t.Context(), idOf("ana"), wanted(), after)
		says(t, err, nil, "changing the machine type of the notebook ana", "no such machine type", ana.Email())
		if i := p.only(); i.State != notebook.Active {
			t.Errorf("it is %s", i.State)
		}
	})
	t.Run("the operation fails", func(t *testing.T) {
		p := newProject(t)
		p.ensured(wanted())
		p.FailOperation(fake.Failure{Match: "ana", Verb: "patch", Code: 3, Message: "no such machine type in the zone"})
		_, err := p.fleet().Update(t.Context(), idOf("ana"), wanted(), after)
		says(t, err, nil, "changing the machine type", "no such machine type")
		if i := p.only(); i.State != notebook.Active {
			t.Errorf("it is %s", i.State)
		}
	})
	t.Run("the run is cut short", func(t *testing.T) {
		p := newProject(t)
		p.ensured(wanted())
		ctx, cut := context.WithCancel(t.Context())
		p.on(func(call string) {
			if call == "PATCH instances/ana" {
				cut()
			}
		})
		_, err := p.fleet().Update(ctx, idOf("ana"), wanted(), after)
		says(t, err, google.ErrInterrupted)
		p.clock.Advance(time.Hour)
		if i := p.only(); i.State != notebook.Active {
			t.Errorf("it is %s", i.State)
		}
		if n := p.updated(wanted(), after); n.MachineType != "e2-standard-8" || n.State != notebook.Active {
			t.Errorf("the next run got %+v", n)
		}
	})
	t.Run("it cannot start again", func(t *testing.T) {
		p := newProject(t)
		p.ensured(wanted())
		p.FailOperation(fake.Failure{Match: "ana", Verb: "start", Code: 8, Message: "stockout"})
		n := p.updated(wanted(), after)
		if n.MachineType != "e2-standard-8" {
			t.Errorf("got %+v", n)
		}
		says(t, n.Problem, nil, "starting the notebook ana again", "stockout", ana.Email())
	})
}

func TestUpdateWaitsForWhatIsUnderWay(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.does("stop")
	n := p.updated(wanted(), wanted(func(w *notebook.Wanted) { w.MachineType = "e2-standard-8" }))
	if n.State != notebook.Stopped || n.MachineType != "e2-standard-8" {
		t.Errorf("got %+v", n)
	}
}

func TestWhatGoogleKeepsIsSaid(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.tells(func(i map[string]any) { i["labels"].(map[string]any)["team"] = "data" })
	_, err := p.fleet().Update(t.Context(), idOf("ana"), wanted(), wanted(func(w *notebook.Wanted) { w.Labels = nil }))
	says(t, err, notebook.ErrKept, `label "team" ("data")`)
	p.tells(func(i map[string]any) {
		i["labels"].(map[string]any)["team"] = ""
		i["gceSetup"].(map[string]any)["metadata"].(map[string]any)["notebook-disable-downloads"] = "true"
	})
	_, err = p.fleet().Update(t.Context(), idOf("ana"), wanted(), wanted(func(w *notebook.Wanted) { w.Labels, w.Metadata = nil, nil }))
	says(t, err, notebook.ErrKept, `metadata key "notebook-disable-downloads"`)
}

// What counts when a notebook is made only is never patched: Google would refuse the whole patch.
func TestUpdateDoesNotSendWhatCountsAtTheCreationOnly(t *testing.T) {
	for _, mode := range []fake.PatchMode{fake.Merge, fake.Replace} {
		p := newProject(t)
		p.Behave(func(b *fake.Behaviours) { b.MetadataMode = mode })
		before := wanted(func(w *notebook.Wanted) {
			w.Metadata = map[string]string{"post-startup-script": "gs://b/one.sh", "install-monitoring-agent": "true", "report-event-health": "true"}
		})
		p.ensured(before)
		n := p.updated(before, wanted(func(w *notebook.Wanted) {
			w.Metadata = map[string]string{"post-startup-script": "gs://b/two.sh", "report-notebook-metrics": "true", "report-event-health": "false"}
			w.IdleShutdown = 0
		}))
		if n.Metadata["post-startup-script"] != "gs://b/one.sh" || n.Metadata["report-event-health"] != "false" || n.IdleShutdown != 3*time.Hour {
			t.Errorf("%s: metadata %v", mode, n.Metadata)
		}
	}
}

func TestUpdateOfACreationThatFailedMeanwhile(t *testing.T) {
	p := newProject(t)
	p.FailOperation(fake.Failure{Match: "ana", Verb: "create", Code: 13, Message: "internal", Leaves: fake.Half})
	p.loses("DELETE instances/ana", answered(403, refusal(403, "PERMISSION_DENIED", "no deletion")))
	_, _ = p.fleet().Ensure(t.Context(), wanted())
	p.only()
	_, err := p.fleet().Update(t.Context(), idOf("ana"), wanted(), wanted())
	says(t, err, notebook.ErrDown, "its creation failed", "-replace=ADDRESS")
}

func TestUpdateKeepsTheLabelsOfOthers(t *testing.T) {
	for _, mode := range []fake.PatchMode{fake.Merge, fake.Replace} {
		p := newProject(t)
		p.Behave(func(b *fake.Behaviours) { b.MetadataMode = mode })
		p.ensured(wanted())
		labels := p.only().Labels
		labels["auditors"] = "mark"
		delete(labels, "notebooks-managed-euc")
		p.patches("labels", &workbench.Instance{Labels: labels})
		n := p.updated(wanted(), wanted(func(w *notebook.Wanted) { w.Labels = map[string]string{"team": "ops"} }))
		if n.Labels["auditors"] != "mark" || n.Labels["team"] != "ops" || n.Labels[google.LabelOwner] != ana.Label() {
			t.Errorf("%s: labels %v", mode, n.Labels)
		}
	}
}

func TestUpdateOfWhatBecameAnothers(t *testing.T) {
	p := newProject(t)
	p.others("ana", map[string]string{google.LabelManagedBy: "other", google.LabelOwner: ana.Label()})
	p.forgetCalls()
	_, err := p.fleet().Update(t.Context(), idOf("ana"), wanted(), wanted(func(w *notebook.Wanted) { w.Labels = nil }))
	says(t, err, notebook.ErrTaken, `"other"`, ana.Email())
	if calls := p.writes(); len(calls) != 0 {
		t.Errorf("writes %v", calls)
	}
}

func TestAnImportedNotebookGetsOurLabels(t *testing.T) {
	p := newProject(t)
	p.others("ana", map[string]string{"team": "data"})
	n := p.updated(wanted(), wanted())
	if n.Labels[google.LabelManagedBy] != installation || n.Labels[google.LabelOwner] != ana.Label() || n.Labels["team"] != "data" {
		t.Errorf("labels %v", n.Labels)
	}
}

func TestUpdateOfWhatIsGone(t *testing.T) {
	p := newProject(t)
	_, err := p.fleet().Update(t.Context(), idOf("ana"), wanted(), wanted())
	says(t, err, google.ErrGone, "reading the notebook "+idOf("ana"))
}

// The answers to the calls of an update are lost; what was done is found and not refused.
func TestAnUpdateWhoseAnswersAreLost(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	for _, call := range []string{"POST instances/ana:stop", "PATCH instances/ana", "POST instances/ana:resizeDisk", "POST instances/ana:start"} {
		p.loses(call, answeredAfter(503, refusal(503, "UNAVAILABLE", "try again")))
	}
	n := p.updated(wanted(), wanted(func(w *notebook.Wanted) { w.MachineType, w.DataDisk.SizeGB = "e2-standard-8", 300 }))
	if n.State != notebook.Active || n.MachineType != "e2-standard-8" || n.DataDisk.SizeGB != 300 || n.Problem != nil {
		t.Errorf("got %+v", n)
	}
}

func TestAnUpdateThatIsCutShortStaysPlanned(t *testing.T) {
	after := wanted(func(w *notebook.Wanted) { w.Labels, w.DataDisk.SizeGB, w.MachineType = nil, 300, "e2-standard-8" })
	counting := newProject(t)
	counting.ensured(wanted())
	counting.forgetCalls()
	counting.updated(wanted(), after)
	for _, at := range counting.corners() {
		p := newProject(t)
		p.ensured(wanted())
		ctx, cut := context.WithCancel(t.Context())
		served := 0
		p.on(func(string) {
			if served++; served == at {
				cut()
			}
		})
		n, err := p.fleet().Update(ctx, idOf("ana"), wanted(), after)
		p.on(nil)
		cut()
		if err == nil && (n.DataDisk.SizeGB != 300 || n.MachineType != "e2-standard-8" || n.Labels["team"] != "") {
			t.Errorf("cut at call %d: it says that all is done, and is %s %v %v", at, n.MachineType, n.DataDisk, n.Labels)
		}
		if err != nil && !errors.Is(err, google.ErrInterrupted) && !errors.Is(err, context.Canceled) {
			t.Errorf("cut at call %d: %v", at, err)
		}
		p.clock.Advance(time.Hour)
		if n := p.updated(wanted(), after); n.State != notebook.Active || n.DataDisk.SizeGB != 300 || n.MachineType != "e2-standard-8" || n.Labels["team"] != "" {
			t.Errorf("cut at call %d: the next run got %s %s %v %v", at, n.State, n.MachineType, n.DataDisk, n.Labels)
		}
	}
}
