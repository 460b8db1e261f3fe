package template_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const anas = "ana@example.com"

func TestEnsureUploadsWithOurMarks(t *testing.T) {
	b := newBucket(t)
	stored, created, err := b.store().Ensure(t.Context(), someone(t, anas), b.wanted(anas))
	b.must(err)
	o := b.only()
	if !created || o.Content != text || o.ContentType != "application/yaml" || o.Metadata[google.LabelOwner] != someone(t, anas).Label() || o.Metadata[google.LabelManagedBy] != "test" {
		t.Errorf("created %v: %#v", created, o)
	}
	want := template.Object{
		Bucket: shared, Name: o.Name, Text: text, Generation: o.Generation, MD5: o.MD5Hash, Owner: someone(t, anas).Label(), ManagedBy: "test",
	}
	if stored != want || stored.MD5 != template.Checksum(text) || stored.URI() != "gs://"+shared+"/"+o.Name {
		t.Errorf("got %#v, want %#v", stored, want)
	}
	b.wantCalls("GET object", "POST upload")
}

func TestEnsureOfWhatIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		there   func(b *bucket, o template.Object) // before the run
		want    error
		content string
		calls   []string
	}{
		"ours and the same": {
			there:   func(b *bucket, _ template.Object) { b.made(anas) },
			content: text, calls: []string{"GET object"},
		},
		"ours and older": {
			there: func(b *bucket, o template.Object) {
				o.Text = "old"
				_, _, err := b.store().Ensure(t.Context(), someone(t, anas), o)
				b.must(err)
				b.Forget()
			},
			content: text, calls: []string{"GET object", "POST upload"},
		},
		"another installation's": {
			there: func(b *bucket, o template.Object) {
				_, _, err := b.storeOf("other").Ensure(t.Context(), someone(t, anas), o)
				b.must(err)
				b.Forget()
			},
			want: google.ErrExists, content: text, calls: []string{"GET object"},
		},
		"written by hand": {
			there: func(b *bucket, o template.Object) {
				_, err := b.PutObject(storage.Object{Bucket: o.Bucket, Name: o.Name, Content: text})
				b.must(err)
			},
			want: google.ErrExists, content: text, calls: []string{"GET object"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t)
			wanted := b.wanted(anas)
			c.there(b, wanted)
			stored, created, err := b.store().Ensure(t.Context(), someone(t, anas), wanted)
			if !errors.Is(err, c.want) || created || err == nil && (stored.Text != text || stored.MD5 != template.Checksum(text)) {
				t.Errorf("created %v: %v, %#v", created, err, stored)
			}
			if err != nil && !strings.Contains(err.Error(), "writing gs://"+shared) {
				t.Errorf("the error does not say what was done: %v", err)
			}
			if b.only().Content != c.content {
				t.Errorf("now there is %q", b.only().Content)
			}
			b.wantCalls(c.calls...)
		})
	}
}

