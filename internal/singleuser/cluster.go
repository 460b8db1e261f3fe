package singleuser

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Outcome is the explicit answer of an ensure.
type Outcome string

// The outcomes.
const (
	Created  Outcome = "created"
	NoAction Outcome = "no_action" // it was already there
	Failed   Outcome = "failed"
)

// WarmUp says how the last warm-up ended.
type WarmUp string

// The ends of a warm-up.
const (
	NotRequested WarmUp = "not_requested"
	Succeeded    WarmUp = "succeeded"
	WarmUpFailed WarmUp = "failed"
	Interrupted  WarmUp = "interrupted" // on our side; the next apply resumes it
)

// Existing says what to do with a cluster that somebody else made.
type Existing string

// The ways with somebody else's cluster.
const (
	LeaveExisting Existing = "no_action"
	AdoptExisting Existing = "adopt"
	FailExisting  Existing = "fail"
)

// Wanted is one person's cluster as it should be.
type Wanted struct {
	Person     person.Person
	Name       string
	Settings   *Settings
	OwnerLevel compute.ClusterPermissionLevel
	Grants     []Entry // beside the owner's
	WarmUp     bool
	Pinned     *bool // nil leaves it as it is
	OnExisting Existing
}

// entries are every permission that we answer for.
func (w Wanted) entries() []Entry {
	return append([]Entry{{Kind: User, Principal: w.Person.Email(), Level: w.OwnerLevel}}, w.Grants...)
}

// Cluster is one person's cluster as it is.
type Cluster struct {
	ID, Name, Email string
	URL             string
	State           string // the vendor's word: TERMINATED is a cluster's normal rest
	Reason          string // of the last termination, in words; "" when there is nothing to tell
	Managed         bool   // by this installation
	ManagedBy       string // the installation that its tags name; "" for none
	Outcome         Outcome
	WarmUp          WarmUp
	Problem         error // what a warm-up failed of, or why it was cut short; nil when all is well
	Libraries       []Library
	Entries         []Entry // direct permissions, whoever wrote them

	details  *details
	statuses []libraryStatus
}

// Resting reports whether the cluster costs nothing now.
func (c *Cluster) Resting() bool { return atRest(compute.State(c.State)) }

// Level is the level of one principal's direct entry, or "".
func (c *Cluster) Level(kind Kind, principal string) compute.ClusterPermissionLevel {
	if i := slices.IndexFunc(c.Entries, Entry{Kind: kind, Principal: principal}.samePrincipal); i >= 0 {
		return c.Entries[i].Level
	}
	return ""
}

func (f *Fleet) describe(d *details, statuses []libraryStatus, entries []Entry) *Cluster {
	return &Cluster{
		ID: d.ClusterID, Name: d.ClusterName, Email: d.SingleUserName, URL: f.url(d.ClusterID),
		State: string(d.State), Reason: reason(d), Managed: f.owns(d), ManagedBy: d.CustomTags[tagManagedBy],
		Libraries: librariesOf(statuses), Entries: entries, details: d, statuses: statuses,
	}
}

func (f *Fleet) url(id string) string {
	return strings.TrimSuffix(f.api.Host, "/") + "/compute/clusters/" + id
}

// reason says why a cluster ended: the vendor's code, type and parameters, which is all there is.
func reason(d *details) string {
	r := d.TerminationReason
	if r == nil {
		return d.StateMessage
	}
	words := fmt.Sprintf("%s (%s)", r.Code, r.Type)
	for _, key := range slices.Sorted(maps.Keys(r.Parameters)) {
		words += fmt.Sprintf(" %s=%q", key, r.Parameters[key])
	}
	if d.StateMessage != "" {
		words = strings.TrimRight(d.StateMessage, ". ") + ": " + words
	}
	return words
}

// atRest: neither running nor about to.
func atRest(state compute.State) bool {
	return state == compute.StateTerminated || state == compute.StateTerminating || state == compute.StateError
}
