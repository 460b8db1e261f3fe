package databricks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/databricks"
)

func pypi(packages ...string) (libraries []compute.Library) {
	for _, name := range packages {
		libraries = append(libraries, compute.Library{Pypi: &compute.PythonPyPiLibrary{Package: name}})
	}
	return libraries
}

func (w *workspace) install(id string, libraries ...compute.Library) error {
	return w.libraries.Install(w.t.Context(), compute.InstallLibraries{ClusterId: id, Libraries: libraries})
}

// wantLibraries compares the statuses, such as "numpy INSTALLED, scipy PENDING".
func (w *workspace) wantLibraries(id, want string) {
	w.t.Helper()
	reply, err := w.libraries.ClusterStatusByClusterId(w.t.Context(), id)
	w.must(err)
	var got []string
	for _, l := range reply.LibraryStatuses {
		got = append(got, fmt.Sprintf("%s %s", l.Library.Pypi.Package, l.Status))
	}
	if text := strings.Join(got, ", "); text != want {
		w.t.Errorf("got %q, want %q", text, want)
	}
	if direct := w.Libraries(id); len(direct) != len(got) {
		w.t.Errorf("Libraries tells %d, the API %d", len(direct), len(got))
	}
}

func TestLibrariesInstallOneAfterAnotherAtEachStart(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.create(personal("ana@example.com"))
	w.wantLibraries(id, "")
	w.must(w.install(id, pypi("numpy==2", "scipy")...))
	w.wantLibraries(id, "numpy==2 PENDING, scipy PENDING")
	w.clock.Advance(4 * time.Minute)
	w.wantLibraries(id, "numpy==2 RESOLVING, scipy PENDING")
	w.clock.Advance(20 * time.Second)
	w.wantLibraries(id, "numpy==2 INSTALLING, scipy PENDING")
	w.clock.Advance(20 * time.Second)
	w.wantLibraries(id, "numpy==2 INSTALLED, scipy RESOLVING")
	w.clock.Advance(40 * time.Second)
	w.wantLibraries(id, "numpy==2 INSTALLED, scipy INSTALLED")

	w.must(w.install(id, pypi("scipy", "polars")...)) // one is there already
	w.clock.Advance(10 * time.Second)
	w.wantLibraries(id, "numpy==2 INSTALLED, scipy INSTALLED, polars INSTALLING")
	w.must(w.terminate(id))
	w.clock.Advance(time.Hour)
	w.wantLibraries(id, "numpy==2 INSTALLED, scipy INSTALLED, polars INSTALLING") // frozen
	w.must(w.install(id, pypi("dask")...))
	w.must(w.start(id))
	w.wantLibraries(id, "numpy==2 PENDING, scipy PENDING, polars PENDING, dask PENDING")
	w.clock.Advance(4*time.Minute + 160*time.Second)
	w.wantLibraries(id, "numpy==2 INSTALLED, scipy INSTALLED, polars INSTALLED, dask INSTALLED")
}

func TestUninstallWaitsForTheNextDriver(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.running(personal("ana@example.com"))
	w.must(w.install(id, pypi("numpy==1", "scipy")...))
	w.clock.Advance(80 * time.Second)
	uninstall := func(packages ...string) {
		t.Helper()
		w.must(w.libraries.Uninstall(t.Context(), compute.UninstallLibraries{ClusterId: id, Libraries: pypi(packages...)}))
	}
	uninstall("numpy==1", "unknown")
	w.wantLibraries(id, "scipy INSTALLED, numpy==1 UNINSTALL_ON_RESTART")

	// Another version fails as long as the first one is there.
	w.must(w.install(id, pypi("NumPy==2")...))
	w.clock.Advance(40 * time.Second)
	w.wantLibraries(id, "scipy INSTALLED, NumPy==2 FAILED, numpy==1 UNINSTALL_ON_RESTART")
	if message := fmt.Sprint(w.Libraries(id)[1].Messages); !strings.Contains(message, "DRIVER_LIBRARY_INSTALLATION_FAILURE") || !strings.Contains(message, "has been installed already") {
		t.Errorf("message is %q", message)
	}
	if _, err := w.clusters.Restart(t.Context(), compute.RestartCluster{ClusterId: id}); err != nil {
		t.Fatal(err)
	}
	w.wantLibraries(id, "scipy PENDING, NumPy==2 PENDING")
	w.clock.Advance(4*time.Minute + 80*time.Second)
	w.wantLibraries(id, "scipy INSTALLED, NumPy==2 INSTALLED")

	uninstall("scipy")
	w.must(w.install(id, pypi("scipy")...)) // wanted again, and still there
	w.wantLibraries(id, "scipy INSTALLED, NumPy==2 INSTALLED")
	w.must(w.terminate(id))
	w.clock.Advance(time.Minute)
	uninstall("scipy")
	w.wantLibraries(id, "NumPy==2 INSTALLED")
}

