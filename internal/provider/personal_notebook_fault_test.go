package provider_test

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

const allInstances = "/notebooks/v2/projects/data-access/locations/us-central1-a/instances"

// Whatever an answer is, there is one notebook in the end, and the person is told of it once.
func TestFaultsMakeOneNotebook(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]wire.Fault{
		"too many calls":       {Method: "POST", Kind: wire.Status, Status: 429, RetryAfter: 1, Times: 2},
		"the limit of Compute": {Method: "POST", Kind: wire.Status, Status: 403, Reason: "rateLimitExceeded", Times: 2},
		"a queue":              {Method: "POST", Kind: wire.Status, Status: 409, Message: "Unable to queue the operation", Times: 2},
		"a lost answer":        {Method: "POST", Kind: wire.ResetAfter},
		"a lost request":       {Method: "POST", Kind: wire.ResetBefore},
		"a broken server":      {Method: "POST", Kind: wire.Status, Status: 503, Times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			fault.Vendor, fault.Path = "google", allInstances
			w.must(w.Wire.AddFault(fault))
			w.run(
				w.apply(anas(`notification = {}`), does(creates), stateHas("outcome", "created", "state", "ACTIVE", "notified_at", knownvalue.NotNull())),
				w.apply(anas(`notification = {}`), does(noop), checks(func() error { return same(1, len(w.Google.Workbenches())) })),
			)
			if n := len(w.Slack.Messages()); n != 1 {
				t.Errorf("%d messages, want one", n)
			}
		})
	}
}

func TestFaultsOfAnUpdate(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]wire.Fault{
		"too many calls": {Kind: wire.Status, Status: 429, Times: 2},
		"a queue":        {Kind: wire.Status, Status: 409, Message: "Unable to queue the operation"},
		"a lost answer":  {Kind: wire.ResetAfter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			fault.Vendor, fault.Method, fault.Path = "google", "PATCH", allInstances+"*"
			w.run(
				w.apply(anas()),
				w.apply(anas(`labels = { team = "data" }`), first(func() { w.must(w.Wire.AddFault(fault)) }), does(updates), checks(func() error { return same("data", w.bench().Labels["team"]) })),
				w.apply(anas(`labels = { team = "data" }`), does(noop)),
			)
		})
	}
}

// A failed operation is an error that says what to do, leaves nothing behind, and the next apply makes the notebook.
func TestAFailedOperationIsMadeGoodByTheNextApply(t *testing.T) {
	t.Parallel()
	for _, leaves := range []fake.Leftover{fake.Nothing, fake.Half} {
		t.Run(string(leaves), func(t *testing.T) {
			t.Parallel()
			w := newNotebookWorld(t)
			w.Google.FailOperation(fake.Failure{Match: "*ana*", Verb: "create", Code: 8, Message: "The zone does not have enough resources", Leaves: leaves})
			w.run(
				w.apply(anas(), refused("The notebook could not be made", "ana.diaz@example.com", "enough", "resources", "another machine type")),
				w.apply(anas(), does(creates), stateHas("outcome", "created"), checks(func() error { return same(1, len(w.Google.Workbenches())) })),
			)
		})
	}
}

// A wait that ended on our side taints nothing: the next plan shows it, and the next apply goes on.
func TestATimeOutIsResumed(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	slow := func(create time.Duration) func() {
		return func() { w.Google.SetTimings(func(all *fake.Timings) { all.WorkbenchCreate = create }) }
	}
	config := anas(`notification = {}`, `timeouts = { create = "2s" }`)
	w.run(
		w.apply(config, first(slow(6*time.Second)), differsAfter, stateHas("outcome", "failed", "notified_at", knownvalue.Null(), "id", inZone+anasNotebook)),
		w.apply(config, does(updates, becomesUnknown("state"), becomesUnknown("outcome"), becomesUnknown("notified_at"), staysKnown("id", inZone+anasNotebook)),
			stateHas("outcome", "created", "state", "ACTIVE", "notified_at", knownvalue.NotNull(), "proxy_url", knownvalue.NotNull())),
		w.apply(config, does(noop), checks(w.wrote("POST instances"))),
	)
	if n := len(w.Slack.Messages()); n != 1 {
		t.Errorf("%d messages, want one", n)
	}
}

// A notebook that an apply stopped, and could not start again, is started by the next one.
func TestABrokenRestartIsResumed(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	stop, start, patch := "POST "+anasNotebook+":stop", "POST "+anasNotebook+":start", "PATCH "+anasNotebook
	larger := anas(`machine_type = "e2-standard-8"`)
	w.run(
		w.apply(anas()),
		w.apply(larger, first(func() {
			w.Google.FailOperation(fake.Failure{Match: "*ana*", Verb: "start", Code: 8, Message: "no machine is free"})
		}), differsAfter, stateHas("outcome", "failed", "machine_type", "e2-standard-8")),
		w.apply(larger, does(updates, becomesUnknown("state")), stateHas("outcome", "no_action", "state", "ACTIVE")),
		w.apply(larger, does(noop), checks(w.wrote("POST instances", stop, patch, start, start))),
	)
}

func TestSomebodyElsesNotebookIsNotTouched(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.must(w.Google.Seed(fake.Workbench, inZone+"old", theirs, ""))
	w.run(w.apply(anas(`name = "old"`), refused("The notebook could not be made", inZone+"old", "exists already", "was not made by this installation", "Import it")))
	if n := len(w.writes()); n != 0 {
		t.Errorf("somebody else's notebook was written to: %v", w.writes())
	}
}

func TestGoogleCannotBeRead(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(
		w.apply(anas()),
		w.apply(anas(), first(func() {
			w.must(w.Wire.AddFault(wire.Fault{Vendor: "google", Method: "GET", Path: allInstances + "*", Kind: wire.Status, Status: 403, Message: "not you", Times: -1}))
		}), refused("The notebook could not be read", "ana.diaz@example.com", "403", "not you")),
		w.apply(anas(), first(func() { w.Wire.Reset() }), does(noop)),
	)
}
