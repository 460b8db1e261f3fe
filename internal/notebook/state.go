package notebook

import "slices"

// Google's words for states, of both APIs.
const (
	initializing = "INITIALIZING"
	provisioning = "PROVISIONING"
	registering  = "REGISTERING" // v1
	starting     = "STARTING"
	stopping     = "STOPPING"
	upgrading    = "UPGRADING"
	suspending   = "SUSPENDING"
	suspended    = "SUSPENDED"
	orphaned     = "ORPHANED" // an upgrade lost the machine; the data disk is there
	deleting     = "DELETING" // v1
	deleted      = "DELETED"  // v2
)

// Settled reports whether a notebook is in a state that it stays in by itself. A state that Google invents later is
// taken for one: nothing waits for what it does not know.
func (n *Notebook) Settled() bool {
	return !n.halfMade() && !n.leaving() && !slices.Contains([]string{starting, stopping, upgrading, suspending}, n.State)
}

// Resting reports whether a notebook is stopped or suspended, by idleness or by hand.
func (n *Notebook) Resting() bool { return n.State == Stopped || n.State == suspended }

// halfMade: it never was up.
func (n *Notebook) halfMade() bool {
	return n.State == initializing || n.State == provisioning || n.State == registering
}

// leaving: nothing brings it back.
func (n *Notebook) leaving() bool { return n.State == deleting || n.State == deleted }
