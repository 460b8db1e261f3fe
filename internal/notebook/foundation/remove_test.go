package foundation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

func (w *world) fill(n int) {
	w.t.Helper()
	for i := range n {
		if _, err := w.Files.PutObject(storage.Object{Bucket: "templates-1", Name: fmt.Sprint("ana/", i, ".yaml"), Content: "x"}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// Nothing is taken away before it is clear that everything may go.
func TestABucketWithFilesIsKept(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	w.fill(3)
	err := w.builder().Remove(t.Context(), wanted())
	if !errors.Is(err, foundation.ErrNotEmpty) || !strings.Contains(err.Error(), "objects in it: 3") {
		t.Fatal(err)
	}
	if f, err := w.builder().Read(t.Context(), wanted()); err != nil || len(f.Roles) != 2 || f.ServiceAccountEmail == "" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := w.builder().Remove(t.Context(), wanted(func(f *foundation.Wanted) { f.Force = true })); err != nil {
		t.Fatal(err)
	}
	if len(w.Files.Buckets())+len(w.accounts()) != 0 {
		t.Error("something is left")
	}
	if err := w.builder().Remove(t.Context(), wanted()); err != nil {
		t.Error("a second time:", err)
	}
}

// Versions that were replaced keep a bucket from being deleted, and are invisible to a plain list.
func TestOldVersionsAreDeletedToo(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	if _, err := google.Storage(w.Cloud("test")).Buckets.Patch("templates-1", &api.Bucket{Versioning: &api.BucketVersioning{Enabled: true}}).Do(); err != nil {
		t.Fatal(err)
	}
	w.fill(2)
	w.fill(2)
	if err := w.builder().Remove(t.Context(), wanted(func(f *foundation.Wanted) { f.Force = true })); err != nil || len(w.Files.Buckets()) != 0 {
		t.Error(err)
	}
}
