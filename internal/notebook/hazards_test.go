package notebook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// Whatever becomes of the answer to a create: one notebook, and the call that repeats it says that it is the same.
func TestALostAnswerMakesNoSecondNotebook(t *testing.T) {
	dead := answeredAfter(503, refusal(503, "UNAVAILABLE", "try again"))
	for name, losses := range map[string][]loss{
		"the answer is lost":        {lostAfter},
		"the call is lost":          {lostBefore},
		"an ambiguous error":        {dead},
		"every answer is lost":      slices.Repeat([]loss{lostAfter}, 20),
		"the answer comes too late": {answeredAfter(504, refusal(504, "DEADLINE_EXCEEDED", "too late"))},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.loses("POST instances", losses...)
			n := p.ensured(wanted())
			if n.Outcome != notebook.Created || n.State != notebook.Active {
				t.Errorf("got %+v", n)
			}
			p.only()
			ids := map[string]bool{}
			for _, r := range p.sent() {
				if r.Call == "POST instances" {
					ids[r.Query["requestId"][0]] = true
				}
			}
			if len(ids) != 1 {
				t.Errorf("%d request ids for one notebook", len(ids))
			}
		})
	}
}

// Where a creation has no request id, it is not repeated, but looked for.
func TestALostAnswerOfAnAPIWithoutRequestIDs(t *testing.T) {
	for name, lost := range map[string]loss{"lost": lostAfter, "unclear": answeredAfter(503, refusal(503, "UNAVAILABLE", "?"))} {
		p := newProject(t)
		p.loses("POST instances", lost)
		n := p.ensured(wanted(func(w *notebook.Wanted) {
			w.Environment, w.IdleShutdown, w.Metadata, w.Templates = notebook.DataprocHub, 0, nil, []string{"gs://b/ana/one.yaml"}
		}))
		if n.Outcome != notebook.Created || n.State != notebook.Active || p.count("POST instances") != 1 {
			t.Errorf("%s: %s %s after %v", name, n.Outcome, n.State, p.writes())
		}
	}
	p := newProject(t)
	p.loses("POST instances", lostBefore)
	_, err := p.fleet().Ensure(t.Context(), wanted(func(w *notebook.Wanted) {
		w.Environment, w.IdleShutdown, w.Metadata, w.Templates = notebook.DataprocHub, 0, nil, []string{"gs://b/ana/one.yaml"}
	}))
	says(t, err, nil, "creating the notebook ana", "Apply again")
	if n := p.count("POST instances"); n != 1 {
		t.Errorf("%d creations", n)
	}
}

// A creation that another one overtook ends in an error of its own; it made nothing, and nothing is cleaned up.
func TestACreationThatWasOvertaken(t *testing.T) {
	p := newProject(t)
	p.FailOperation(fake.Failure{Match: "ana", Verb: "create", Code: 6, Message: "already exists", Leaves: fake.Half, State: "PROVISIONING"})
	p.tells(func(i map[string]any) {
		if p.clock.Now().Sub(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) > 10*time.Minute {
			i["state"] = "ACTIVE"
		}
	})
	n := p.ensured(wanted())
	if n.State != notebook.Active || n.Outcome != notebook.Created || len(p.writes()) != 1 {
		t.Errorf("%s %s after %v", n.State, n.Outcome, p.writes())
	}
}

func TestWhatGoogleDidNotBeginIsRepeated(t *testing.T) {
	for name, no := range map[string]loss{
		"Compute's way of too many": answered(403, `{"error":{"code":403,"message":"Rate Limit Exceeded","errors":[{"domain":"usageLimits","reason":"rateLimitExceeded","message":"Rate Limit Exceeded"}]}}`),
		"too many":                  answered(429, refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded"), "Retry-After", "17"),
		"another operation":         answered(409, refusal(409, "ABORTED", "unable to queue the operation")),
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			for _, call := range []string{"GET instances/ana", "POST instances", "PATCH instances/ana", "DELETE instances/ana"} {
				p.loses(call, no, no)
			}
			if n := p.ensured(wanted()); n.Outcome != notebook.Created {
				t.Errorf("got %+v", n)
			}
			p.updated(wanted(), wanted(func(w *notebook.Wanted) { w.Labels = nil }))
			if _, err := p.fleet().Remove(t.Context(), notebook.Workbench, idOf("ana")); err != nil {
				t.Error(err)
			}
			if name == "too many" && !slices.Contains(p.clock.Slept(), 17*time.Second) {
				t.Error("Retry-After was not heeded")
			}
		})
	}
}

