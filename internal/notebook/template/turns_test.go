package template_test

import (
	"net/http"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger/ledgertest"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
)

// meanwhile does something at the first request of a method, and has that request go on when it waits for its turn.
// What it returns is closed when it has been done.
func (b *bucket) meanwhile(method string, do func()) <-chan struct{} {
	done := make(chan struct{})
	b.overtake(method, func() {
		go func() { defer close(done); do() }()
		if !ledgertest.Waiting(done) {
			b.t.Error("it did not wait for its turn")
		}
	})
	return done
}

// A resource that got another address is destroyed at the old one while it is created, or changed, at the new one.
func TestADeleteBesideAnotherCallIsLeft(t *testing.T) {
	for name, call := range map[string]func(b *bucket, s *template.Store, o template.Object) error{
		"ensure": func(b *bucket, s *template.Store, o template.Object) error {
			_, created, err := s.Ensure(b.t.Context(), someone(b.t, anas), o)
			if created {
				t.Error("it was made anew")
			}
			return err
		},
		"update": func(b *bucket, s *template.Store, o template.Object) error {
			_, err := s.Update(b.t.Context(), someone(b.t, anas), o)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t)
			made, store := b.made(anas), b.store()
			changed := made
			changed.Text = "new"
			var left bool
			var failed error
			deleted := b.meanwhile(http.MethodPost, func() { left, failed = store.Delete(t.Context(), made) })
			b.must(call(b, store, changed))
			<-deleted
			if !left || failed != nil {
				t.Errorf("left %v: %v", left, failed)
			}
			if o := b.only(); o.Content != "new" {
				t.Errorf("now there is %q", o.Content)
			}
			b.wantCalls("GET object", "POST upload")
		})
	}
}

// The other way round the file is made anew, after it was deleted.
func TestACallBesideADeleteComesAfterIt(t *testing.T) {
	b := newBucket(t)
	made, store := b.made(anas), b.store()
	var created bool
	var failed error
	ensured := b.meanwhile(http.MethodDelete, func() { _, created, failed = store.Ensure(t.Context(), someone(t, anas), b.wanted(anas)) })
	left, err := store.Delete(t.Context(), made)
	b.must(err)
	<-ensured
	if left || !created || failed != nil {
		t.Errorf("left %v, created %v: %v", left, created, failed)
	}
	b.only()
	b.wantCalls("GET object", "DELETE object", "GET object", "POST upload")
}
