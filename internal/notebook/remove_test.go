package notebook_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func (p *project) remove(name string) error {
	left, err := p.fleet().Remove(p.t.Context(), notebook.Workbench, idOf(name))
	if left {
		p.t.Errorf("%s was left", name)
	}
	return err
}

func TestRemoveWaitsUntilItIsGone(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	if err := p.remove("ana"); err != nil {
		t.Fatal(err)
	}
	if n := len(p.instances()); n != 0 {
		t.Errorf("%d instances are left", n)
	}
	p.forgetCalls()
	if err := p.remove("ana"); err != nil {
		t.Errorf("gone already: %v", err)
	}
	if calls := p.writes(); len(calls) != 0 {
		t.Errorf("writes %v", calls)
	}
}

func TestRemoveWaitsForADeletionUnderWay(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.does("delete")
	p.forgetCalls()
	if err := p.remove("ana"); err != nil || len(p.writes()) != 0 || len(p.instances()) != 0 {
		t.Errorf("%v after %v", err, p.writes())
	}
}

func TestRemoveWhoseAnswerIsLost(t *testing.T) {
	for name, lost := range map[string]loss{"lost after": lostAfter, "lost before": lostBefore, "unclear": answeredAfter(502, "bad gateway")} {
		p := newProject(t)
		p.ensured(wanted())
		p.loses("DELETE instances/ana", lost)
		if err := p.remove("ana"); err != nil || len(p.instances()) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRemoveThatFails(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.FailOperation(fake.Failure{Match: "ana", Verb: "delete", Code: 13, Message: "internal trouble"})
	says(t, p.remove("ana"), nil, "deleting the notebook "+idOf("ana"), "internal trouble")
	if err := p.remove("ana"); err != nil || len(p.instances()) != 0 {
		t.Error(err)
	}
}

func TestRemoveThatIsCutShort(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	ctx, cut := context.WithCancel(t.Context())
	p.on(func(call string) {
		if call == "DELETE instances/ana" {
			cut()
		}
	})
	_, err := p.fleet().Remove(ctx, notebook.Workbench, idOf("ana"))
	says(t, err, google.ErrInterrupted, "Apply again")
	p.on(nil)
	if err := p.remove("ana"); err != nil || len(p.instances()) != 0 {
		t.Error(err)
	}
}

func TestTheNotebooksOfOthersStay(t *testing.T) {
	p := newProject(t)
	p.others("eve", map[string]string{google.LabelManagedBy: "other"})
	says(t, p.remove("eve"), notebook.ErrTaken, `"other"`)
	_, err := p.fleet().Stop(t.Context(), notebook.Workbench, idOf("eve"))
	says(t, err, notebook.ErrTaken)
	p.only()
	p.others("imported", nil)
	if err := p.remove("imported"); err != nil || len(p.instances()) != 1 {
		t.Errorf("an imported one: %v", err)
	}
}

// A resource at a new address is created while the one at the old address is destroyed.
func TestAResourceThatMovedKeepsItsNotebook(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	f := p.fleet()
	if _, err := f.Ensure(t.Context(), wanted()); err != nil {
		t.Fatal(err)
	}
	for how, leave := range map[string]func(context.Context, notebook.Environment, string) (bool, error){"remove": f.Remove, "stop": f.Stop} {
		if left, err := leave(t.Context(), notebook.Workbench, idOf("ana")); err != nil || !left {
			t.Errorf("%s: left %v, %v", how, left, err)
		}
	}
	if p.only().State != notebook.Active {
		t.Error("it does not run any more")
	}
}

// A replaced notebook is destroyed and made again in one run, whose list still shows the dead one.
func TestAReplacementAfterTheListWasTaken(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	f := p.fleet()
	if _, err := f.List(t.Context(), notebook.Workbench, projectID, zone); err != nil {
		t.Fatal(err)
	}
	for i := range 10 { // enough for the list to be asked
		_, _ = f.Read(t.Context(), notebook.Workbench, idOf(fmt.Sprint("n-", i)))
	}
	if _, err := f.Remove(t.Context(), notebook.Workbench, idOf("ana")); err != nil {
		t.Fatal(err)
	}
	if n, err := f.Ensure(t.Context(), wanted()); err != nil || n.Outcome != notebook.Created {
		t.Errorf("got %+v, %v", n, err)
	}
	if n, err := f.Read(t.Context(), notebook.Workbench, idOf("ana")); err != nil || n.State != notebook.Active {
		t.Errorf("read %+v, %v", n, err)
	}
}

func TestStop(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	for range 2 { // the second finds it at rest
		if _, err := p.fleet().Stop(t.Context(), notebook.Workbench, idOf("ana")); err != nil {
			t.Fatal(err)
		}
		if i := p.only(); i.State != notebook.Stopped {
			t.Errorf("it is %s", i.State)
		}
	}
	if n := p.count("POST instances/ana:stop"); n != 1 {
		t.Errorf("%d stops", n)
	}
	p.does("start")
	if _, err := p.fleet().Stop(t.Context(), notebook.Workbench, idOf("ana")); err != nil || p.only().State != notebook.Stopped {
		t.Errorf("while it starts: %v", err)
	}
	if _, err := p.fleet().Stop(t.Context(), notebook.Workbench, idOf("nobody")); err != nil {
		t.Errorf("gone: %v", err)
	}
}

func TestReadSeesWhatIsLeavingAsGone(t *testing.T) {
	p := newProject(t)
	p.ensured(wanted())
	p.does("delete")
	_, err := p.fleet().Read(t.Context(), notebook.Workbench, idOf("ana"))
	says(t, err, google.ErrGone, idOf("ana"))
	if all, err := p.fleet().List(t.Context(), notebook.Workbench, projectID, zone); err != nil || len(all) != 0 {
		t.Errorf("listed %v, %v", all, err)
	}
}

func TestListIsOurs(t *testing.T) {
	p := newProject(t)
	p.others("eve", map[string]string{google.LabelManagedBy: "other"})
	p.others("nobody", nil)
	p.ensured(wanted())
	p.ensured(wanted(func(w *notebook.Wanted) { w.Person, w.Name = bob, "bob" }))
	for _, location := range []string{zone, "-"} {
		all, err := p.fleet().List(t.Context(), notebook.Workbench, projectID, location)
		if err != nil || len(all) != 2 || all[0].ID != idOf("ana") || all[1].Owner != bob.Email() {
			t.Errorf("%s: %v, %v", location, all, err)
		}
	}
}

func TestManyReadsCostOneList(t *testing.T) {
	p := newProject(t)
	p.SetTimings(func(t *fake.Timings) { t.WorkbenchCreate = time.Second })
	for i := range 30 {
		p.ensured(wanted(func(w *notebook.Wanted) { w.Name = fmt.Sprint("n-", i) }))
	}
	p.forgetCalls()
	f := p.fleet()
	for i := range 30 {
		if n, err := f.Read(t.Context(), notebook.Workbench, idOf(fmt.Sprint("n-", i))); err != nil || n.Owner != ana.Email() {
			t.Fatal(n, err)
		}
	}
	if calls := p.sent(); len(calls) > 9 || p.count("GET instances") != 1 {
		t.Errorf("%d calls, %d lists", len(calls), p.count("GET instances"))
	}
}
