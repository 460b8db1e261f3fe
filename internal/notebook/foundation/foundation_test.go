package foundation_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	resourcemanager "google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"
	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

const member = "serviceAccount:" + account

func TestAFoundationIsMade(t *testing.T) {
	w := newWorld(t)
	f := w.ensured(wanted())
	if f.Outcome != foundation.Created || f.ProjectNumber != 123456789012 || f.Bucket != "templates-1" || f.BucketURL != "gs://templates-1" ||
		f.BucketLocation != "US-CENTRAL1" || f.ServiceAccountEmail != account || !f.UniformAccess || !f.PublicPrevented || !f.BucketReadable {
		t.Errorf("%+v", f)
	}
	if b := w.bucket(); b.Labels[google.LabelManagedBy] != "test" || b.Labels["team"] != "red" || !b.IamConfiguration.UniformBucketLevelAccess.Enabled || b.IamConfiguration.PublicAccessPrevention != "enforced" {
		t.Errorf("%+v", b)
	}
	if a := w.account(); !strings.HasSuffix(a.Description, "managed by provisioner installation test") || a.DisplayName == "" {
		t.Errorf("%+v", a)
	}
	for _, role := range wanted().Roles {
		if !slices.Contains(w.members(role), member) {
			t.Errorf("%s was not granted", role)
		}
	}
	if got := w.actors(); !slices.Equal(got, []string{"user:ana@example.com", "user:bob@example.com"}) {
		t.Errorf("actors %v", got)
	}
	if got := w.readers(); !slices.Equal(got, []string{member}) {
		t.Errorf("readers %v", got)
	}
	// On the whole project the account has the roles that were asked for, and people have none.
	for _, b := range w.projectPolicy().Bindings {
		if slices.Contains(b.Members, member) && !slices.Contains(wanted().Roles, b.Role) {
			t.Errorf("%s in the whole project", b.Role)
		}
		if b.Role == "roles/iam.serviceAccountUser" {
			t.Errorf("%v may act as every account", b.Members)
		}
	}
}

// The bucket is never open, not for the blink between two calls.
func TestTheBucketIsClosedFromTheStart(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	at := slices.Index(w.Calls, "POST b")
	if at < 0 || !strings.Contains(w.Bodies[at], `"publicAccessPrevention":"enforced"`) || !strings.Contains(w.Bodies[at], `"uniformBucketLevelAccess":{"enabled":true}`) {
		t.Errorf("%v", w.Bodies)
	}
	if slices.Contains(w.Calls, "PATCH b/x") {
		t.Error("it was patched afterwards")
	}
}

func TestASecondEnsureDoesNothing(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	w.Forget()
	f := w.ensured(wanted())
	writes := slices.DeleteFunc(w.Writes(), func(c string) bool { return strings.HasSuffix(c, ":getIamPolicy") }) // reads by POST
	if f.Outcome != foundation.NoAction || len(writes) > 0 {
		t.Error(f.Outcome, writes)
	}
}

func TestPartsOfAFoundation(t *testing.T) {
	w := newWorld(t)
	only := foundation.Wanted{Project: project, Bucket: "templates-1"}
	if f := w.ensured(only); f.ServiceAccountEmail != "" || f.Bucket == "" || len(w.accounts()) != 0 {
		t.Errorf("%+v", f)
	}
	if f, err := w.builder().Read(t.Context(), only); err != nil || f.ServiceAccountEmail != "" || !f.BucketReadable {
		t.Errorf("%+v, %v", f, err)
	}
	w = newWorld(t)
	only = foundation.Wanted{Project: project, ServiceAccount: "notebooks", Users: []string{"ana@example.com"}}
	if f := w.ensured(only); f.ServiceAccountEmail != account || len(w.Files.Buckets()) != 0 {
		t.Errorf("%+v", f)
	}
	if f, err := w.builder().Read(t.Context(), only); err != nil || len(f.Users) != 1 || f.Bucket != "" {
		t.Errorf("%+v, %v", f, err)
	}
}

