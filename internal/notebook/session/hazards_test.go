package session_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google/googletest"
)

func TestALostAnswerToACreateLeadsToALook(t *testing.T) {
	for name, fates := range map[string][]googletest.Fate{
		"it happened":       {lost(true)},
		"503 after it":      {func(w http.ResponseWriter, serve func()) { serve(); w.WriteHeader(503) }},
		"429 and then lost": {answered(429, "Retry-After: 3", `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`), lost(true)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Fates("POST sessionTemplates", fates...)
			_, created, err := w.desk().Ensure(t.Context(), wanted())
			if err != nil || !created || len(w.all()) != 1 {
				t.Error(created, err, w.all())
			}
			if n := w.Count("POST sessionTemplates"); n != len(fates) {
				t.Errorf("%d creates", n)
			}
		})
	}
}

// It did not happen: nothing is made twice, and the next run makes it.
func TestALostCreateIsNotRepeated(t *testing.T) {
	w := newWorld(t)
	w.Fates("POST sessionTemplates", lost(false))
	d := w.desk()
	if _, _, err := d.Ensure(t.Context(), wanted()); err == nil || w.Count("POST sessionTemplates") != 1 {
		t.Fatal(err, w.Writes())
	}
	if _, created, err := d.Ensure(t.Context(), wanted()); err != nil || !created {
		t.Error(created, err)
	}
}

// The server is slow: what was asked for appears while we look.
func TestALateCreateIsFound(t *testing.T) {
	w := newWorld(t)
	var late func()
	w.Fates("POST sessionTemplates", func(a http.ResponseWriter, serve func()) { late = serve; lost(false)(a, serve) })
	w.Clock.OnTick(func(time.Time) {
		if late != nil {
			late()
			late = nil
		}
	})
	if _, created, err := w.desk().Ensure(t.Context(), wanted()); err != nil || !created {
		t.Error(created, err)
	}
}

func TestTooManyCallsAreWaitedFor(t *testing.T) {
	w := newWorld(t)
	busy := answered(429, "Retry-After: 7", `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`)
	for _, call := range []string{"POST sessionTemplates", "GET sessionTemplates/x", "PATCH sessionTemplates/x", "DELETE sessionTemplates/x"} {
		w.Fates(call, busy)
	}
	made := w.ensured(wanted())
	if _, err := w.desk().Update(t.Context(), made.ID, wanted(), wanted(func(t *session.Template) { t.Description = "new" })); err != nil {
		t.Error(err)
	}
	if left, err := w.desk().Delete(t.Context(), made.ID); left || err != nil {
		t.Error(err)
	}
	seven := 0
	for _, pause := range w.Clock.Slept() {
		if pause == 7*time.Second {
			seven++
		}
	}
	if seven != 4 {
		t.Errorf("paused as Google wished %d times: %v", seven, w.Clock.Slept())
	}
}

func TestLostAnswersToUpdateAndDeleteAreRepeated(t *testing.T) {
	w := newWorld(t)
	made := w.ensured(wanted())
	w.Fates("PATCH sessionTemplates/x", lost(true))
	w.Fates("DELETE sessionTemplates/x", lost(true))
	now := wanted(func(t *session.Template) { t.Description = "new" })
	if is, err := w.desk().Update(t.Context(), made.ID, wanted(), now); err != nil || is.Description != "new" {
		t.Error(is, err)
	}
	if left, err := w.desk().Delete(t.Context(), made.ID); left || err != nil || len(w.all()) != 0 {
		t.Error(err, w.all())
	}
}

// A list that could not be read whole is an error, not a shorter list.
func TestAListThatBreaksOff(t *testing.T) {
	w := newWorld(t)
	made := w.ensured(wanted())
	broken := answered(403, "", `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`)
	w.Fates("GET sessionTemplates", answered(200, "", `{"sessionTemplates":[],"nextPageToken":"x"}`), broken)
	d := w.desk()
	if _, err := d.List(t.Context(), project, region); err == nil {
		t.Error("half a list was taken for the whole")
	}
	if _, err := d.Read(t.Context(), made.ID); err != nil {
		t.Error(err)
	}
}

// Killed at any call, the next run finishes: one template, as wanted.
func TestKilledAtAnyInstant(t *testing.T) {
	for at := 1; at <= 3; at++ {
		w := newWorld(t)
		ctx, kill := context.WithCancel(t.Context())
		n := 0
		for _, call := range []string{"GET sessionTemplates/x", "POST sessionTemplates", "PATCH sessionTemplates/x"} {
			w.Fates(call, func(a http.ResponseWriter, serve func()) {
				if n++; n == at {
					kill()
				}
				serve()
				a.WriteHeader(500)
			})
		}
		_, _, first := w.desk().Ensure(ctx, wanted())
		kill()
		w.Next = map[string][]googletest.Fate{}
		if _, _, err := w.desk().Ensure(t.Context(), wanted()); err != nil || len(w.all()) != 1 {
			t.Errorf("killed at call %d (%v): %v, %v", at, first, err, w.all())
		}
	}
}

// An interrupt does not cut a create short: its answer is worth having.
func TestAnInterruptDuringTheCreate(t *testing.T) {
	w := newWorld(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	w.Fates("POST sessionTemplates", func(a http.ResponseWriter, _ func()) {
		interrupt()
		answered(200, "", `{"name":"`+project+`/x","labels":{"provisioner_owner":"`+ana.Label()+`","provisioner_managed_by":"test"}}`)(a, nil)
	})
	if made, created, err := w.desk().Ensure(ctx, wanted()); err != nil || !created || made.Name != wanted().Name {
		t.Error(made, created, err)
	}
}
