package foundation_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	resourcemanager "google.golang.org/api/cloudresourcemanager/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google/googletest"
)

func TestALostAnswerToACreateLeadsToALook(t *testing.T) {
	for _, call := range []string{"POST b", "POST serviceAccounts"} {
		for name, next := range map[string]googletest.Fate{
			"reset": lost(true),
			"503":   func(w http.ResponseWriter, serve func()) { serve(); w.WriteHeader(503) },
		} {
			w := newWorld(t)
			w.Fates(call, next)
			f := w.ensured(wanted())
			if f.Outcome != foundation.Created || len(w.Files.Buckets()) != 1 || len(w.accounts()) != 1 || w.Count(call) != 1 {
				t.Errorf("%s, %s: %+v, %v", call, name, f, w.Writes())
			}
		}
	}
}

// It did not happen: nothing is asked for twice, and the next run makes it.
func TestALostCreateIsNotRepeated(t *testing.T) {
	for _, call := range []string{"POST b", "POST serviceAccounts"} {
		w := newWorld(t)
		w.Fates(call, lost(false))
		if _, err := w.builder().Ensure(t.Context(), wanted()); err == nil || w.Count(call) != 1 {
			t.Error(err, w.Writes())
		}
		w.ensured(wanted())
	}
}

func TestAStaleEtagIsReadAgain(t *testing.T) {
	w := newWorld(t)
	// somebody else writes between our read and our write
	w.Fates("POST projects/x:setIamPolicy", func(a http.ResponseWriter, _ func()) {
		p := w.projectPolicy()
		p.Bindings = append(p.Bindings, &resourcemanager.Binding{Role: "roles/viewer", Members: []string{"user:eve@example.com"}})
		w.setProjectPolicy(p)
		answered(409, "", `{"error":{"code":409,"message":"There were concurrent policy changes.","status":"ABORTED"}}`)(a, nil)
	})
	w.Fates("PUT b/x/iam", answered(412, "", `{"error":{"code":412,"message":"conditionNotMet"}}`))
	w.ensured(wanted())
	if got := w.members("roles/viewer"); !slices.Contains(got, "user:eve@example.com") {
		t.Errorf("somebody else's change was lost: %v", got)
	}
	if !slices.Contains(w.members("roles/dataproc.hubAgent"), member) || !slices.Contains(w.readers(), member) {
		t.Error("ours was lost")
	}
}

// An etag of the very read goes with every write, and the version that keeps conditions.
func TestPoliciesAreWrittenWithEtagAndVersion(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	writes := 0
	for i, call := range w.Calls {
		if strings.HasSuffix(call, ":setIamPolicy") || call == "PUT b/x/iam" {
			writes++
			if !strings.Contains(w.Bodies[i], `"etag":"`) || !strings.Contains(w.Bodies[i], `"version":3`) {
				t.Errorf("%s: %s", call, w.Bodies[i])
			}
		}
	}
	for i, call := range w.Calls {
		if read := strings.HasSuffix(call, ":getIamPolicy") || call == "GET b/x/iam"; read && !strings.Contains(w.Queries[i], `equestedPolicyVersion=3`) && !strings.Contains(w.Bodies[i], `equestedPolicyVersion":3`) {
			t.Errorf("%s: %s", call, w.Bodies[i])
		}
	}
	if writes != 3 {
		t.Errorf("%d policies were written", writes)
	}
}

func TestALostAnswerToAGrant(t *testing.T) {
	for _, call := range []string{"POST projects/x:setIamPolicy", "POST serviceAccounts/x:setIamPolicy", "PUT b/x/iam"} {
		for _, happened := range []bool{true, false} {
			w := newWorld(t)
			w.Fates(call, lost(happened))
			w.ensured(wanted())
			if got := w.members("roles/dataproc.hubAgent"); len(got) != 1 || len(w.actors()) != 2 || len(w.readers()) != 1 {
				t.Errorf("%s: %v, %v, %v", call, got, w.actors(), w.readers())
			}
		}
	}
}

// A new account is not known everywhere at once.
func TestANewAccountIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	unknown := answered(400, "", `{"error":{"code":400,"message":"Service account `+account+` does not exist.","status":"INVALID_ARGUMENT"}}`)
	w.Fates("POST projects/x:setIamPolicy", unknown, unknown, unknown)
	w.Fates("PUT b/x/iam", unknown)
	w.Fates("GET serviceAccounts/x:getIamPolicy", answered(404, "", `{"error":{"code":404,"status":"NOT_FOUND"}}`))
	w.Fates("POST serviceAccounts/x:getIamPolicy", answered(404, "", `{"error":{"code":404,"status":"NOT_FOUND"}}`))
	w.ensured(wanted())
	if len(w.Clock.Slept()) < 5 {
		t.Errorf("no patience: %v", w.Clock.Slept())
	}
}