// Defect D: grants are added, and nobody else's is touched, whatever its condition.
func TestGrantsAreAdditive(t *testing.T) {
	w := newWorld(t)
	others := []*resourcemanager.Binding{
		{Role: "roles/owner", Members: []string{"user:boss@example.com"}},
		{Role: "roles/dataproc.hubAgent", Members: []string{"user:temp@example.com"}, Condition: &resourcemanager.Expr{
			Title: "until 2027", Expression: `request.time < timestamp("2027-01-01T00:00:00Z")`,
		}},
		{Role: "roles/dataproc.hubAgent", Members: []string{"user:eve@example.com", "group:data@example.com"}},
		{Role: "roles/logging.logWriter", Members: []string{"user:temp@example.com"}, Condition: &resourcemanager.Expr{
			Title: "never", Expression: "false",
		}},
	}
	w.setProjectPolicy(&resourcemanager.Policy{Version: 3, Bindings: others})
	intact := func(when string) {
		t.Helper()
		for _, o := range others {
			if !slices.ContainsFunc(w.projectPolicy().Bindings, func(b *resourcemanager.Binding) bool {
				same := (o.Condition == nil) == (b.Condition == nil) && (o.Condition == nil || o.Condition.Title == b.Condition.Title && o.Condition.Expression == b.Condition.Expression)
				return b.Role == o.Role && same && !slices.ContainsFunc(o.Members, func(m string) bool { return !slices.Contains(b.Members, m) })
			}) {
				t.Errorf("%s: %s of %v is gone", when, o.Role, o.Members)
			}
		}
	}
	w.ensured(wanted())
	intact("after Ensure")
	if !slices.Equal(w.members("roles/logging.logWriter"), []string{member}) {
		t.Error("the grant hangs on somebody else's condition")
	}
	less := wanted(func(f *foundation.Wanted) { f.Roles, f.Users = f.Roles[:1], f.Users[:1] })
	if _, err := w.builder().Update(t.Context(), wanted(), less); err != nil {
		t.Fatal(err)
	}
	intact("after Update")
	if got := w.members("roles/logging.logWriter"); len(got) != 0 {
		t.Errorf("not revoked: %v", got)
	}
	if got := w.actors(); !slices.Equal(got, []string{"user:ana@example.com"}) {
		t.Errorf("actors %v", got)
	}
	if err := w.builder().Remove(t.Context(), less); err != nil {
		t.Fatal(err)
	}
	intact("after Remove")
	if got := w.members("roles/dataproc.hubAgent"); slices.Contains(got, member) {
		t.Errorf("not revoked: %v", got)
	}
}

// What before did not name was granted by somebody else, and stays.
func TestOnlyWhatBeforeNamedIsRevoked(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	p := w.projectPolicy()
	p.Bindings = append(p.Bindings, &resourcemanager.Binding{Role: "roles/bigquery.jobUser", Members: []string{member}})
	w.setProjectPolicy(p)
	if _, err := w.builder().Update(t.Context(), wanted(), wanted(func(f *foundation.Wanted) { f.Roles = nil })); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(w.members("roles/bigquery.jobUser"), member) {
		t.Error("somebody else's grant was revoked")
	}
}

