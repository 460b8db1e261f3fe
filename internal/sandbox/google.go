package sandbox

import (
	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/storage"
)

// The one project of Google's that a sandbox has.
const (
	GoogleProject       = "data-access"
	GoogleProjectNumber = 123456789012

	googleToken = "sandbox-google-token"
)

func newGoogle(o Options, clock await.Clock) (*google.Fake, error) {
	return google.New(google.Options{
		Clock: clock, Speed: o.Speed, RateLimits: o.RateLimits,
		Token: googleToken, Project: GoogleProject, ProjectNumber: GoogleProjectNumber,
	})
}

func newStorage(o Options, clock await.Clock) (*storage.Fake, error) {
	return storage.New(storage.Options{
		Clock: clock, RateLimits: o.RateLimits,
		Token: googleToken, Project: GoogleProject, ProjectNumber: GoogleProjectNumber,
	})
}

// googleEnv has the names under which Google's own Terraform provider looks for addresses: they end in the version.
func (s *Sandbox) googleEnv() map[string]string {
	return map[string]string{
		"GOOGLE_PROJECT":            GoogleProject,
		"GOOGLE_REGION":             "us-central1",
		"GOOGLE_ZONE":               "us-central1-a",
		"GOOGLE_OAUTH_ACCESS_TOKEN": googleToken,

		"GOOGLE_WORKBENCH_CUSTOM_ENDPOINT":        s.GoogleURL + "/notebooks/v2/",
		"GOOGLE_NOTEBOOKS_CUSTOM_ENDPOINT":        s.GoogleURL + "/notebooks/v1/",
		"GOOGLE_DATAPROC_CUSTOM_ENDPOINT":         s.GoogleURL + "/dataproc/v1/",
		"GOOGLE_RESOURCE_MANAGER_CUSTOM_ENDPOINT": s.GoogleURL + "/cloudresourcemanager/v1/",
		"GOOGLE_IAM_CUSTOM_ENDPOINT":              s.GoogleURL + "/iam/v1/",
		"GOOGLE_STORAGE_CUSTOM_ENDPOINT":          s.StorageURL + "/storage/v1/",

		// Who does not use the token above would go on looking in the home directory, where real credentials are, and
		// then ask the metadata server. An empty file ends the search with an error; nobody listens on port 1.
		"GOOGLE_APPLICATION_CREDENTIALS": "/dev/null",
		"GCE_METADATA_HOST":              "127.0.0.1:1",
	}
}