func TestTooManyForTooLongIsSaid(t *testing.T) {
	p := newProject(t)
	no := answered(429, refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded"))
	p.loses("POST instances", slices.Repeat([]loss{no}, 50)...)
	_, err := p.fleet().Ensure(t.Context(), wanted())
	says(t, err, nil, "creating the notebook ana", "apply again in a minute")
	if n := len(p.instances()); n != 0 {
		t.Errorf("%d instances", n)
	}
}

func TestARefusalIsFinal(t *testing.T) {
	p := newProject(t)
	p.loses("POST instances", answered(403, refusal(403, "PERMISSION_DENIED", "The user needs iam.serviceAccounts.ActAs permission on VM Service Account")))
	_, err := p.fleet().Ensure(t.Context(), wanted())
	says(t, err, nil, "creating the notebook ana", ana.Email(), "roles/iam.serviceAccountUser")
	if n := p.count("POST instances"); n != 1 {
		t.Errorf("%d creations", n)
	}
}

// A run is cut short at each of its calls. The next one finishes, and there is one notebook.
func TestARunThatIsCutShortIsFinishedByTheNext(t *testing.T) {
	counting := newProject(t)
	counting.ensured(wanted(func(w *notebook.Wanted) { w.DesiredState = notebook.Stopped }))
	for _, at := range counting.corners() {
		for _, when := range []string{"before", "after"} {
			t.Run(fmt.Sprint(when, " call ", at), func(t *testing.T) {
				p := newProject(t)
				ctx, cut := context.WithCancel(t.Context())
				defer cut()
				served := 0
				p.on(func(string) {
					if served++; served == at {
						if when == "after" {
							go cut()
							return
						}
						cut()
					}
				})
				w := wanted(func(w *notebook.Wanted) { w.DesiredState = notebook.Stopped })
				n, err := p.fleet().Ensure(ctx, w)
				p.on(nil)
				switch {
				case err == nil && n.Problem != nil:
					says(t, n.Problem, google.ErrInterrupted, "Apply again")
					if n.ID != idOf("ana") || n.Owner != ana.Email() {
						t.Errorf("what is known is %+v", n)
					}
				case err != nil && len(p.instances()) == 0:
				case err != nil:
					t.Errorf("a notebook was made, and %v", err)
				}
				if n := p.ensured(w); n.State != notebook.Stopped || n.Problem != nil {
					t.Errorf("the next run got %+v", n)
				}
				p.only()
			})
		}
	}
}

func TestAResumedWaitIsAnUpdate(t *testing.T) {
	p := newProject(t)
	ctx, cut := context.WithCancel(t.Context())
	begun := p.clock.Now()
	p.on(func(string) {
		if p.clock.Now().Sub(begun) > time.Minute {
			cut()
		}
	})
	n, err := p.fleet().Ensure(ctx, wanted())
	if err != nil || !errors.Is(n.Problem, google.ErrInterrupted) || n.Settled() || n.Outcome != notebook.Created {
		t.Fatalf("got %+v, %v", n, err)
	}
	p.on(nil)
	if n := p.updated(wanted(), wanted()); n.State != notebook.Active || n.Problem != nil {
		t.Errorf("got %+v", n)
	}
}

func TestALostLineIsAWaitCutShort(t *testing.T) {
	p := newProject(t)
	made := false
	p.on(func(call string) {
		if call == "POST instances" {
			made = true
		} else if made {
			panic(http.ErrAbortHandler)
		}
	})
	n, err := p.fleet().Ensure(t.Context(), wanted())
	if err != nil {
		t.Fatal(err)
	}
	says(t, n.Problem, google.ErrInterrupted)
	if n.ID != idOf("ana") || n.Settled() || n.Outcome != notebook.Created || n.EffectiveIdentity != "user:"+ana.Email() {
		t.Errorf("got %+v", n)
	}
}

// Whoever may not look at operations, or comes when Google has forgotten them, looks at the notebook.
func TestAnOperationThatCannotBeSeen(t *testing.T) {
	for name, no := range map[string]loss{
		"forbidden": answered(403, refusal(403, "PERMISSION_DENIED", "notebooks.operations.get")),
		"forgotten": answered(404, refusal(404, "NOT_FOUND", "no such operation")),
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.hidesOperations(no)
			if n := p.ensured(wanted()); n.State != notebook.Active || n.Outcome != notebook.Created {
				t.Errorf("got %+v", n)
			}
			if n := p.updated(wanted(), wanted(func(w *notebook.Wanted) { w.MachineType = "e2-standard-8" })); n.State != notebook.Active || n.MachineType != "e2-standard-8" {
				t.Errorf("got %+v", n)
			}
		})
	}
}

