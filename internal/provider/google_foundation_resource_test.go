package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	sandboxstorage "github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const (
	foundationAddress = "provisioner_google_foundation.test"
	notebooksAccount  = "personal-notebooks@" + sandbox.GoogleProject + ".iam.gserviceaccount.com"
)

func foundationOf(extra string) string {
	return "resource \"provisioner_google_foundation\" \"test\" {\n" + extra + "\n}\n"
}

const wholeFoundation = `
  bucket             = "notebook-templates"
  service_account_id = "personal-notebooks"
`

// projectGrants are the roles of the notebooks' service account in the project.
func (w *world) projectGrants() string {
	var roles []string
	for _, b := range w.Google.ProjectPolicy(sandbox.GoogleProject).Bindings {
		if slices.Contains(b.Members, "serviceAccount:"+notebooksAccount) {
			roles = append(roles, b.Role)
		}
	}
	slices.Sort(roles)
	return strings.Join(roles, " ")
}

func TestFoundationLifecycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	granted := func(roles string) func(*resource.TestStep) {
		return check(func() error { return same(roles, w.projectGrants()) })
	}
	number := knownvalue.Int64Exact(sandbox.GoogleProjectNumber)
	w.run(
		w.on(foundationOf(wholeFoundation+`roles = ["roles/dataproc.worker"]
			users  = ["ana.diaz@example.com"]
			labels = { team = "data" }`),
			planned(foundationAddress, plancheck.ResourceActionCreate,
				plancheck.ExpectKnownValue(foundationAddress, tfjsonpath.New("bucket_url"), knownvalue.StringExact("gs://notebook-templates")),
				plancheck.ExpectKnownValue(foundationAddress, tfjsonpath.New("id"), knownvalue.StringExact(sandbox.GoogleProject+"/notebook-templates/personal-notebooks")),
				plancheck.ExpectKnownValue(foundationAddress, tfjsonpath.New("service_account_email"), knownvalue.StringExact(notebooksAccount))),
			holds(foundationAddress, "outcome", "created", "project", sandbox.GoogleProject, "project_number", number, "service_account_email", notebooksAccount,
				"bucket_closed", knownvalue.Bool(true), "bucket_readable", knownvalue.Bool(true), "bucket_self_link", knownvalue.NotNull(), "bucket_location", "US"),
			granted("roles/dataproc.worker")),
		w.on(foundationOf(wholeFoundation+`roles = ["roles/dataproc.worker"]
			users  = ["ana.diaz@example.com"]
			labels = { team = "data" }`), nothing),
		w.on(foundationOf(wholeFoundation+`roles = ["roles/dataproc.hubAgent", "roles/dataproc.worker"]
			users           = ["bob@example.com"]
			bucket_location = "us"
			force_destroy   = true`), planned(foundationAddress, plancheck.ResourceActionUpdate,
			plancheck.ExpectKnownValue(foundationAddress, tfjsonpath.New("service_account_email"), knownvalue.StringExact(notebooksAccount)),
		), granted("roles/dataproc.hubAgent roles/dataproc.worker")),
		w.on(foundationOf(wholeFoundation+"force_destroy = true"), planned(foundationAddress, plancheck.ResourceActionUpdate), granted("")),
		w.on(foundationOf(wholeFoundation), planned(foundationAddress, plancheck.ResourceActionUpdate)),
		w.on(foundationOf(wholeFoundation), nothing),
		w.on(foundationOf(wholeFoundation), importsBy(foundationAddress, sandbox.GoogleProject+"/notebook-templates/personal-notebooks")),
		w.on(foundationOf(`bucket = "notebook-templates"`), planned(foundationAddress, plancheck.ResourceActionUpdate),
			holds(foundationAddress, "service_account_email", knownvalue.Null(), "bucket_readable", knownvalue.Null(), "id", sandbox.GoogleProject+"/notebook-templates/-"),
			check(func() error { return same(0, len(w.Google.ServiceAccounts())) })),
		w.on(foundationOf(`bucket = "notebook-templates"`), importsBy(foundationAddress, sandbox.GoogleProject+"/notebook-templates")),
		w.on(foundationOf(wholeFoundation), planned(foundationAddress, plancheck.ResourceActionUpdate), holds(foundationAddress, "service_account_email", notebooksAccount)),
		w.on(foundationOf(`service_account_id = "personal-notebooks"`), planned(foundationAddress, plancheck.ResourceActionUpdate),
			holds(foundationAddress, "bucket_url", knownvalue.Null(), "bucket_closed", knownvalue.Null()), check(func() error { return same(0, len(w.Storage.Buckets())) })),
		w.on(foundationOf(`service_account_id = "personal-notebooks"`), nothing),
		w.on(foundationOf(wholeFoundation), planned(foundationAddress, plancheck.ResourceActionUpdate)),
		w.on(foundationOf(wholeFoundation+`bucket_location = "us-central1"`), planned(foundationAddress, plancheck.ResourceActionReplace),
			check(func() error { return same("US-CENTRAL1", strings.ToUpper(w.Storage.Buckets()[0].Location)) })),
		w.on(foundationOf(wholeFoundation+`bucket_location = "us-central1"`), nothing),
	)
	if buckets, accounts := w.Storage.Buckets(), w.Google.ServiceAccounts(); len(buckets)+len(accounts) != 0 {
		t.Errorf("destroy left %d buckets and %d accounts", len(buckets), len(accounts))
	}
}

