package template_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func TestReadFetchesTheTextOnlyWhenItIsNotKnown(t *testing.T) {
	b := newBucket(t)
	made := b.made(anas)
	store := b.store()
	o, err := store.Read(t.Context(), shared, made.Name, made.MD5)
	if err != nil || o.Text != "" || o.Generation != made.Generation || o.Owner != made.Owner || o.ManagedBy != "test" {
		t.Errorf("%v, %#v", err, o)
	}
	b.wantCalls("GET object")
	if o, err = store.Read(t.Context(), shared, made.Name, ""); err != nil || o != made {
		t.Errorf("%v, %#v", err, o)
	}
	b.wantCalls("GET object", "GET object", "GET object")
}

func TestReadOfWhatIsNotThere(t *testing.T) {
	b := newBucket(t)
	for _, name := range []string{shared, "no-such-bucket"} {
		if _, err := b.store().Read(t.Context(), name, "templates/x/y.yaml", ""); !errors.Is(err, google.ErrGone) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	b.fail(wire.Fault{Kind: wire.Status, Status: 403})
	if _, err := b.store().Read(t.Context(), shared, "templates/x/y.yaml", ""); errors.Is(err, google.ErrGone) || err == nil || !strings.Contains(err.Error(), "reading gs://") {
		t.Errorf("got %v", err)
	}
}

func TestReadFollowsAWriterThatIsFaster(t *testing.T) {
	b := newBucket(t)
	made := b.made(anas)
	looks := 0
	b.before = func(r *http.Request) { // between the look and the fetch
		if looks++; r.Method == http.MethodGet && looks == 2 {
			_, err := b.PutObject(storage.Object{Bucket: shared, Name: made.Name, Content: "newer"})
			b.must(err)
		}
	}
	o, err := b.store().Read(t.Context(), shared, made.Name, "")
	if err != nil || o.Text != "newer" || o.MD5 != template.Checksum("newer") || o.Generation != b.only().Generation {
		t.Errorf("%v, %#v", err, o)
	}
}

func TestManyReadsAreOneListAndNoText(t *testing.T) {
	b := newBucket(t)
	const people = 30
	var made []template.Object
	for i := range people {
		made = append(made, b.made(fmt.Sprintf("p%d@example.com", i)))
	}
	store := b.store()
	var all sync.WaitGroup
	for _, m := range made {
		all.Go(func() {
			if o, err := store.Read(t.Context(), shared, m.Name, m.MD5); err != nil || o.Generation != m.Generation {
				t.Errorf("%v, %#v", err, o)
			}
		})
	}
	all.Wait()
	lists, gets := 0, 0
	for _, c := range b.calls() {
		switch c {
		case "GET list":
			lists++
		case "GET object":
			gets++
		}
	}
	if lists != 1 || gets > 8 {
		t.Errorf("%d lists and %d gets", lists, gets)
	}
	// What is written is read directly afterwards.
	changed := made[3]
	changed.Text = "new"
	stored, err := store.Update(t.Context(), someone(t, "p3@example.com"), changed)
	b.must(err)
	if o, err := store.Read(t.Context(), shared, changed.Name, made[3].MD5); err != nil || o != stored {
		t.Errorf("%v, %#v", err, o)
	}
	if _, err := store.Read(t.Context(), shared, "templates/nobody/x.yaml", ""); !errors.Is(err, google.ErrGone) {
		t.Errorf("got %v", err)
	}
}

func TestListIsWhatIsOurs(t *testing.T) {
	b := newBucket(t)
	ana, ben := b.made(anas), b.made("ben@example.com")
	_, err := b.PutObject(storage.Object{Bucket: shared, Name: "templates/by-hand.yaml", Content: "x"})
	b.must(err)
	_, err = b.PutObject(storage.Object{Bucket: shared, Name: "templates2/x/y.yaml", Metadata: map[string]string{google.LabelManagedBy: "test"}})
	b.must(err)
	other := b.wanted("cleo@example.com")
	_, _, err = b.storeOf("other").Ensure(t.Context(), someone(t, "cleo@example.com"), other)
	b.must(err)
	for _, prefix := range []string{"templates", "/templates/"} {
		got, err := b.store().List(t.Context(), shared, prefix)
		if err != nil || len(got) != 2 || got[0].Text != "" || got[0].MD5 != ana.MD5 {
			t.Errorf("%v, %v", err, got)
			continue
		}
		if names := got[0].Name + got[1].Name; names != ana.Name+ben.Name && names != ben.Name+ana.Name {
			t.Errorf("got %v", got)
		}
	}
	if got, err := b.store().List(t.Context(), shared, ""); err != nil || len(got) != 3 {
		t.Errorf("%v, %v", err, got)
	}
	if _, err := b.store().List(t.Context(), "no-such-bucket", ""); !errors.Is(err, template.ErrNoBucket) {
		t.Errorf("got %v", err)
	}
}

func TestListReadsEveryPage(t *testing.T) {
	b := newBucket(t)
	const many = 1001 // one more than a page
	for i := range many {
		_, err := b.PutObject(storage.Object{Bucket: shared, Name: fmt.Sprintf("templates/p%04d/x.yaml", i), Metadata: map[string]string{google.LabelManagedBy: "test"}})
		b.must(err)
	}
	got, err := b.store().List(t.Context(), shared, "templates")
	if err != nil || len(got) != many {
		t.Errorf("%d, %v", len(got), err)
	}
	b.wantCalls("GET list", "GET list")
}

func TestHasBucket(t *testing.T) {
	b := newBucket(t)
	for name, want := range map[string]bool{shared: true, "no-such-bucket": false} {
		if has, err := b.store().HasBucket(t.Context(), name); err != nil || has != want {
			t.Errorf("%s: %v, %v", name, has, err)
		}
	}
	forbidden := wire.Fault{Method: "GET", Path: "/storage/v1/b/*", Kind: wire.Status, Status: 403}
	b.Forget()
	b.fail(forbidden) // to look at the bucket; its objects may be listed
	if has, err := b.store().HasBucket(t.Context(), shared); err != nil || !has {
		t.Errorf("%v, %v", has, err)
	}
	b.wantCalls("GET bucket", "GET list")
	b.fail(forbidden, forbidden)
	if has, err := b.store().HasBucket(t.Context(), shared); err == nil || has || !strings.Contains(err.Error(), "storage.objectAdmin") {
		t.Errorf("%v, %v", has, err)
	}
	b.fail(wire.Fault{Method: "GET", Kind: wire.Status, Status: 503, Times: 8})
	if has, err := b.store().HasBucket(t.Context(), shared); err == nil || has || !strings.Contains(err.Error(), "looking for the bucket") {
		t.Errorf("%v, %v", has, err)
	}
}