func TestNewWordsOfGooglesAreTolerated(t *testing.T) {
	p := newProject(t)
	p.Behave(func(b *fake.Behaviours) {
		b.ExtraState = "POLISHING"
		b.ExtraMetadata = map[string]string{"notebooks-next-thing": "on"}
	})
	if n := p.ensured(wanted()); n.State != notebook.Active || n.Metadata["notebooks-next-thing"] != "on" {
		t.Errorf("got %+v", n)
	}
	p.forgetCalls()
	p.updated(wanted(), wanted(func(w *notebook.Wanted) { w.Metadata = map[string]string{"notebook-disable-downloads": "false"} }))
	sent := p.last("PATCH instances/ana").Body["gceSetup"].(map[string]any)["metadata"]
	if fmt.Sprint(sent) != "map[idle-timeout-seconds:10800 notebook-disable-downloads:false]" {
		t.Errorf("sent %v", sent)
	}
	p.tells(func(i map[string]any) { i["state"] = "DREAMING" })
	if n := p.read(); n.State != "DREAMING" || !n.Settled() {
		t.Errorf("got %+v", n)
	}
}

func TestTheOwnerIsFoundWhereverGoogleTellsIt(t *testing.T) {
	p := newProject(t)
	p.Behave(func(b *fake.Behaviours) { b.HideOwner = true })
	p.ensured(wanted())
	if n := p.read(); n.Owner != ana.Email() || n.EffectiveIdentity != "user:"+ana.Email() {
		t.Errorf("by metadata: %+v", n)
	}
	p.tells(func(i map[string]any) {
		setup := i["gceSetup"].(map[string]any)
		delete(setup["metadata"].(map[string]any), "proxy-mode")
		delete(setup, "systemMetadata")
	})
	if n := p.read(); n.Owner != "" || n.EffectiveIdentity != "" || n.Identity != notebook.AsUser {
		t.Errorf("nowhere: owner %q, effective %q, identity %q", n.Owner, n.EffectiveIdentity, n.Identity)
	}
	// What is not told is no reason to refuse or to change, and is known from what was wanted.
	p.forgetCalls()
	if n := p.ensured(wanted()); n.Owner != ana.Email() || n.EffectiveIdentity != "user:"+ana.Email() || len(p.writes()) != 0 {
		t.Errorf("got %+v after %v", n, p.writes())
	}
}

