package modules_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/api/storage/v1"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const guide = "../templates/guides/migrating-from-the-published-deployer.md"

// moved is what is only there to move: removed and import blocks.
var moved = regexp.MustCompile(`(?ms)^(removed|import) \{.*?^\}\n`)

// deployersState is what the deployer keeps in a state, of two people.
func deployersState(provider string) string {
	people := []string{"ana@example.com", "bo@example.com"}
	return stateOf(provider, map[string]map[string][]string{
		"module.managed": {"google_notebooks_runtime.managed_instance": people},
		"module.hubs": {
			"google_notebooks_instance.user_managed_instance":               people,
			"google_service_account.notebook_instance_sa":                   {""},
			"google_project_iam_binding.sa_binding":                         {"roles/compute.admin", "roles/dataproc.hubAgent", "roles/storage.objectAdmin"},
			"google_storage_bucket.personal_dataproc_notebooks_bucket":      {""},
			"google_storage_bucket_object.dataproc_template_file_generator": {""},
			"google_storage_bucket_object.dataproc_startup_script":          {""},
			"google_storage_bucket_object.dataproc_source_templates":        {"per-auth-cluster.yaml"},
		},
	})
}

// deploys makes what the deployer makes at Google, for two people.
func (p *project) deploys(t *testing.T) {
	t.Helper()
	const in = "projects/data-access/"
	network, subnet := in+"global/networks/default", in+"regions/us-central1/subnetworks/default"
	account := "notebook-instance-sa@data-access.iam.gserviceaccount.com"
	google := p.google.Google
	seed := func(kind fake.Kind, name string, body map[string]any, state string) {
		t.Helper()
		if err := google.Seed(kind, name, body, state); err != nil {
			t.Fatal(err)
		}
	}
	seed(fake.ServiceAccount, in+"serviceAccounts/"+account, map[string]any{"displayName": "Personal Auth notebooks Service Account"}, "")
	for _, role := range []string{"roles/compute.admin", "roles/dataproc.hubAgent", "roles/storage.objectAdmin"} {
		p.grant(t, role, "serviceAccount:"+account)
	}
	if err := p.google.Storage.CreateBucket(&storage.Bucket{Name: "personal_dataproc_notebooks", Location: "US-CENTRAL1"}); err != nil {
		t.Fatal(err)
	}
	for name, state := range map[string]string{"ana": "STOPPED", "bo": "ACTIVE"} {
		email := name + "@example.com"
		seed(fake.Runtime, in+"locations/us-central1/runtimes/managed-instance-"+name, map[string]any{
			"accessConfig": map[string]any{"accessType": "SINGLE_USER", "runtimeOwner": email},
			"virtualMachine": map[string]any{"virtualMachineConfig": map[string]any{
				"machineType": "n1-standard-4", "network": network, "subnet": subnet,
				"dataDisk": map[string]any{"initializeParams": map[string]any{"diskSizeGb": "100", "diskType": "PD_STANDARD"}},
			}},
		}, state)
		seed(fake.LegacyInstance, in+"locations/us-central1-a/instances/user-managed-instance-"+name, map[string]any{
			"machineType": "e2-medium", "vmImage": map[string]any{"project": "deeplearning-platform-release", "imageFamily": "common-container"},
			"postStartupScript": "gs://personal_dataproc_notebooks/template_generator.sh", "instanceOwners": []string{email},
			"network": network, "subnet": subnet, "serviceAccount": account,
			"metadata": map[string]any{
				"dataproc-configs":      "personal_dataproc_notebooks/dataproc_generated_templates/" + email,
				"jupyterhub-host-type":  "ain",
				"container":             "gcr.io/cloud-dataproc/dataproc-spawner:prod",
				"container-env-file":    "",
				"templates_bucket_name": "personal_dataproc_notebooks",
				"instance-subnet-uri":   subnet,
			},
		}, state)
	}
}