func TestAnAnswerThatGotLostIsMadeUpForByALook(t *testing.T) {
	lost := wire.Fault{Method: "POST", Kind: wire.ResetAfter}
	unsent := wire.Fault{Method: "POST", Kind: wire.ResetBefore}
	busy := wire.Fault{Method: "POST", Kind: wire.Status, Status: 503}
	slow := wire.Fault{Method: "POST", Kind: wire.Status, Status: 429, RetryAfter: 3}
	for name, c := range map[string]struct {
		faults []wire.Fault
		calls  []string
	}{
		"lost once":          {[]wire.Fault{lost}, []string{"GET object", "POST upload", "POST upload", "GET object"}},
		"never sent":         {[]wire.Fault{unsent}, []string{"GET object", "POST upload", "POST upload"}},
		"busy, then lost":    {[]wire.Fault{busy, lost, busy}, []string{"GET object", "POST upload", "POST upload", "POST upload", "POST upload", "GET object"}},
		"too many calls":     {[]wire.Fault{slow}, []string{"GET object", "POST upload", "POST upload"}},
		"lost and then mute": {[]wire.Fault{lost, {Method: "POST", Kind: wire.Status, Status: 503, Times: 7}}, append(append([]string{"GET object"}, strings.Split(strings.Repeat("POST upload,", 8), ",")[:8]...), "GET object")},
	} {
		t.Run("create: "+name, func(t *testing.T) {
			b := newBucket(t)
			b.fail(c.faults...)
			stored, created, err := b.store().Ensure(t.Context(), someone(t, anas), b.wanted(anas))
			if err != nil || !created || stored.Text != text || stored.Generation != b.only().Generation {
				t.Errorf("created %v: %v, %#v", created, err, stored)
			}
			b.wantCalls(c.calls...)
		})
		t.Run("update: "+name, func(t *testing.T) {
			b := newBucket(t)
			wanted := b.made(anas)
			wanted.Text = "new"
			b.fail(c.faults...)
			stored, err := b.store().Update(t.Context(), someone(t, anas), wanted)
			if err != nil || stored.Text != "new" || stored.Generation == wanted.Generation || stored.Generation != b.only().Generation {
				t.Errorf("%v, %#v", err, stored)
			}
			b.wantCalls(c.calls...)
		})
	}
}

func TestAnUploadThatNeverSucceedsIsAnErrorAndTheNextRunGoesOn(t *testing.T) {
	b := newBucket(t)
	b.fail(wire.Fault{Method: "POST", Kind: wire.Status, Status: 503, Times: 8})
	store := b.store()
	if _, _, err := store.Ensure(t.Context(), someone(t, anas), b.wanted(anas)); err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "Apply again") {
		t.Errorf("got %v", err)
	}
	if _, created, err := store.Ensure(t.Context(), someone(t, anas), b.wanted(anas)); err != nil || !created { // the claim was given back
		t.Errorf("created %v: %v", created, err)
	}
}

func TestAnInterruptedUploadIsFoundByTheNextRun(t *testing.T) {
	b := newBucket(t)
	ctx, interrupt := context.WithCancel(t.Context())
	b.before = func(r *http.Request) {
		if r.Method != http.MethodPost {
			return
		}
		b.before = nil
		body, err := io.ReadAll(r.Body)
		b.must(err)
		r.Body = io.NopCloser(bytes.NewReader(body))
		interrupt()
		<-r.Context().Done() // the client left; what it sent has its effect
	}
	_, _, err := b.store().Ensure(ctx, someone(t, anas), b.wanted(anas))
	if err == nil || !strings.Contains(err.Error(), "Apply again") {
		t.Errorf("got %v", err)
	}
	stored, _, err := b.store().Ensure(t.Context(), someone(t, anas), b.wanted(anas))
	if err != nil || stored.Generation != b.only().Generation {
		t.Errorf("%v, %#v", err, stored)
	}
}

func TestSomebodyFasterIsNeverOverwritten(t *testing.T) {
	b := newBucket(t)
	wanted := b.wanted(anas)
	theirs := storage.Object{Bucket: shared, Name: wanted.Name, Content: "theirs"}
	put := func() {
		_, err := b.PutObject(theirs)
		b.must(err)
	}
	b.overtake(http.MethodPost, put)
	if _, _, err := b.store().Ensure(t.Context(), someone(t, anas), wanted); !errors.Is(err, google.ErrExists) || !strings.Contains(err.Error(), "nobody's mark") {
		t.Errorf("create: got %v", err)
	}
	b.must(b.DeleteObject(shared, wanted.Name))
	seen := b.made(anas)
	changed := seen
	changed.Text = "new"
	b.overtake(http.MethodPost, put)
	if _, err := b.store().Update(t.Context(), someone(t, anas), changed); !errors.Is(err, google.ErrChanged) {
		t.Errorf("update, overtaken: got %v", err)
	}
	b.Forget()
	if _, err := b.store().Update(t.Context(), someone(t, anas), changed); !errors.Is(err, google.ErrChanged) {
		t.Errorf("update, too late: got %v", err)
	}
	b.wantCalls("GET object")
	if _, err := b.store().Delete(t.Context(), seen); !errors.Is(err, google.ErrChanged) || !strings.Contains(err.Error(), "Plan again") {
		t.Errorf("delete: got %v", err)
	}
	if b.only().Content != "theirs" {
		t.Errorf("now there is %q", b.only().Content)
	}
	b.must(b.DeleteObject(shared, wanted.Name))
	if _, err := b.store().Update(t.Context(), someone(t, anas), changed); !errors.Is(err, google.ErrChanged) || !strings.Contains(err.Error(), "deleted") {
		t.Errorf("update of what was deleted: got %v", err)
	}
}

