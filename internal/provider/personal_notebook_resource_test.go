package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const (
	creates  = plancheck.ResourceActionCreate
	updates  = plancheck.ResourceActionUpdate
	replaces = plancheck.ResourceActionReplace
	noop     = plancheck.ResourceActionNoop
)

func TestNotebookLifecycle(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	id := inZone + anasNotebook
	w.run(
		w.apply(anas(), does(creates,
			becomesUnknown("id"), becomesUnknown("proxy_url"), becomesUnknown("state"), becomesUnknown("outcome"),
			staysKnown("name", anasNotebook), staysKnown("project", "data-access"), staysKnown("location", "us-central1-a"), staysKnown("machine_type", "e2-standard-4"),
			plancheck.ExpectKnownValue(notebookAddress, place("idle_shutdown_minutes"), knownvalue.Int64Exact(180)),
		), stateHas("id", id, "state", "ACTIVE", "outcome", "created", "identity", "user", "effective_identity", "user:ana.diaz@example.com",
			"notified_at", knownvalue.Null(), "labels", knownvalue.Null(), "public_ip", knownvalue.Bool(false), "boot_disk", knownvalue.NotNull())),
		w.apply(anas(), does(noop)),
		w.apply(nb("Ana.Diaz@Example.com"), does(noop)),
		w.apply(anas(`labels = { team = "data" }`), does(updates, staysKnown("state", "ACTIVE"), staysKnown("id", id)),
			checks(func() error { return same("data", w.bench().Labels["team"]) })),
		w.apply(anas(`labels = { team = "data" }`), does(noop)),
		w.apply(anas(`metadata = { report-event-health = "true" }`, `idle_shutdown_minutes = 60`), does(updates), stateHas("labels", knownvalue.Null()),
			checks(func() error { return same("3600", w.bench().GceSetup.Metadata["idle-timeout-seconds"]) }, func() error { return same("", w.bench().Labels["team"]) })),
		w.apply(anas(`idle_shutdown_minutes = 60`), does(updates), checks(func() error { return same("", w.bench().GceSetup.Metadata["report-event-health"]) })),
		w.apply(anas(`idle_shutdown_minutes = 60`), does(noop), checks(w.wrote(
			"POST instances", "PATCH "+anasNotebook, "PATCH "+anasNotebook, "PATCH "+anasNotebook))),
		w.apply(nb("bob@example.com"), does(replaces), checks(func() error { return same("bob@example.com", w.bench().InstanceOwners[0]) })),
	)
	if n := len(w.Google.Workbenches()); n != 0 {
		t.Errorf("destroy left %d notebooks", n)
	}
}

func TestEveryPlaceOfAPatch(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(
		w.apply(anas(`public_ip = true`, `tags = ["one"]`, `boot_disk = { size_gb = 150 }`, `data_disk = { size_gb = 100, type = "PD_BALANCED" }`), does(creates), stateHas("public_ip", knownvalue.Bool(true))),
		w.apply(anas(`public_ip = true`, `tags = ["one"]`, `boot_disk = { size_gb = 150 }`, `data_disk = { size_gb = 100, type = "PD_BALANCED" }`), does(noop)),
		w.apply(anas(`tags = ["one", "two"]`, `boot_disk = { size_gb = 200 }`, `data_disk = { size_gb = 300, type = "PD_BALANCED" }`), does(updates), checks(
			func() error { return same(true, w.bench().GceSetup.DisablePublicIp) },
			func() error { return same(int64(200), w.bench().GceSetup.BootDisk.DiskSizeGb) },
			func() error { return same(int64(300), w.bench().GceSetup.DataDisks[0].DiskSizeGb) },
			func() error { return same(true, strings.Contains(strings.Join(w.bench().GceSetup.Tags, " "), "two")) },
		)),
		w.apply(anas(`tags = ["one", "two"]`), does(noop)),
		w.apply(anas(), does(noop)),
		w.apply(anas(`data_disk = { size_gb = 200 }`), does(replaces)),
		w.apply(anas(`public_ip = true`), does(replaces)),
	)
}

