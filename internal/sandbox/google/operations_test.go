package google_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	notebooksv1 "google.golang.org/api/notebooks/v1"
	notebooksv2 "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestOperationsAreListedAndForgotten(t *testing.T) {
	p := open(t, google.Options{})
	var names []string
	for _, id := range []string{"ann", "bo", "cy"} {
		names = append(names, p.create(id, personal(id+"@example.com")).Name)
	}
	var listed []string
	p.must(p.ops.List(inZone).PageSize(2).Pages(t.Context(), func(page *notebooksv2.ListOperationsResponse) error {
		for _, op := range page.Operations {
			listed = append(listed, op.Name)
		}
		return nil
	}))
	if strings.Join(listed, " ") != strings.Join(names, " ") {
		t.Errorf("got %v, want %v", listed, names)
	}
	if other, err := p.ops.List("projects/acme/locations/us-central1-b").Do(); err != nil || len(other.Operations) != 0 {
		t.Errorf("got %+v %v", other, err)
	}
	if v1, err := p.ops1.Get(names[0]).Do(); err != nil || v1.Name != names[0] { // one service, two versions
		t.Errorf("got %+v %v", v1, err)
	}

	p.must(second(p.ops.Delete(names[0]).Do()))
	_, err := p.ops.Get(names[0]).Do()
	refused(t, err, 404, "NOT_FOUND", names[0])
	p.clock.Advance(3 * time.Minute)
	p.wantState(ann, "ACTIVE") // what it did goes on
	if left, err := p.ops.List(inZone).Do(); err != nil || len(left.Operations) != 2 {
		t.Errorf("got %+v %v", left, err)
	}
	_, err = p.ops.Get(inZone + "/operations/never").Do()
	refused(t, err, 404, "NOT_FOUND", "never")
	_, err = p.dataproc.Projects.Locations.Operations.Get(names[1]).Do() // another service
	refused(t, err, 404, "NOT_FOUND", "")
}

func TestACancelledCreationStaysHalfMade(t *testing.T) {
	p := open(t, google.Options{})
	op := p.create("ann", personal("ann@example.com"))
	p.clock.Advance(70 * time.Second)
	p.must(second(p.ops.Cancel(op.Name, &notebooksv2.CancelOperationRequest{}).Do()))
	now := p.poll(op)
	var about struct{ RequestedCancellation bool }
	p.must(json.Unmarshal(now.Metadata, &about))
	if !now.Done || now.Error == nil || now.Error.Code != 1 || !about.RequestedCancellation {
		t.Errorf("got %+v %s", now, now.Metadata)
	}
	p.clock.Advance(time.Hour)
	p.wantState(ann, "PROVISIONING")
	p.settled(p.instances.Delete(ann).Do())

	early := p.create("cy", personal("cy@example.com"))
	p.must(second(p.ops.Cancel(early.Name, &notebooksv2.CancelOperationRequest{}).Do()))
	p.clock.Advance(time.Hour)
	p.wantState(inZone+"/instances/cy", "INITIALIZING") // it goes no further

	name := p.running("bo", personal("bo@example.com"))
	stop, err := p.instances.Stop(name, &notebooksv2.StopInstanceRequest{}).Do()
	p.must(err)
	p.must(second(p.ops.Cancel(stop.Name, &notebooksv2.CancelOperationRequest{}).Do()))
	p.wantState(name, "ACTIVE")
	p.clock.Advance(time.Hour)
	p.wantState(name, "ACTIVE")
	p.must(second(p.ops.Cancel(stop.Name, &notebooksv2.CancelOperationRequest{}).Do())) // nothing is left to cancel
}

