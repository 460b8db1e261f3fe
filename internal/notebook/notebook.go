package notebook

import "time"

// Outcome is what [Fleet.Ensure] came to.
type Outcome string

// The outcomes.
const (
	Created  Outcome = "created"
	NoAction Outcome = "no_action" // it was there already, and is ours
	Failed   Outcome = "failed"    // it exists and is ours, but did not come up
)

// Notebook is a notebook as Google has it. What an API does not tell is the zero value, and no news: it must never
// look like a change.
type Notebook struct {
	ID          string // projects/p/locations/l/instances/n, or .../runtimes/n
	Environment Environment
	Project     string
	Location    string
	Name        string

	Owner             string   // e-mail
	Identity          Identity // as configured
	EffectiveIdentity string   // who data is read as, as IAM writes members: user:e-mail or serviceAccount:e-mail
	State             string   // Google's word
	ProxyURL          string   // with https://

	MachineType  string // without its path
	Accelerator  *Accelerator
	BootDisk     Disk
	DataDisk     Disk
	Network      string
	Subnet       string
	PublicIP     *bool
	Tags         []string          // without those that Google adds
	Labels       map[string]string // all of them
	Metadata     map[string]string // all of them
	IdleShutdown time.Duration

	ServiceAccount string
	Image          Image // as far as Google tells
	KMSKey         string
	Templates      []string // DataprocHub

	Outcome Outcome // of Ensure
	// Problem says why the wait for the notebook ended early; the notebook itself exists. It wraps
	// google.ErrInterrupted when it ended on our side.
	Problem error
}

// Problem is one thing that a configuration asks for and cannot have.
type Problem struct {
	Attribute string // as in the configuration, such as service_account or metadata
	Summary   string // a short sentence, always the same for the same kind of problem
	Detail    string // with the value and the remedy
}

// Change is what an apply would have to do for one attribute that differs.
type Change struct {
	Attribute string
	Replace   bool   // Google cannot change it in place
	Restart   bool   // the notebook must be at rest for it: a running one is stopped and started again
	Why       string // of Replace or Restart, for the plan
}
