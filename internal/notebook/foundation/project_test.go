package foundation_test

import (
	"testing"

	resourcemanager "google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"
	api "google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/foundation"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google/googletest"
)

const project = "sandbox-project"

// world is the project that a test is about.
type world struct {
	*googletest.World
	t *testing.T
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{googletest.New(t), t}
}

var lost, answered = googletest.Lost, googletest.Answered

// builder is what a run of the provider has: nothing of earlier runs.
func (w *world) builder() *foundation.Builder { return foundation.New(w.Cloud("test")) }

// other is a run of another installation.
func (w *world) other() *foundation.Builder { return foundation.New(w.Cloud("other")) }

const account = "notebooks@" + project + ".iam.gserviceaccount.com"

// wanted is a whole foundation, with changes.
func wanted(change ...func(*foundation.Wanted)) foundation.Wanted {
	f := foundation.Wanted{
		Project: project, Bucket: "templates-1", BucketLocation: "us-central1", ServiceAccount: "notebooks",
		Roles: []string{"roles/dataproc.hubAgent", "roles/logging.logWriter"}, Users: []string{"ana@example.com", "Bob@example.com"},
		Labels: map[string]string{"team": "red"},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func (w *world) ensured(f foundation.Wanted) *foundation.Foundation {
	w.t.Helper()
	made, err := w.builder().Ensure(w.t.Context(), f)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// projectPolicy is who may do what in the project.
func (w *world) projectPolicy() *resourcemanager.Policy {
	w.t.Helper()
	p, err := google.ResourceManager(w.Cloud("test")).Projects.GetIamPolicy(project, &resourcemanager.GetIamPolicyRequest{}).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// setProjectPolicy is what somebody else does.
func (w *world) setProjectPolicy(p *resourcemanager.Policy) {
	w.t.Helper()
	if _, err := google.ResourceManager(w.Cloud("test")).Projects.SetIamPolicy(project, &resourcemanager.SetIamPolicyRequest{Policy: p}).Do(); err != nil {
		w.t.Fatal(err)
	}
}

// members are who has a role in the project without a condition.
func (w *world) members(role string) (members []string) {
	for _, b := range w.projectPolicy().Bindings {
		if b.Role == role && b.Condition == nil {
			members = append(members, b.Members...)
		}
	}
	return members
}

// actors are who may act as the service account.
func (w *world) actors() (members []string) {
	w.t.Helper()
	p, err := google.IAM(w.Cloud("test")).Projects.ServiceAccounts.GetIamPolicy("projects/" + project + "/serviceAccounts/" + account).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, b := range p.Bindings {
		if b.Role == "roles/iam.serviceAccountUser" {
			members = append(members, b.Members...)
		}
	}
	return members
}

// readers are who may read the bucket's files by our role.
func (w *world) readers() (members []string) {
	w.t.Helper()
	p, err := google.Storage(w.Cloud("test")).Buckets.GetIamPolicy("templates-1").Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, b := range p.Bindings {
		if b.Role == "roles/storage.objectViewer" {
			members = append(members, b.Members...)
		}
	}
	return members
}

func (w *world) accounts() (emails []string) {
	w.t.Helper()
	list, err := google.IAM(w.Cloud("test")).Projects.ServiceAccounts.List("projects/" + project).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range list.Accounts {
		emails = append(emails, a.Email)
	}
	return emails
}

// account is the service account as Google has it.
func (w *world) account() *iam.ServiceAccount {
	w.t.Helper()
	is, err := google.IAM(w.Cloud("test")).Projects.ServiceAccounts.Get("projects/" + project + "/serviceAccounts/" + account).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	return is
}

// bucket is the one bucket.
func (w *world) bucket() *api.Bucket {
	w.t.Helper()
	all := w.Files.Buckets()
	if len(all) != 1 {
		w.t.Fatalf("there are %d buckets, want one", len(all))
	}
	return all[0]
}