func TestTheImmutablePlansAReplacement(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(
		w.apply(anas(), does(creates)),
		w.apply(anas(`identity = "service_account"`), does(replaces, becomesUnknown("effective_identity")), stateHas("effective_identity", knownvalue.NotNull(), "identity", "service_account")),
		w.apply(anas(`identity = "service_account"`, `service_account = "nb@data-access.iam.gserviceaccount.com"`), does(replaces), stateHas("effective_identity", "serviceAccount:nb@data-access.iam.gserviceaccount.com")),
		w.apply(anas(`identity = "service_account"`, `service_account = "nb@data-access.iam.gserviceaccount.com"`), does(noop)),
		w.apply(anas(`name = "anas-own"`), does(replaces), stateHas("id", inZone+"anas-own")),
		w.apply(anas(`name = "anas-own"`, `network = "other"`), does(replaces)),
		w.apply(anas(`name = "anas-own"`, `network = "projects/data-access/global/networks/other"`), does(noop)),
		w.apply(anas(`name = "anas-own"`, `location = "us-central1-b"`), does(replaces), checks(func() error { return same(1, len(w.Google.Workbenches())) })),
		w.apply(anas(`name = "anas-own"`, `location = "us-central1-b"`, `image = { family = "workbench-instances-2603" }`), does(replaces)),
		w.apply(anas(`name = "anas-own"`, `location = "us-central1-b"`, `image = { family = "workbench-instances-2603" }`), does(noop)),
	)
}

func TestANewMachineTypeRestartsOnlyWhatRuns(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	stop, start, patch := "POST "+anasNotebook+":stop", "POST "+anasNotebook+":start", "PATCH "+anasNotebook
	w.run(
		w.apply(anas()),
		w.apply(anas(`machine_type = "e2-standard-8"`), does(updates, becomesUnknown("state")), stateHas("state", "ACTIVE"),
			checks(w.wrote("POST instances", stop, patch, start), w.stays("ACTIVE"))),
		w.apply(anas(`machine_type = "e2-standard-16"`), first(w.idleStop), does(updates, staysKnown("state", "STOPPED")), stateHas("state", "STOPPED"),
			checks(w.wrote("POST instances", stop, patch, start, patch), w.stays("STOPPED"))),
		w.apply(anas(`machine_type = "e2-standard-16"`), does(noop)),
	)
}

// Idle-stopped is rest: the state follows, and no edit starts it.
func TestAnIdleNotebookIsLeftAtRest(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	patch := "PATCH " + anasNotebook
	w.run(
		w.apply(anas()),
		w.apply(anas(), first(w.idleStop), does(noop), stateHas("state", "STOPPED")),
		w.apply(anas(`labels = { team = "data" }`), does(updates, staysKnown("state", "STOPPED"), plancheck.ExpectKnownValue(notebookAddress, place("proxy_url"), knownvalue.NotNull())),
			checks(w.wrote("POST instances", patch), w.stays("STOPPED"))),
		w.apply(anas(`labels = { team = "data" }`, `metadata = { report-event-health = "true" }`), does(updates), checks(w.wrote("POST instances", patch, patch), w.stays("STOPPED"))),
		w.apply(anas(`on_destroy = "stop"`, `labels = { team = "data" }`, `metadata = { report-event-health = "true" }`), does(updates, staysKnown("outcome", "created")), checks(w.wrote("POST instances", patch, patch))),
		w.apply(anas(`notification = { text = "hello" }`, `labels = { team = "data" }`, `metadata = { report-event-health = "true" }`), does(updates, staysKnown("outcome", "created")),
			checks(w.wrote("POST instances", patch, patch), w.stays("STOPPED"))),
		w.apply(anas(`timeouts = { create = "45m" }`, `tags = ["one"]`, `labels = { team = "data" }`, `metadata = { report-event-health = "true" }`), does(updates, staysKnown("state", "STOPPED")), checks(w.stays("STOPPED"))),
		w.apply(anas(`tags = ["one"]`), first(func() { w.edit(map[string]any{"labels": map[string]any{"team": "ops"}}) }), does(updates, staysKnown("state", "STOPPED")), checks(w.stays("STOPPED"))),
	)
}

// What an import finds at rest stays so, whatever is edited first.
func TestAnImportAtRestIsLeftAtRest(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.must(w.Google.Seed(fake.Workbench, inZone+"old", theirs, "STOPPED"))
	mine := []string{`name = "old"`, `machine_type = "n2-standard-8"`, `idle_shutdown_minutes = 120`}
	w.run(
		w.apply(anas(mine...), brings("us-central1-a/old"), stateHas("state", "STOPPED")),
		w.apply(anas(append(mine, `labels = { team = "ops" }`)...), does(updates, staysKnown("state", "STOPPED")), checks(w.wrote("PATCH old"), w.stays("STOPPED"))),
		w.apply(anas(append(mine, `labels = { team = "ops" }`)...), does(noop)),
	)
}

func TestADesiredStateIsKept(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(
		w.apply(anas(`desired_state = "STOPPED"`), does(creates), stateHas("state", "STOPPED")),
		w.apply(anas(`desired_state = "STOPPED"`), does(noop)),
		w.apply(anas(`desired_state = "ACTIVE"`), does(updates, becomesUnknown("state")), stateHas("state", "ACTIVE")),
		w.apply(anas(`desired_state = "ACTIVE"`), first(w.idleStop), does(updates, becomesUnknown("state"), staysKnown("id", inZone+anasNotebook)), stateHas("state", "ACTIVE")),
		w.apply(anas(), does(updates, staysKnown("state", "ACTIVE"))),
		w.apply(anas(), first(w.idleStop), does(noop)),
	)
}

