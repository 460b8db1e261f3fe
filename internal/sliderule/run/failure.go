package run

import (
	"fmt"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/call"
)

// Failure is a run that did not pass.
type Failure struct {
	Run     *Run
	Failing []string // the suites that did not pass, such as "ams (2 failed, 0 errors, 10 passed)"
	Tail    []string // the last lines of its log, at most 40; none when there is no log
	NoLog   error    // why the log could not be read; nil when it was, or when there is none
}

// Error has the failing suites, then the end of the log, then the log's address.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the %s (%s) ended as %s", f.Run.title(), f.Run.ID, f.Run.Status)
	if f.Run.Reason != "" {
		fmt.Fprintf(&b, ": %s", strings.TrimRight(f.Run.Reason, ". "))
	}
	b.WriteString(".")
	if f.Run.Status == Interrupted {
		b.WriteString(" " + f.Run.tries() + " Apply again, raise retries, or set allow_on_demand.")
	}
	if len(f.Failing) > 0 {
		fmt.Fprintf(&b, "\nSuites that did not pass: %s.", strings.Join(f.Failing, ", "))
	}
	switch {
	case f.NoLog != nil:
		fmt.Fprintf(&b, "\nIts log could not be read: %s.", call.Words(f.NoLog))
	case len(f.Tail) == 0:
		b.WriteString("\nIt left no log.")
		return b.String()
	default:
		fmt.Fprintf(&b, "\nThe end of its log:\n%s", strings.Join(f.Tail, "\n"))
	}
	fmt.Fprintf(&b, "\nThe whole log: %s", f.Run.LogURI)
	return b.String()
}

func (run *Run) tries() string {
	if len(run.Previous) == 0 {
		return "It was the first attempt."
	}
	return fmt.Sprintf("It was attempt %d, after %s.", len(run.Previous)+1, strings.Join(run.Previous, ", "))
}
