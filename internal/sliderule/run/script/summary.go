package script

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The statuses of a run.
const (
	Running     = "running"     // it goes on: the summary tells how far it was a while ago
	Passed      = "passed"      // every suite passed or was skipped; every image was pushed
	Failed      = "failed"      // a suite or a step failed
	TimedOut    = "timed_out"   // the limit was reached
	Interrupted = "interrupted" // AWS took the spot machine back, or somebody ended the program
)

// The statuses of a suite, besides [Passed] and [Failed].
const (
	Skipped = "skipped" // there is no such suite at the version
	Errored = "error"   // it ended without a result, or was not reached
)

// Summary is what a run leaves, in the object summary.json. While it runs it leaves one at each suite of a test, and
// before a release builds and pushes: with the suites that are done, the step that it is at, and no end.
type Summary struct {
	RunID   string            `json:"run_id"`
	Kind    Kind              `json:"kind"`
	Version string            `json:"version"`
	Commit  string            `json:"commit,omitempty"` // that the version was; "" when it was not cloned
	Status  string            `json:"status"`
	Started time.Time         `json:"started"`
	Ended   time.Time         `json:"ended"`
	Suites  map[string]Suite  `json:"suites,omitempty"` // of a test run, by name
	Images  map[string]string `json:"images,omitempty"` // of a release: the digest, by name
	Failure *Failure          `json:"failure,omitempty"`
	Step    string            `json:"step,omitempty"` // of a run that goes on, such as "suite build"
}

// Suite is the result of one suite.
type Suite struct {
	Status  string  `json:"status"`
	Passed  int     `json:"passed"`
	Failed  int     `json:"failed"`
	Skipped int     `json:"skipped"`
	Errors  int     `json:"errors"`
	Seconds float64 `json:"seconds"`
}

// Failure says which step of a run failed, and how.
type Failure struct {
	Step  string `json:"step"`
	Words string `json:"words"`
}

// Suites are the suites of a test run, in their order.
func Suites() []string { return []string{"python", "node", "build", "selftest", "ams", "manager"} }

// ParseSummary reads a summary. What is not the summary of a run is an error.
func ParseSummary(document []byte) (Summary, error) {
	var s Summary
	if err := json.Unmarshal(document, &s); err != nil {
		return Summary{}, fmt.Errorf("the summary is no JSON of a run: %w", err)
	}
	if !slices.Contains([]string{Running, Passed, Failed, TimedOut, Interrupted}, s.Status) {
		return Summary{}, fmt.Errorf("the summary has the status %q, which no run has", s.Status)
	}
	if s.RunID == "" || (s.Kind != Test && s.Kind != Release) {
		return Summary{}, fmt.Errorf("the summary does not say which run it is of")
	}
	return s, nil
}