// guided is the blocks of the guide, which are about the modules beside them here: managed notebooks, hubs, and Workbench
// beside the managed ones.
func guided(t *testing.T) (managed, hubs, workbench string) {
	t.Helper()
	blocks := hclBlock.FindAllStringSubmatch(published.ReplaceAllString(read(t, guide), `"../modules/$1"`), -1)
	if len(blocks) != 3 {
		t.Fatalf("the guide has %d blocks", len(blocks))
	}
	return blocks[0][1], blocks[1][1], blocks[2][1]
}

// moving is somebody with the deployer's state, and what it stands for.
func moving(t *testing.T, provider string) *project {
	t.Helper()
	p := newProject(t)
	p.withGoogles(t)
	p.deploys(t)
	p.write(t, "terraform.tfstate", deployersState(provider))
	return p
}

// Without the blocks, everything would go.
func TestSwitchingSourceAloneWouldDestroy(t *testing.T) {
	t.Parallel()
	p := moving(t, "")
	managed, hubs, _ := guided(t)
	p.holds(t, moved.ReplaceAllString(managed+hubs, ""))
	contains(t, p.plan(t), "12 to destroy.")
}

// Switching source, with the blocks of the guide, destroys nobody's notebook.
func TestTheGuideDestroysNobodysNotebook(t *testing.T) {
	t.Parallel()
	p := moving(t, "")
	managed, hubs, workbench := guided(t)
	p.holds(t, managed, hubs)
	p.movesAlong(t)

	p.holds(t, moved.ReplaceAllString(managed+hubs, "")) // the blocks have done their work
	p.settled(t)
	p.holds(t, workbench, moved.ReplaceAllString(hubs, ""))
	p.movesAlong(t)

	for _, role := range []string{"roles/compute.admin", "roles/storage.objectAdmin"} { // as the guide says, these stay
		if !slices.Contains(p.roles(t, "serviceAccount:notebook-instance-sa@data-access.iam.gserviceaccount.com"), role) {
			t.Errorf("%s was taken back, and the guide says that it was not", role)
		}
	}
	said, status := p.run(t, "plan", "-destroy", "-no-color")
	if status != 1 {
		t.Errorf("ended with %d", status)
	}
	contains(t, said, "A protected notebook would be destroyed")
}

// With a provider block inside the module a removed block cannot work, and the commands of the guide do.
func TestTheGuideTellsHowToLeaveAProviderBlockInAModule(t *testing.T) {
	t.Parallel()
	p := moving(t, "MODULE.")
	managed, hubs, _ := guided(t)
	p.holds(t, managed, hubs)
	p.refuses(t, "Provider configuration not present")

	p.holds(t, regexp.MustCompile(`(?ms)^removed \{.*?^\}\n`).ReplaceAllString(managed+hubs, ""))
	commands := regexp.MustCompile("(?ms)^```shell\n(terraform state rm.*?)^```").FindStringSubmatch(read(t, guide))
	if commands == nil {
		t.Fatal("the guide has no commands")
	}
	script := exec.CommandContext(t.Context(), "sh", "-ec", `terraform() { "$TF_ACC_TERRAFORM_PATH" "$@"; }`+"\n"+commands[1])
	script.Dir, script.Env = p.path, p.env
	if said, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	p.movesAlong(t)
}

// movesAlong applies, and looks whether everything of the deployer is still there.
func (p *project) movesAlong(t *testing.T) {
	t.Helper()
	before := p.things()
	said := p.plan(t)
	contains(t, said, " 0 to destroy.")
	if strings.Contains(said, "must be replaced") {
		t.Errorf("something is replaced: %s", said)
	}
	p.apply(t)
	if gone := p.destroyed(); gone != "" {
		t.Errorf("this was destroyed:\n%s", gone)
	}
	after := p.things()
	for name, id := range before {
		if after[name] != id {
			t.Errorf("%s was %s and is %q", name, id, after[name])
		}
	}
	if list := p.must(t, 0, "state", "list"); strings.Contains(list, "google_notebooks_") || strings.Contains(list, "google_storage_") {
		t.Errorf("the state still has %s", list)
	}
	p.settled(t)
}