func TestDriftOfANotebookIsShown(t *testing.T) {
	t.Parallel()
	gce := func(fields map[string]any) map[string]any { return map[string]any{"gceSetup": fields} }
	for name, c := range map[string]struct {
		config string
		drift  map[string]any
		action plancheck.ResourceActionType
	}{
		"owner":                 {anas(), map[string]any{"instanceOwners": []string{"mallory@example.com"}}, replaces},
		"identity":              {anas(), map[string]any{"enableManagedEuc": false, "labels": map[string]any{"notebooks-managed-euc": nil}, "gceSetup": map[string]any{"systemMetadata": map[string]any{"euc-enabled": nil}, "metadata": map[string]any{"euc-enabled": nil}, "serviceAccounts": []any{map[string]any{"email": "vm@data-access.iam.gserviceaccount.com"}}}}, replaces},
		"public address":        {anas(), gce(map[string]any{"disablePublicIp": false}), updates},
		"machine type":          {anas(), gce(map[string]any{"machineType": "n1-highmem-8"}), updates},
		"a declared label":      {anas(`labels = { team = "data" }`), map[string]any{"labels": map[string]any{"team": "ops"}}, updates},
		"a declared label gone": {anas(`labels = { team = "data" }`), map[string]any{"labels": map[string]any{"team": nil}}, updates},
		"another label":         {anas(`labels = { team = "data" }`), map[string]any{"labels": map[string]any{"theirs": "x"}}, noop},
		"declared metadata":     {anas(`metadata = { report-event-health = "true" }`), gce(map[string]any{"metadata": map[string]any{"report-event-health": "false"}}), updates},
		"other metadata":        {anas(), gce(map[string]any{"metadata": map[string]any{"brand-new-key": "x"}}), noop},
		"tags":                  {anas(`tags = ["one"]`), gce(map[string]any{"tags": []string{"two", "deeplearning-vm"}}), updates},
		"Google's tags":         {anas(`tags = ["one"]`), gce(map[string]any{"tags": []string{"one", "deeplearning-vm", "notebook-instance"}}), noop},
		"idle shutdown":         {anas(), gce(map[string]any{"metadata": map[string]any{"idle-timeout-seconds": "86400"}}), updates},
		"network":               {anas(`network = "default"`), gce(map[string]any{"networkInterfaces": []any{map[string]any{"network": "projects/data-access/global/networks/other"}}}), replaces},
		"what is not declared":  {anas(), gce(map[string]any{"networkInterfaces": []any{map[string]any{"network": "projects/data-access/global/networks/other"}}}), noop},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			w.run(
				w.apply(c.config),
				w.apply(c.config, first(func() { w.edit(c.drift) }), does(c.action)),
				w.apply(c.config, does(noop)),
			)
		})
	}
}

func TestAHiddenOwnerIsNoChange(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(
		w.apply(anas()),
		w.apply(anas(), first(func() { w.Google.Behave(func(b *fake.Behaviours) { b.HideOwner = true }) }), does(noop)),
	)
}

func TestADeletedNotebookIsPlannedAnew(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(
		w.apply(anas()),
		w.apply(anas(), first(func() { w.must(w.Google.Remove(fake.Workbench, w.bench().Name)) }), does(creates), stateHas("outcome", "created")),
	)
}

func TestWhatBecomesOfANotebookAtDestroy(t *testing.T) {
	t.Parallel()
	for how, state := range map[string]string{"stop": "STOPPED", "abandon": "ACTIVE"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			config := anas(`on_destroy = "` + how + `"`)
			w.run(
				w.apply(config),
				w.apply(anas(`on_destroy = "`+how+`"`, `location = "us-central1-a"`, `identity = "service_account"`), refused("The old notebook would stay in the way", "identity", how, anasNotebook)),
				w.apply("# gone"),
				w.apply(config, does(creates), stateHas("outcome", "no_action", "state", state)),
			)
			if got := w.bench().State; got != state {
				t.Errorf("the notebook is %s, want %s", got, state)
			}
		})
	}
}

func TestDeletionProtection(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(
		w.apply(anas(`deletion_protection = true`)),
		w.apply("# gone", refused("A protected notebook would be destroyed", anasNotebook, "deletion_protection", "false")),
		w.apply(anas(`deletion_protection = true`, `name = "other"`), refused("A protected notebook would be replaced", "deletion_protection", "name")),
		w.apply(anas(`name = "other"`), refused("A protected notebook would be replaced")),
		w.apply(anas(), does(updates, staysKnown("outcome", "created"))),
	)
}