func TestOurOwnInstallationFasterIsFine(t *testing.T) {
	b := newBucket(t)
	b.overtake(http.MethodPost, func() {
		wanted := b.wanted(anas)
		wanted.Text = "older"
		_, _, err := b.store().Ensure(t.Context(), someone(t, anas), wanted)
		b.must(err)
	})
	stored, created, err := b.store().Ensure(t.Context(), someone(t, anas), b.wanted(anas))
	if err != nil || created || stored.Generation != b.only().Generation || b.only().Content != text {
		t.Errorf("created %v: %v, %#v", created, err, stored)
	}
}

func TestTheSameFromAnotherRunIsNotOurCreation(t *testing.T) {
	b := newBucket(t)
	b.overtake(http.MethodPost, func() { b.made(anas) })
	stored, created, err := b.store().Ensure(t.Context(), someone(t, anas), b.wanted(anas))
	if err != nil || created || stored.Generation != b.only().Generation {
		t.Errorf("created %v: %v, %#v", created, err, stored)
	}
}

func TestHalfATextIsNeverStored(t *testing.T) {
	b := newBucket(t)
	b.before = func(r *http.Request) {
		body, err := io.ReadAll(r.Body)
		b.must(err)
		r.Body = io.NopCloser(strings.NewReader(strings.Replace(string(body), "Name: spark", "Name: shark", 1)))
	}
	if _, _, err := b.store().Ensure(t.Context(), someone(t, anas), b.wanted(anas)); err == nil || len(b.Objects("")) != 0 {
		t.Errorf("%v, %v", err, b.Objects(""))
	}
}

func TestAnEditByHandIsPutRight(t *testing.T) {
	b := newBucket(t)
	made := b.made(anas)
	_, err := b.PutObject(storage.Object{Bucket: shared, Name: made.Name, Content: "by hand"})
	b.must(err)
	store := b.store()
	seen, err := store.Read(t.Context(), shared, made.Name, made.MD5)
	if err != nil || seen.Text != "by hand" || seen.MD5 != template.Checksum("by hand") || seen.Generation == made.Generation || seen.Owner != "" {
		t.Fatalf("%v, %#v", err, seen)
	}
	seen.Text = text
	stored, err := store.Update(t.Context(), someone(t, anas), seen)
	if err != nil || b.only().Content != text || stored.ManagedBy != "test" || b.only().Metadata[google.LabelManagedBy] != "test" {
		t.Errorf("%v, %#v", err, stored)
	}
	again, err := store.Read(t.Context(), shared, made.Name, stored.MD5)
	if err != nil || again.Generation != stored.Generation {
		t.Errorf("%v, %#v", err, again)
	}
}

func TestMarksTakenAwayAreSetAgain(t *testing.T) {
	b := newBucket(t)
	made := b.made(anas)
	_, err := b.EditObject(storage.Object{Bucket: shared, Name: made.Name, ContentType: "application/yaml"})
	b.must(err)
	if _, err := b.store().Update(t.Context(), someone(t, anas), made); err != nil || b.only().Metadata[google.LabelManagedBy] != "test" {
		t.Errorf("%v, %#v", err, b.only())
	}
}