func TestOtherLibrariesDoNotDisturbTheOneInProgress(t *testing.T) {
	w := open(t, databricks.Options{})
	id := w.running(personal("ana@example.com"))
	w.must(w.install(id, pypi("numpy")...))
	w.clock.Advance(30 * time.Second)
	w.must(w.install(id, pypi("scipy", "polars")...))
	w.clock.Advance(10 * time.Second)
	w.wantLibraries(id, "numpy INSTALLED, scipy RESOLVING, polars PENDING")
	w.clock.Advance(30 * time.Second)
	w.must(w.libraries.Uninstall(t.Context(), compute.UninstallLibraries{ClusterId: id, Libraries: pypi("scipy")}))
	w.wantLibraries(id, "numpy INSTALLED, polars RESOLVING, scipy UNINSTALL_ON_RESTART")
	w.clock.Advance(40 * time.Second)
	w.wantLibraries(id, "numpy INSTALLED, polars INSTALLED, scipy UNINSTALL_ON_RESTART")
}

func TestAFailingLibraryDoesNotStopTheNextOne(t *testing.T) {
	w := open(t, databricks.Options{})
	w.FailLibrary("nope", "no matching distribution")
	id := w.running(personal("ana@example.com"))
	w.must(w.install(id, pypi("nope==1", "numpy")...))
	w.clock.Advance(80 * time.Second)
	w.wantLibraries(id, "nope==1 FAILED, numpy INSTALLED")
	if got := w.Libraries(id)[0].Messages; len(got) != 1 || got[0] != "no matching distribution" {
		t.Errorf("messages are %q", got)
	}
	w.wantState(id, compute.StateRunning)
	w.Heal()
	w.must(w.install(id, pypi("nope==1")...)) // tried again
	w.clock.Advance(40 * time.Second)
	w.wantLibraries(id, "numpy INSTALLED, nope==1 INSTALLED")
}

func TestDeathDuringLibrariesFreezesThem(t *testing.T) {
	w := open(t, databricks.Options{})
	w.DieDuringLibraries("ana@")
	id := w.create(personal("ana@example.com"))
	w.must(w.install(id, pypi("numpy", "scipy")...))
	w.clock.Advance(4 * time.Minute)
	w.wantState(id, compute.StateRunning)
	w.clock.Advance(20 * time.Second)
	w.wantState(id, compute.StateTerminating)
	w.clock.Advance(time.Hour)
	down := w.get(id)
	if down.State != compute.StateTerminated || down.TerminationReason.Type != compute.TerminationReasonTypeCloudFailure {
		t.Errorf("got %s, %+v", down.State, down.TerminationReason)
	}
	w.wantLibraries(id, "numpy INSTALLING, scipy PENDING")
}

func TestLibraryRefusals(t *testing.T) {
	w := open(t, databricks.Options{})
	modern := w.Seed(personal("ana@example.com"), "someone@example.com")
	old := personal("bo@example.com")
	old.SparkVersion = "13.3.x-scala2.12"
	ancient := w.Seed(old, "someone@example.com")
	wantRefusal(t, w.install(modern, compute.Library{}), 400, "INVALID_PARAMETER_VALUE", "exactly one of")
	wantRefusal(t, w.install(modern, compute.Library{Whl: "/a.whl", Jar: "/b.jar"}), 400, "INVALID_PARAMETER_VALUE", "exactly one of")
	wantRefusal(t, w.install(modern, compute.Library{Egg: "/a.egg"}), 400, "INVALID_PARAMETER_VALUE", "14.0")
	wantRefusal(t, w.install(ancient, compute.Library{Requirements: "/Volumes/a/requirements.txt"}), 400, "INVALID_PARAMETER_VALUE", "15.0")
	wantRefusal(t, w.install("0101-000000-00000000", pypi("numpy")...), 400, "INVALID_PARAMETER_VALUE", "Cluster 0101-000000-00000000 does not exist")
	w.must(w.install(ancient, compute.Library{Egg: "/a.egg"}))
	w.must(w.install(modern, compute.Library{Requirements: "/Volumes/a/requirements.txt"}, compute.Library{Jar: "dbfs:/b.jar"}))
	w.must(w.start(modern))
	w.clock.Advance(4*time.Minute + 80*time.Second)
	if got := w.Libraries(modern); got[0].Status != compute.LibraryInstallStatusInstalled || got[1].Status != compute.LibraryInstallStatusFailed {
		t.Errorf("requirements install, the DBFS root does not: got %+v", got)
	}
	all, err := w.libraries.AllClusterStatusesAll(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("all-cluster-statuses: %+v, %v", all, err)
	}
}

func TestCloningCopiesLibraries(t *testing.T) {
	w := open(t, databricks.Options{})
	source := w.create(personal("ana@example.com"))
	w.must(w.install(source, pypi("numpy")...))
	copied := personal("bo@example.com")
	copied.CloneFrom = &compute.CloneCluster{SourceClusterId: source}
	w.wantLibraries(w.create(copied), "numpy PENDING")
	copied.CloneFrom.SourceClusterId = "0101-000000-00000000"
	_, err := w.clusters.Create(t.Context(), copied)
	wantRefusal(t, err, 400, "INVALID_PARAMETER_VALUE", "does not exist")
}