func TestFoundationDriftIsShownAndRepaired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := foundationOf(wholeFoundation + `
  roles         = ["roles/dataproc.worker"]
  users         = ["ana.diaz@example.com"]
  labels        = { team = "data" }
  force_destroy = true`)
	shown := planned(foundationAddress, plancheck.ResourceActionUpdate)
	byHand := func(do func(s *storage.Service, w *world) error) func(*resource.TestStep) {
		return first(func() {
			if err := do(w.storageClient(), w); err != nil {
				t.Error(err)
			}
		})
	}
	w.run(
		w.on(config),
		w.on(config, byHand(func(s *storage.Service, _ *world) error {
			_, err := s.Buckets.Patch("notebook-templates", &storage.Bucket{IamConfiguration: &storage.BucketIamConfiguration{PublicAccessPrevention: "inherited"}}).Do()
			return err
		}), shown, holds(foundationAddress, "bucket_closed", knownvalue.Bool(true)), check(func() error {
			return same("enforced", w.Storage.Buckets()[0].IamConfiguration.PublicAccessPrevention)
		})),
		w.on(config, byHand(func(s *storage.Service, _ *world) error {
			_, err := s.Buckets.SetIamPolicy("notebook-templates", &storage.Policy{Version: 1, Bindings: []*storage.PolicyBindings{{Role: "roles/storage.admin", Members: []string{"user:boss@example.com"}}}}).Do()
			return err
		}), shown, holds(foundationAddress, "bucket_readable", knownvalue.Bool(true))),
		w.on(config, byHand(func(s *storage.Service, _ *world) error {
			_, err := s.Buckets.Patch("notebook-templates", &storage.Bucket{Labels: map[string]string{"team": "theirs", "more": "x"}}).Do()
			return err
		}), shown, check(func() error {
			return same("data x", w.Storage.Buckets()[0].Labels["team"]+" "+w.Storage.Buckets()[0].Labels["more"])
		})),
		w.on(config, first(func() {
			if err := w.Google.Remove(fake.ServiceAccount, w.Google.ServiceAccounts()[0].Name); err != nil {
				t.Error(err)
			}
		}), shown, holds(foundationAddress, "service_account_email", notebooksAccount), check(func() error { return same(1, len(w.Google.ServiceAccounts())) })),
		w.on(config, nothing),
	)
}

func TestFoundationOfSomebodyElses(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	w.run(w.on(foundationOf(wholeFoundation), fails("The foundation could not be made", "notebook-templates", "was not made by this installation")))
	if n := len(w.Storage.Buckets()); n != 1 {
		t.Errorf("there are %d buckets", n)
	}
}

func TestFoundationImports(t *testing.T) {
	t.Parallel()
	w := newGoogleWorld(t)
	imports := func(id string) string {
		return "import {\n  to = " + foundationAddress + "\n  id = \"" + id + "\"\n}\n"
	}
	w.run(
		w.on(imports("a/b/c/d")+foundationOf(wholeFoundation), fails("cannot be imported", "project/bucket/service_account_id")),
		w.on(imports(sandbox.GoogleProject+"/-/-")+foundationOf(wholeFoundation), fails("cannot be imported", "project/bucket/service_account_id")),
		w.on(imports(sandbox.GoogleProject+"/notebook-templates/-")+foundationOf(`bucket = "notebook-templates"`), func(s *resource.TestStep) {
			s.ConfigPlanChecks.PostApplyPostRefresh = []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}
		}),
	)
}

func TestFoundationWithFilesIsNotDestroyed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(
		w.on(foundationOf(wholeFoundation)),
		w.on(foundationOf(wholeFoundation), first(func() {
			if _, err := w.Storage.PutObject(sandboxstorage.Object{Bucket: "notebook-templates", Name: "x", Content: "x"}); err != nil {
				t.Error(err)
			}
		}), func(s *resource.TestStep) { s.Destroy = true }, fails("The foundation could not be removed", "not empty", "force_destroy")),
		w.on(foundationOf(wholeFoundation+"force_destroy = true"), planned(foundationAddress, plancheck.ResourceActionUpdate)),
	)
	if n := len(w.Storage.Buckets()); n != 0 {
		t.Errorf("%d buckets are left", n)
	}
}

func TestFoundationCreationSurvivesTheNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Wire.AddFault(
		wire.Fault{Vendor: "storage", Method: "POST", Path: "/storage/v1/b", Kind: wire.ResetAfter},
		wire.Fault{Vendor: "google", Method: "POST", Path: fmt.Sprintf("/iam/v1/projects/%s/serviceAccounts", sandbox.GoogleProject), Kind: wire.ResetAfter},
	); err != nil {
		t.Fatal(err)
	}
	w.run(w.on(foundationOf(wholeFoundation), holds(foundationAddress, "outcome", "created")), w.on(foundationOf(wholeFoundation), nothing))
}