func TestWhatBecameAnothersIsLeftAlone(t *testing.T) {
	b := newBucket(t)
	made := b.made(anas)
	_, err := b.EditObject(storage.Object{Bucket: shared, Name: made.Name, Metadata: map[string]string{google.LabelManagedBy: "other", google.LabelOwner: made.Owner}})
	b.must(err)
	changed := made
	changed.Text = "new"
	if _, err := b.store().Update(t.Context(), someone(t, anas), changed); !errors.Is(err, google.ErrExists) || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("update: got %v", err)
	}
	if _, err := b.store().Delete(t.Context(), made); !errors.Is(err, google.ErrExists) {
		t.Errorf("delete: got %v", err)
	}
	if b.only().Content != text {
		t.Error("it was changed")
	}
}

func TestDelete(t *testing.T) {
	for name, fault := range map[string][]wire.Fault{
		"at once": nil,
		"lost":    {{Method: "DELETE", Kind: wire.ResetAfter}},
		"busy":    {{Method: "DELETE", Kind: wire.Status, Status: 503}, {Method: "DELETE", Kind: wire.Status, Status: 429}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t)
			made := b.made(anas)
			b.fail(fault...)
			b.deletes(made)
			if left := b.Objects(""); len(left) != 0 {
				t.Errorf("there is still %v", left)
			}
			b.deletes(made) // gone already
		})
	}
	b := newBucket(t)
	made := b.made(anas)
	made.Generation = 0
	b.deletes(made)
	b.deletes(template.Object{Bucket: "no-such-bucket", Name: made.Name})
	b.fail(wire.Fault{Method: "GET", Kind: wire.Status, Status: 403})
	if _, err := b.store().Delete(t.Context(), made); err == nil || !strings.Contains(err.Error(), "looking at gs://") || !strings.Contains(err.Error(), "right") {
		t.Errorf("got %v", err)
	}
}

func TestDeleteRacesWithAnotherDelete(t *testing.T) {
	b := newBucket(t)
	made := b.made(anas)
	b.overtake(http.MethodDelete, func() { b.must(b.DeleteObject(shared, made.Name)) })
	b.deletes(made)

	made = b.made(anas) // the condition, not the absence, may be what Google tells first
	looks := 0
	b.before = func(*http.Request) {
		if looks++; looks == 2 {
			b.must(b.DeleteObject(shared, made.Name))
		}
	}
	b.fail(wire.Fault{Method: "DELETE", Kind: wire.Status, Status: 412})
	b.deletes(made)
}

// A resource that got another address is destroyed at the old one and created at the new one, in any order.
func TestWhatThisRunEnsuredIsNotDeletedByIt(t *testing.T) {
	b := newBucket(t)
	made := b.made(anas)
	store := b.store()
	_, _, err := store.Ensure(t.Context(), someone(t, anas), b.wanted(anas))
	b.must(err)
	if left, err := store.Delete(t.Context(), made); !left || err != nil {
		t.Errorf("left %v: %v", left, err)
	}
	b.only()
}

func TestTwoResourcesCannotShareAFile(t *testing.T) {
	b := newBucket(t)
	store := b.store()
	_, _, err := store.Ensure(t.Context(), someone(t, anas), b.wanted(anas))
	b.must(err)
	if _, _, err := store.Ensure(t.Context(), someone(t, anas), b.wanted(anas)); !errors.Is(err, ledger.ErrClaimed) || !strings.Contains(err.Error(), anas) {
		t.Errorf("got %v", err)
	}
}

func TestAMissingBucketIsNamed(t *testing.T) {
	b := newBucket(t)
	wanted := b.wanted(anas)
	wanted.Bucket = "no-such-bucket"
	_, _, err := b.store().Ensure(t.Context(), someone(t, anas), wanted)
	if !errors.Is(err, template.ErrNoBucket) || !strings.Contains(err.Error(), `there is no bucket "no-such-bucket"`) || !strings.Contains(err.Error(), "provisioner_google_foundation") || !strings.Contains(err.Error(), anas) {
		t.Errorf("got %v", err)
	}
}
