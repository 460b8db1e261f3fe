package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// theirs is a Workbench notebook that somebody made without us.
var theirs = map[string]any{
	"instanceOwners": []string{"ana.diaz@example.com"}, "enableManagedEuc": true, "labels": map[string]any{"team": "data", "cost": "42"},
	"gceSetup": map[string]any{
		"machineType": "n2-standard-8", "disablePublicIp": true, "tags": []string{"theirs"}, "metadata": map[string]any{"idle-timeout-seconds": "7200", "report-event-health": "true"},
		"bootDisk":          map[string]any{"diskSizeGb": "200", "diskType": "PD_SSD"},
		"networkInterfaces": []any{map[string]any{"network": "projects/data-access/global/networks/net", "subnet": "projects/data-access/regions/us-central1/subnetworks/sub"}},
		"vmImage":           map[string]any{"project": "cloud-notebooks-managed", "family": "workbench-instances"},
	},
}

func TestAnImportedNotebookPlansNothing(t *testing.T) {
	t.Parallel()
	whole := anas(`name = "old"`, `machine_type = "n2-standard-8"`, `idle_shutdown_minutes = 120`, `network = "net"`, `subnet = "sub"`, `tags = ["theirs"]`,
		`boot_disk = { size_gb = 200, type = "PD_SSD" }`, `labels = { team = "data" }`, `metadata = { report-event-health = "true" }`)
	for name, c := range map[string]struct{ id, config string }{
		"the whole id":             {inZone + "old", whole},
		"project, zone and name":   {"data-access/us-central1-a/old", whole},
		"zone and name":            {"us-central1-a/old", whole},
		"with its environment":     {"workbench:us-central1-a/old", whole},
		"a configuration of least": {"us-central1-a/old", anas()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			w.must(w.Google.Seed(fake.Workbench, inZone+"old", theirs, "STOPPED"))
			w.run(
				w.apply(c.config, brings(c.id), stateHas("id", inZone+"old", "environment", "workbench", "state", "STOPPED", "outcome", "no_action", "name", "old")),
				w.apply(c.config, does(noop), checks(w.wrote())),
			)
		})
	}
}

// What an import found was never the configuration's to take away; what it could not learn replaces nothing.
func TestTheFirstChangeOfAnImportedNotebook(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.must(w.Google.Seed(fake.Workbench, inZone+"old", theirs, ""))
	mine := []string{`name = "old"`, `machine_type = "n2-standard-8"`, `idle_shutdown_minutes = 120`}
	labels := func(want string) func() error {
		return func() error {
			all := w.bench().Labels
			return same(want, fmt.Sprint(all["team"], " ", all["cost"], " ", all["provisioner_managed_by"], " ", all["provisioner_owner"]))
		}
	}
	w.run(
		w.apply(anas(mine...), brings("us-central1-a/old")),
		w.apply(anas(append(mine, `labels = { team = "ops" }`, `image = { family = "workbench-instances" }`)...), does(updates),
			checks(labels("ops 42 default ana-diaz-6idqd22h"), func() error { return same("true", w.bench().GceSetup.Metadata["report-event-health"]) }, w.stays("ACTIVE"))),
		w.apply(anas(append(mine, `labels = { team = "ops" }`, `image = { family = "workbench-instances" }`)...), does(noop)),
		w.apply(anas(append(mine, `image = { family = "workbench-instances" }`)...), does(updates), checks(labels(" 42 default ana-diaz-6idqd22h"))),
		w.apply(anas(append(mine, `image = { family = "workbench-instances-2603" }`)...), does(replaces)),
	)
}

func TestAnImportWithoutItsOwnerReplacesNothing(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.must(w.Google.Seed(fake.Workbench, inZone+"old", theirs, ""))
	w.Google.Behave(func(b *fake.Behaviours) { b.HideOwner = true })
	w.edit(map[string]any{"gceSetup": map[string]any{"systemMetadata": map[string]any{"proxy-mode": nil, "proxy-user-mail": nil}, "metadata": map[string]any{"proxy-mode": nil, "proxy-user-mail": nil}}})
	config := anas(`name = "old"`, `machine_type = "n2-standard-8"`, `idle_shutdown_minutes = 120`)
	w.run(
		w.apply(config, func(s *resource.TestStep) {
			s.Config = "import {\n  to = " + notebookAddress + "\n  id = \"us-central1-a/old\"\n}\n" + s.Config
		}, does(updates), stateHas("user_email", "ana.diaz@example.com")),
		w.apply(config, does(noop)),
	)
}