func TestOperationsFailAsTheyAreTold(t *testing.T) {
	p := open(t, google.Options{})
	p.FailOperation(google.Failure{Match: "*nobody*", Code: 7, Message: "not meant"})
	p.FailOperation(google.Failure{Match: "a*", Verb: "create", Code: 8, Message: "ZONE_RESOURCE_POOL_EXHAUSTED"})
	p.FailOperation(google.Failure{Match: "a*", Verb: "create", Code: 13, Message: "internal", Leaves: google.Half})
	p.FailOperation(google.Failure{Match: ann, Verb: "start", Code: 10, Message: "aborted", Leaves: google.Half, State: "STOPPED"})
	p.FailOperation(google.Failure{Match: "ann", Verb: "patch", Code: 13, Message: "twice", Times: 2})
	p.FailOperation(google.Failure{Match: "ann", Verb: "delete", Message: "in use"})

	p.failed(p.create("ann", personal("ann@example.com")), 8, "ZONE_RESOURCE_POOL_EXHAUSTED")
	_, err := p.instances.Get(ann).Do()
	refused(t, err, 404, "NOT_FOUND", "")

	p.failed(p.create("ann", personal("ann@example.com")), 13, "internal")
	p.wantState(ann, "PROVISIONING")
	p.clock.Advance(time.Hour)
	p.wantState(ann, "PROVISIONING")
	p.must(p.Edit(google.Workbench, "ann", map[string]any{"state": "STOPPED"}))

	start, err := p.instances.Start(ann, &notebooksv2.StartInstanceRequest{}).Do()
	p.must(err)
	p.wantState(ann, "STARTING")
	p.failed(start, 10, "aborted")
	p.wantState(ann, "STOPPED")
	p.settled(p.instances.Start(ann, &notebooksv2.StartInstanceRequest{}).Do())
	if p.get(ann).ProxyUri == "" {
		t.Error("an instance whose creation failed has no address after its start")
	}

	for range 2 {
		op, err := p.patch(ann, "labels", &notebooksv2.Instance{Labels: map[string]string{"new": "x"}})
		p.must(err)
		p.failed(op, 13, "twice")
	}
	if got := p.get(ann); got.Labels["new"] != "" || got.State != "ACTIVE" {
		t.Errorf("a failed patch changed something: %+v", got)
	}
	p.settled(p.patch(ann, "labels", &notebooksv2.Instance{Labels: map[string]string{"new": "x"}}))

	del, err := p.instances.Delete(ann).Do()
	p.must(err)
	p.failed(del, 13, "in use")
	p.wantState(ann, "ACTIVE")

	p.FailOperation(google.Failure{Match: "ann", Code: 13})
	p.Heal()
	p.settled(p.instances.Delete(ann).Do())
}

func TestAnObjectThatSomebodyElseTakesAway(t *testing.T) {
	p := open(t, google.Options{})
	op := p.create("ann", personal("ann@example.com"))
	p.must(p.Remove(google.Workbench, "ann"))
	p.failed(op, 5, "was not found")
	name := p.running("bo", personal("bo@example.com"))
	del, err := p.instances.Delete(name).Do()
	p.must(err)
	p.must(p.Remove(google.Workbench, name))
	p.create("bo", personal("bo@example.com")) // another one, which the old deletion leaves alone
	p.settled(del, nil)
	p.clock.Advance(3 * time.Minute)
	p.wantState(name, "ACTIVE")
}

func TestV1OperationsSpeakV1(t *testing.T) {
	p := open(t, google.Options{})
	op, err := p.runtimes.Create(inRegion, runtime("ann@example.com")).RuntimeId("ann").Do()
	p.must(err)
	if !strings.Contains(string(op.Metadata), "google.cloud.notebooks.v1.OperationMetadata") || !strings.HasPrefix(op.Name, inRegion+"/operations/") {
		t.Errorf("got %s %s", op.Name, op.Metadata)
	}
	p.must(second(p.ops1.Cancel(op.Name, &notebooksv1.CancelOperationRequest{}).Do()))
	now, err := p.ops1.Get(op.Name).Do()
	if err != nil || !now.Done || now.Error.Code != 1 {
		t.Errorf("got %+v %v", now, err)
	}
}
