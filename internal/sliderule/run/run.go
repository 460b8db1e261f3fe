package run

import (
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// Status is what a run has come to.
type Status string

// The statuses of a run.
const (
	Running     Status = "running"     // its machine starts, works or is about to end
	Passed      Status = "passed"      // every suite passed or was skipped; every image was pushed
	Failed      Status = "failed"      // a suite or a step failed, or there is no result
	TimedOut    Status = "timed out"   // it reached its time limit
	Interrupted Status = "interrupted" // AWS took the spot machine back
	Stopped     Status = "stopped"     // somebody ended its machine before its time
	Vanished    Status = "vanished"    // there is neither a machine nor a summary
)

// Ended reports whether nothing will come of a run any more.
func (s Status) Ended() bool { return s != Running }

// Run is a run as AWS has it.
type Run struct {
	// Wanted is what the run was started for. Of a run that was only read it has what the tags of the machine tell:
	// Kind, Cluster, Version and Owner; of one whose machine is gone, the kind and version of the summary. Who waits for
	// such a run and wants it tried again says so in Retries, and in the rest.
	Wanted

	ID       string
	Attempt  int      // from 1; 0 when it was only read
	Previous []string // ids of the interrupted attempts before this one, oldest first

	Status Status
	Reason string // why it did not pass, in words; "" while it runs and when it passed

	InstanceID   string
	InstanceType string
	Zone         string
	Spot         bool
	AMI          string
	StartedAt    time.Time
	EndsAt       time.Time // by its schedule, at the latest
	EndedAt      time.Time // zero while it runs, and when that is not known
	SummaryURI   string    // s3://bucket/key
	LogURI       string

	Step    string                  // that it was at a while ago, such as "suite build"; "" before the first, and when a summary tells its end
	Commit  string                  // that the version was, of a run with a summary
	Suites  map[string]script.Suite // of a test run: while it runs, those that are done
	Digests map[string]string       // of the images of a release that has ended, by name

	Managed   bool   // by this installation
	ManagedBy string // the installation that the machine's tags name; "" when there is no machine

	Problem error // why the wait ended early; the run goes on
}

// Event is something that happened to a run that somebody waits for.
type Event struct {
	At    time.Time
	Run   string // its id
	Words string // such as "python passed: 214 passed, 6 skipped, in 12m20s" or "t4g.2xlarge spot in us-west-2a: no capacity"
}

// String reads: run: words.
func (e Event) String() string { return e.Run + ": " + e.Words }