func TestReadFallsBackOnWhatGoogleTells(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	for name, c := range map[string]struct {
		told  func(instance, setup, metadata map[string]any)
		holds func(n *notebook.Notebook) bool
	}{
		"the flag is not told, the label is": {
			func(i, _, m map[string]any) { delete(i, "enableManagedEuc"); delete(m, "euc-enabled") },
			func(n *notebook.Notebook) bool { return n.Identity == notebook.AsUser },
		},
		"the flag is not told, the metadata is": {
			func(i, _, _ map[string]any) { delete(i, "enableManagedEuc"); delete(i, "labels") },
			func(n *notebook.Notebook) bool { return n.Identity == notebook.AsUser },
		},
		"no sign of end-user credentials": {
			func(i, s, m map[string]any) {
				delete(i, "enableManagedEuc")
				delete(i, "labels")
				delete(m, "euc-enabled")
				delete(s, "systemMetadata")
				s["serviceAccounts"] = []any{map[string]any{"email": "a@p.iam.gserviceaccount.com"}}
			},
			func(n *notebook.Notebook) bool {
				return n.Identity == notebook.AsServiceAccount && n.EffectiveIdentity == "serviceAccount:a@p.iam.gserviceaccount.com"
			},
		},
		"no sign yet, while it is made": {
			func(i, s, m map[string]any) {
				delete(i, "enableManagedEuc")
				delete(i, "labels")
				delete(m, "euc-enabled")
				delete(s, "systemMetadata")
				i["state"] = "PROVISIONING"
			},
			func(n *notebook.Notebook) bool { return n.Identity == "" && n.EffectiveIdentity == "" },
		},
		"no machine": {
			func(i, _, _ map[string]any) { delete(i, "gceSetup"); delete(i, "proxyUri") },
			func(n *notebook.Notebook) bool {
				return n.MachineType == "" && n.ProxyURL == "" && n.Owner == ana.Email()
			},
		},
		"a machine type by its path": {
			func(_, s, _ map[string]any) { s["machineType"] = "projects/p/zones/z/machineTypes/e2-medium" },
			func(n *notebook.Notebook) bool { return n.MachineType == "e2-medium" },
		},
		"idle shutdown switched off": {
			func(_, _, m map[string]any) { m["idle-timeout-seconds"] = "" },
			func(n *notebook.Notebook) bool { return n.IdleShutdown == notebook.IdleOff },
		},
		"idle shutdown not told": {
			func(_, _, m map[string]any) { delete(m, "idle-timeout-seconds") },
			func(n *notebook.Notebook) bool { return n.IdleShutdown == 0 },
		},
		"a network by its address": {
			func(_, s, _ map[string]any) {
				s["networkInterfaces"] = []any{map[string]any{"network": "https://compute.example.com/v1/projects/p/global/networks/n"}}
			},
			func(n *notebook.Notebook) bool { return n.Network == "projects/p/global/networks/n" && n.Subnet == "" },
		},
	} {
		p.tells(func(i map[string]any) {
			setup := i["gceSetup"].(map[string]any)
			c.told(i, setup, setup["metadata"].(map[string]any))
		})
		if n := p.read(); !c.holds(n) {
			t.Errorf("%s: got %+v", name, n)
		}
	}
}

func TestAnIncompleteListIsNotAShorterOne(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.loses("GET instances", answered(200, `{"unreachable":["projects/sandbox-project/locations/us-central1-a"]}`))
	_, err := p.fleet().List(t.Context(), notebook.Workbench, projectID, zone)
	says(t, err, notebook.ErrIncomplete, "us-central1-a")
	if n := p.count("GET instances"); n != 1 {
		t.Errorf("%d lists", n)
	}
	f := p.fleet()
	if all, err := f.List(t.Context(), notebook.Workbench, projectID, zone); err != nil || len(all) != 1 {
		t.Errorf("got %v, %v", all, err)
	}
}

func TestAReadOfManyWithAnIncompleteListFails(t *testing.T) {
	p := newProject(t)
	f := p.fleet()
	p.loses("GET instances", answered(200, `{"unreachable":["projects/sandbox-project/locations/us-central1-a"]}`))
	failed := 0
	for i := range 9 {
		_, err := f.Read(t.Context(), notebook.Workbench, idOf(fmt.Sprint("n-", i)))
		if !errors.Is(err, google.ErrGone) {
			says(t, err, notebook.ErrIncomplete)
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("%d reads failed", failed)
	}
}