// A person whom Google does not know is a mistake, not a matter of patience.
func TestAnUnknownPersonIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	w.Fates("POST serviceAccounts/x:setIamPolicy", answered(400, "", `{"error":{"code":400,"message":"User bob@example.com does not exist.","status":"INVALID_ARGUMENT"}}`))
	_, err := w.builder().Ensure(t.Context(), wanted())
	if err == nil || !strings.Contains(err.Error(), "bob@example.com") || w.Count("POST serviceAccounts/x:setIamPolicy") != 1 {
		t.Error(err, w.Writes())
	}
}

func TestTooManyCallsAreWaitedFor(t *testing.T) {
	w := newWorld(t)
	busy := answered(429, "Retry-After: 7", `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`)
	calls := []string{
		"GET projects/x", "GET b/x", "POST b", "GET serviceAccounts/x", "POST serviceAccounts", "POST projects/x:getIamPolicy",
		"POST projects/x:setIamPolicy", "PUT b/x/iam", "POST serviceAccounts/x:setIamPolicy", "DELETE serviceAccounts/x", "DELETE b/x",
	}
	for _, call := range calls {
		w.Fates(call, busy)
	}
	w.ensured(wanted())
	if err := w.builder().Remove(t.Context(), wanted()); err != nil {
		t.Error(err)
	}
	for _, call := range calls {
		if len(w.Next[call]) > 0 {
			t.Errorf("%s was never called: %v", call, w.Calls)
		}
	}
}

// Killed at any call, with or without its answer, the next run finishes: one of each, and every grant.
func TestEnsureGoesOnWhereItWasKilled(t *testing.T) {
	whole := newWorld(t)
	whole.ensured(wanted())
	for at := range len(whole.Calls) {
		w := newWorld(t)
		ctx, kill := context.WithCancel(t.Context())
		w.At = func(call int) {
			if call == at+1 {
				kill()
			}
		}
		_, first := w.builder().Ensure(ctx, wanted())
		kill()
		w.At = nil
		if f, err := w.builder().Ensure(t.Context(), wanted()); err != nil {
			t.Errorf("killed at %s (%v): %+v, %v", whole.Calls[at], first, f, err)
			continue
		}
		f, err := w.builder().Read(t.Context(), wanted())
		if err != nil || len(f.Roles) != 2 || len(f.Users) != 2 || !f.BucketReadable || len(w.Files.Buckets()) != 1 || len(w.accounts()) != 1 {
			t.Errorf("killed at %s (%v): %+v, %v", whole.Calls[at], first, f, err)
		}
	}
	if len(whole.Calls) < 10 {
		t.Errorf("only %v", whole.Calls)
	}
}

func TestRemoveGoesOnWhereItWasKilled(t *testing.T) {
	whole := newWorld(t)
	whole.ensured(wanted())
	whole.Forget()
	if err := whole.builder().Remove(t.Context(), wanted()); err != nil {
		t.Fatal(err)
	}
	for at := range len(whole.Calls) {
		w := newWorld(t)
		w.ensured(wanted())
		w.Forget()
		ctx, kill := context.WithCancel(t.Context())
		w.At = func(call int) {
			if call == at+1 {
				kill()
			}
		}
		first := w.builder().Remove(ctx, wanted())
		kill()
		w.At = nil
		if err := w.builder().Remove(t.Context(), wanted()); err != nil || len(w.Files.Buckets())+len(w.accounts()) != 0 || slices.Contains(w.members("roles/dataproc.hubAgent"), member) {
			t.Errorf("killed at %s (%v): %v", whole.Calls[at], first, err)
		}
	}
}

// Somebody uploads a file while we delete.
func TestAFileArrivesMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	w.Fates("DELETE serviceAccounts/x", func(a http.ResponseWriter, serve func()) { w.fill(1); serve(); answered(200, "", `{}`)(a, nil) })
	if err := w.builder().Remove(t.Context(), wanted()); err == nil || !strings.Contains(err.Error(), "objects in it: 1") {
		t.Error(err)
	}
}
