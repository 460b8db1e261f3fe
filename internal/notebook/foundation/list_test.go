package foundation_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google/googletest"
)

// A bucket and an account that were made together are found together, whatever they are called; those of others are not.
func TestListPairsWhatBelongsTogether(t *testing.T) {
	w := newWorld(t)
	named := func(bucket, account string) foundation.Wanted {
		return wanted(func(f *foundation.Wanted) { f.Bucket, f.ServiceAccount = bucket, account })
	}
	w.ensured(named("a-templates", "z-notebooks"))
	w.ensured(named("b-templates", "a-notebooks"))
	w.ensured(foundation.Wanted{Project: project, Bucket: "c-alone"})
	w.ensured(foundation.Wanted{Project: project, ServiceAccount: "m-alone"})
	if _, err := w.other().Ensure(t.Context(), named("d-theirs", "d-theirs")); err != nil {
		t.Fatal(err)
	}
	found, err := w.builder().List(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	at := "@" + project + ".iam.gserviceaccount.com"
	var got []string
	for _, f := range found {
		got = append(got, f.Bucket+" "+f.ServiceAccountEmail)
		if f.Project != project || f.ProjectNumber != 123456789012 || !f.BucketReadable {
			t.Errorf("%+v", f)
		}
	}
	if want := []string{"a-templates z-notebooks" + at, "b-templates a-notebooks" + at, "c-alone ", " m-alone" + at}; !slices.Equal(got, want) {
		t.Fatalf("found %q, want %q", got, want)
	}
	if f := found[0]; f.BucketLocation != "US-CENTRAL1" || !f.UniformAccess || f.Labels["team"] != "red" ||
		!slices.Equal(f.Roles, wanted().Roles) || !slices.Equal(f.Users, []string{"ana@example.com", "bob@example.com"}) {
		t.Errorf("%+v", f)
	}
}

func TestListGoesThroughEveryPage(t *testing.T) {
	w := newWorld(t)
	for i := range 25 { // more than Google tells at once
		w.ensured(foundation.Wanted{Project: project, ServiceAccount: fmt.Sprintf("notebooks-%02d", i)})
	}
	found, err := w.builder().List(t.Context(), project)
	if err != nil || len(found) != 25 {
		t.Errorf("%d of 25, %v", len(found), err)
	}
}

func TestListThatIsRefused(t *testing.T) {
	w := newWorld(t)
	if _, err := w.builder().List(t.Context(), "not-ours"); err == nil {
		t.Error("a project that is not there")
	}
	if found, err := foundation.New(w.Cloud("empty")).List(t.Context(), project); err != nil || len(found) != 0 {
		t.Errorf("of nobody: %+v, %v", found, err)
	}
	w.Next["GET serviceAccounts"] = []googletest.Fate{answered(403, "", `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`)}
	if _, err := w.builder().List(t.Context(), project); !google.Refused(err) {
		t.Errorf("got %v", err)
	}
}