func TestDriftIsRead(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	cloud := w.Cloud("test")
	if f, err := w.builder().Read(t.Context(), wanted()); err != nil || !slices.Equal(f.Roles, wanted().Roles) || !slices.Equal(f.Users, wanted().Users) || !f.BucketReadable || !f.UniformAccess || !f.PublicPrevented {
		t.Fatalf("%+v, %v", f, err)
	}
	p := w.projectPolicy()
	p.Bindings = slices.DeleteFunc(p.Bindings, func(b *resourcemanager.Binding) bool { return b.Role == "roles/logging.logWriter" })
	w.setProjectPolicy(p)
	if _, err := google.IAM(cloud).Projects.ServiceAccounts.SetIamPolicy("projects/"+project+"/serviceAccounts/"+account, &iam.SetIamPolicyRequest{Policy: &iam.Policy{
		Bindings: []*iam.Binding{{Role: "roles/iam.serviceAccountUser", Members: []string{"user:bob@example.com"}}},
	}}).Do(); err != nil {
		t.Fatal(err)
	}
	if _, err := google.Storage(cloud).Buckets.Patch("templates-1", &api.Bucket{IamConfiguration: &api.BucketIamConfiguration{
		PublicAccessPrevention:   "inherited",
		UniformBucketLevelAccess: &api.BucketIamConfigurationUniformBucketLevelAccess{ForceSendFields: []string{"Enabled"}},
	}}).Do(); err != nil {
		t.Fatal(err)
	}
	if _, err := google.Storage(cloud).Buckets.SetIamPolicy("templates-1", &api.Policy{Bindings: []*api.PolicyBindings{{Role: "roles/storage.admin", Members: []string{"user:boss@example.com"}}}}).Do(); err != nil {
		t.Fatal(err)
	}
	f, err := w.builder().Read(t.Context(), wanted())
	if err != nil || f.UniformAccess || f.PublicPrevented || f.BucketReadable || !slices.Equal(f.Roles, []string{"roles/dataproc.hubAgent"}) || !slices.Equal(f.Users, []string{"Bob@example.com"}) {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err = w.builder().Update(t.Context(), wanted(), wanted()); err != nil {
		t.Fatal(err)
	}
	if f, err = w.builder().Read(t.Context(), wanted()); err != nil || !f.UniformAccess || !f.PublicPrevented || !f.BucketReadable || len(f.Roles) != 2 || len(f.Users) != 2 {
		t.Errorf("not mended: %+v, %v", f, err)
	}
}

func TestWhatIsGoneIsRead(t *testing.T) {
	w := newWorld(t)
	if _, err := w.builder().Read(t.Context(), wanted()); !errors.Is(err, google.ErrGone) {
		t.Error(err)
	}
	w.ensured(wanted())
	if _, err := google.IAM(w.Cloud("test")).Projects.ServiceAccounts.Delete("projects/" + project + "/serviceAccounts/" + account).Do(); err != nil {
		t.Fatal(err)
	}
	if f, err := w.builder().Read(t.Context(), wanted()); err != nil || f.ServiceAccountEmail != "" || len(f.Roles)+len(f.Users) > 0 || f.Bucket == "" {
		t.Errorf("%+v, %v", f, err)
	}
	if f := w.ensured(wanted()); f.Outcome != foundation.Created || len(w.accounts()) != 1 {
		t.Errorf("%+v", f)
	}
}

// Defect K: nothing has a fixed name.
func TestTwoFoundationsInOneProject(t *testing.T) {
	w := newWorld(t)
	b := w.builder()
	second := wanted(func(f *foundation.Wanted) { f.Bucket, f.ServiceAccount = "templates-2", "notebooks-2" })
	var all sync.WaitGroup
	for _, each := range []foundation.Wanted{wanted(), second} {
		all.Go(func() {
			if _, err := b.Ensure(t.Context(), each); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := w.members("roles/dataproc.hubAgent"); len(got) != 2 || len(w.Files.Buckets()) != 2 {
		t.Errorf("%v, %d buckets", got, len(w.Files.Buckets()))
	}
	if err := w.builder().Remove(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if f, err := w.builder().Read(t.Context(), wanted()); err != nil || len(f.Roles) != 2 || len(f.Users) != 2 || !f.BucketReadable {
		t.Errorf("the first lost something: %+v, %v", f, err)
	}
}

func TestTwoResourcesDoNotShareAFoundation(t *testing.T) {
	w := newWorld(t)
	b := w.builder()
	if _, err := b.Ensure(t.Context(), wanted()); err != nil {
		t.Fatal(err)
	}
	sameAccount := wanted(func(f *foundation.Wanted) { f.Bucket = "another" })
	if _, err := b.Ensure(t.Context(), sameAccount); !errors.Is(err, ledger.ErrClaimed) || !strings.Contains(err.Error(), account) {
		t.Error(err)
	}
	if _, err := b.Update(t.Context(), wanted(func(f *foundation.Wanted) { f.ServiceAccount = "old-one" }), sameAccount); !errors.Is(err, ledger.ErrClaimed) {
		t.Error(err)
	}
	if n := len(w.Files.Buckets()); n != 1 {
		t.Errorf("%d buckets", n)
	}
	// what was refused together with the account is anybody's
	if _, err := b.Ensure(t.Context(), foundation.Wanted{Project: project, Bucket: "another"}); err != nil {
		t.Error(err)
	}
	// a resource that got another address is destroyed at the old one
	if err := b.Remove(t.Context(), wanted()); err != nil || len(w.accounts()) != 1 || len(w.Files.Buckets()) != 2 {
		t.Error(err, w.accounts())
	}
}

func TestSomebodyElsesThingsAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	for name, do := range map[string]func() error{
		"bucket": func() error {
			_, err := w.other().Ensure(t.Context(), wanted(func(f *foundation.Wanted) { f.ServiceAccount, f.Roles, f.Users = "", nil, nil }))
			return err
		},
		"account": func() error {
			_, err := w.other().Ensure(t.Context(), wanted(func(f *foundation.Wanted) { f.Bucket = "" }))
			return err
		},
		"update": func() error { _, err := w.other().Update(t.Context(), wanted(), wanted()); return err },
		"remove": func() error { return w.other().Remove(t.Context(), wanted()) },
		"remove the bucket": func() error {
			return w.other().Remove(t.Context(), foundation.Wanted{Project: project, Bucket: "templates-1"})
		},
		"remove the account": func() error {
			return w.other().Remove(t.Context(), wanted(func(f *foundation.Wanted) { f.Bucket = "" }))
		},
	} {
		w.Forget()
		if err := do(); !errors.Is(err, google.ErrExists) || len(w.Writes()) > 0 {
			t.Errorf("%s: %v, %v", name, err, w.Writes())
		}
	}
}

// A name may be taken by somebody whose bucket we cannot even see, or who is in another project of ours.
func TestABucketNameIsTakenByAStranger(t *testing.T) {
	w := newWorld(t)
	w.Fates("GET b/x", answered(404, "", `{"error":{"code":404}}`), answered(403, "", `{"error":{"code":403}}`))
	w.Fates("POST b", answered(409, "", `{"error":{"code":409,"message":"The requested bucket name is not available."}}`))
	if _, err := w.builder().Ensure(t.Context(), wanted()); !errors.Is(err, google.ErrExists) || !strings.Contains(err.Error(), "all of Google Cloud") {
		t.Error(err)
	}
	w.AddProject("second-project", 2222)
	w.ensured(wanted())
	if _, err := w.builder().Ensure(t.Context(), wanted(func(f *foundation.Wanted) { f.Project = "second-project" })); !errors.Is(err, google.ErrExists) || !strings.Contains(err.Error(), "another project") {
		t.Error(err)
	}
}

func TestABucketDoesNotMove(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	if _, err := w.builder().Update(t.Context(), wanted(), wanted(func(f *foundation.Wanted) { f.BucketLocation = "EU" })); err == nil || !strings.Contains(err.Error(), "cannot move it to EU") {
		t.Error(err)
	}
}

// What was imported becomes ours with the first change: a bucket by its label, an account by its description.
func TestWhatWasImportedBecomesOurs(t *testing.T) {
	w := newWorld(t)
	cloud := w.Cloud("test")
	if err := w.Files.CreateBucket(&api.Bucket{Name: "templates-1", Location: "us-central1", Labels: map[string]string{"by": "hand"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := google.IAM(cloud).Projects.ServiceAccounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{
		AccountId: "notebooks", ServiceAccount: &iam.ServiceAccount{Description: "of the published deployer"},
	}).Do(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.builder().Ensure(t.Context(), wanted()); !errors.Is(err, google.ErrExists) {
		t.Fatal(err)
	}
	if _, err := w.builder().Update(t.Context(), wanted(), wanted()); err != nil {
		t.Fatal(err)
	}
	if b := w.bucket(); b.Labels["by"] != "hand" || b.Labels[google.LabelManagedBy] != "test" || b.IamConfiguration.PublicAccessPrevention != "enforced" {
		t.Errorf("%+v", b)
	}
	if got := w.account().Description; got != "of the published deployer; managed by provisioner installation test" {
		t.Error(got)
	}
	if f := w.ensured(wanted()); f.Outcome != foundation.NoAction {
		t.Error(f.Outcome)
	}
}

func TestLabelsChange(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	after := wanted(func(f *foundation.Wanted) { f.Labels = map[string]string{"cost": "1"} })
	f, err := w.builder().Update(t.Context(), wanted(), after)
	if err != nil || len(f.Labels) != 2 || w.bucket().Labels["cost"] != "1" || w.bucket().Labels["team"] != "" {
		t.Errorf("%v, %v", w.bucket().Labels, err)
	}
}

// A part that is wanted no more goes; one that is wanted now comes.
func TestPartsComeAndGo(t *testing.T) {
	w := newWorld(t)
	bucket := foundation.Wanted{Project: project, Bucket: "templates-1"}
	w.ensured(bucket)
	if _, err := w.builder().Update(t.Context(), bucket, wanted(func(f *foundation.Wanted) { f.BucketLocation = "" })); err != nil || len(w.accounts()) != 1 {
		t.Fatal(err)
	}
	if _, err := w.builder().Update(t.Context(), wanted(), foundation.Wanted{Project: project, Bucket: "templates-1"}); err != nil || len(w.accounts()) != 0 || len(w.members("roles/dataproc.hubAgent")) != 0 {
		t.Error(err, w.accounts(), w.members("roles/dataproc.hubAgent"))
	}
}

func TestWhatFailedMayBeTriedAgain(t *testing.T) {
	w := newWorld(t)
	b := w.builder()
	w.Fates("POST b", answered(403, "", `{"error":{"code":403,"message":"no"}}`))
	if _, err := b.Ensure(t.Context(), wanted()); err == nil {
		t.Error("it was made")
	}
	if _, err := b.Ensure(t.Context(), wanted()); err != nil {
		t.Error(err)
	}
}
