package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	notebooks "google.golang.org/api/notebooks/v1"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestAManagedNotebook(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	only := func() *notebooks.Runtime {
		t.Helper()
		all := w.Google.Runtimes()
		if len(all) != 1 {
			t.Fatalf("there are %d runtimes, want one", len(all))
		}
		return all[0]
	}
	config := func(attributes ...string) string {
		return anas(append([]string{`environment = "managed"`}, attributes...)...)
	}
	w.run(
		w.apply(config(), does(creates, staysKnown("location", "us-central1"), staysKnown("machine_type", "n1-standard-4")), stateHas("id", inRegion+anasNotebook, "state", "ACTIVE", "outcome", "created",
			"effective_identity", "user:ana.diaz@example.com", "boot_disk", knownvalue.Null(), "idle_shutdown_minutes", knownvalue.Int64Exact(180))),
		w.apply(config(), does(noop)),
		w.apply(config(`labels = { team = "data" }`, `idle_shutdown_minutes = 60`), does(updates), checks(
			func() error { return same("data", only().Labels["team"]) }, func() error { return same(int64(60), only().SoftwareConfig.IdleShutdownTimeout) })),
		w.apply(config(`machine_type = "n1-standard-8"`), first(func() { w.must(w.Google.IdleStop(fake.Runtime, only().Name)) }), does(updates, staysKnown("state", "STOPPED")), checks(
			func() error { return same("n1-standard-8", only().VirtualMachine.VirtualMachineConfig.MachineType) }, func() error { return same("STOPPED", only().State) })),
		w.apply(config(`machine_type = "n1-standard-8"`), does(noop)),
		w.apply(config(`machine_type = "n1-standard-8"`, `identity = "service_account"`, `service_account = "nb@data-access.iam.gserviceaccount.com"`), does(replaces)),
		w.apply(anas(), does(replaces), stateHas("environment", "workbench", "id", inZone+anasNotebook, "location", "us-central1-a")),
	)
	if n := len(w.Google.Runtimes()) + len(w.Google.Workbenches()); n != 0 {
		t.Errorf("destroy left %d notebooks", n)
	}
}

func TestADataprocHub(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	only := func() *notebooks.Instance {
		t.Helper()
		all := w.Google.LegacyInstances()
		if len(all) != 1 {
			t.Fatalf("there are %d hubs, want one", len(all))
		}
		return all[0]
	}
	config := func(attributes ...string) string {
		if !strings.Contains(strings.Join(attributes, ""), "templates") {
			attributes = append(attributes, `templates = ["gs://bucket/ana/single.yaml"]`)
		}
		return anas(append([]string{`environment = "dataproc_hub"`, `service_account = "hub@data-access.iam.gserviceaccount.com"`}, attributes...)...)
	}
	w.run(
		w.apply(config(), does(creates, staysKnown("machine_type", "e2-medium")), stateHas("state", "ACTIVE", "outcome", "created", "idle_shutdown_minutes", knownvalue.Null())),
		w.apply(config(), does(noop)),
		w.apply(config(`templates = ["gs://bucket/ana/single.yaml", "gs://bucket/ana/standard.yaml"]`), does(updates, staysKnown("state", "ACTIVE")), checks(
			func() error {
				return same("bucket/ana/single.yaml,bucket/ana/standard.yaml", only().Metadata["dataproc-configs"])
			})),
		w.apply(config(`templates = ["gs://bucket/ana/single.yaml", "gs://bucket/ana/standard.yaml"]`, `labels = { team = "data" }`), does(updates), checks(func() error { return same("data", only().Labels["team"]) })),
		w.apply(config(`labels = { team = "data" }`), does(updates)),
		w.apply(config(), first(func() { w.must(w.Google.IdleStop(fake.LegacyInstance, only().Name)) }), does(updates, staysKnown("state", "STOPPED")), checks(func() error { return same("STOPPED", only().State) })),
		w.apply(config(), does(noop)),
	)
}

func TestWhatGoogleHidesOfAHubIsNoChange(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	config := anas(`environment = "dataproc_hub"`, `templates = ["gs://bucket/ana/single.yaml"]`, `metadata = { dataproc-allow-custom-clusters = "false" }`)
	w.run(
		w.apply(config),
		w.apply(config, first(func() { w.Google.Behave(func(b *fake.Behaviours) { b.HideLegacyMetadata = true }) }), does(noop)),
	)
}

// Where Google makes no more of them, the error names the successor.
func TestTheEndOfLegacyCreation(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.Google.Behave(func(b *fake.Behaviours) { b.LegacyCreation = false })
	w.run(
		w.apply(anas(`environment = "managed"`), refused("The notebook could not be made", "ana.diaz@example.com", "workbench")),
		w.apply(anas(`environment = "dataproc_hub"`, `templates = ["gs://bucket/ana/single.yaml"]`), refused("The notebook could not be made", "workbench")),
	)
}