func TestAnImportedRuntimePlansNothing(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{
		"the whole id": inRegion + "managed-instance-ana", "project, region and name": "data-access/us-central1/managed-instance-ana", "its environment": "managed:us-central1/managed-instance-ana",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			w.must(w.Google.Seed(fake.Runtime, inRegion+"managed-instance-ana", map[string]any{
				"accessConfig":   map[string]any{"accessType": "SINGLE_USER", "runtimeOwner": "ana.diaz@example.com"},
				"softwareConfig": map[string]any{"idleShutdown": true, "idleShutdownTimeout": 180},
				"virtualMachine": map[string]any{"virtualMachineConfig": map[string]any{
					"machineType": "n1-standard-4", "dataDisk": map[string]any{"initializeParams": map[string]any{"diskSizeGb": "100", "diskType": "PD_STANDARD"}},
				}},
			}, ""))
			config := anas(`environment = "managed"`, `name = "managed-instance-ana"`)
			if name == "the whole id" { // what an import found, and the configuration leaves open, stays
				config = anas()
			}
			w.run(
				w.apply(config, brings(id), stateHas("public_ip", knownvalue.Bool(true), "environment", "managed", "location", "us-central1", "effective_identity", "user:ana.diaz@example.com")),
				w.apply(config, does(noop), checks(w.wrote())),
			)
		})
	}
}

func TestAnImportedHubPlansNothing(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	seedHub(w)
	config := anas(`environment = "dataproc_hub"`, `name = "hub"`, `machine_type = "e2-medium"`, `templates = ["gs://bucket/ana/single.yaml"]`)
	w.run(
		w.apply(config, brings("dataproc_hub:us-central1-a/hub"), stateHas("environment", "dataproc_hub", "idle_shutdown_minutes", knownvalue.Null())),
		w.apply(config, does(noop), checks(w.wrote())),
	)
}

func seedHub(w *notebookWorld) {
	w.t.Helper()
	w.must(w.Google.Seed(fake.LegacyInstance, inZone+"hub", map[string]any{
		"instanceOwners": []string{"ana.diaz@example.com"}, "machineType": "e2-medium", "noPublicIp": true,
		"vmImage":        map[string]any{"project": "deeplearning-platform-release", "imageFamily": "common-container"},
		"serviceAccount": "hub@data-access.iam.gserviceaccount.com",
		"metadata":       map[string]any{"dataproc-configs": "bucket/ana/single.yaml", "proxy-mode": "mail", "proxy-user-mail": "ana.diaz@example.com", "jupyterhub-host-type": "ain"},
	}, ""))
}

func TestWhatCannotBeImported(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	for id, texts := range map[string][]string{
		"colab:us-central1-a/x":          {"This cannot be imported", `"colab" is no environment`, "LOCATION/NAME"},
		"x":                              {"This cannot be imported", "PROJECT/LOCATION/NAME"},
		inZone + "absent":                {"Cannot import non-existent remote object"},
		"dataproc_hub:" + inRegion + "x": {"This cannot be imported"},
		"projects/p/locations/l/notebooks/strange": {"This cannot be imported"},
	} {
		w.run(w.apply(anas(), brings(id), func(s *resource.TestStep) { s.ConfigPlanChecks.PreApply = nil }, refused(texts...)))
	}
}

// A slip in a list of imports must not cost anybody their notebook.
func TestSomebodyElsesNotebookIsNotImportedToBeDeleted(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.must(w.Google.Seed(fake.Workbench, inZone+"old", theirs, "STOPPED"))
	w.run(w.apply(nb("bob@example.com", `name = "old"`)+"import {\n  to = "+notebookAddress+"\n  id = \"us-central1-a/old\"\n}\n",
		refused("An imported notebook is another person's", inZone+"old", "ana.diaz@example.com", "bob@example.com")))
}
