// Package notebook gives people their personal notebooks on Google Cloud: one each, that queries data as them.
//
// It is plain Go. A notebook is one of three products of Google (see [Environment]); what they share is the verb
// ensure: look first, create or finish only what is missing, and say what happened.
package notebook

import (
	"slices"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Environment is which of Google's products a notebook is.
type Environment string

// The environments. Google ended the last two; they are here for projects that still have them.
const (
	Workbench   Environment = "workbench"    // Notebooks v2 instance, in a zone
	Managed     Environment = "managed"      // Notebooks v1 runtime, in a region
	DataprocHub Environment = "dataproc_hub" // Notebooks v1 instance that runs JupyterHub, in a zone
)

// Environments are all of them, the default first.
func Environments() []string {
	return []string{string(Workbench), string(Managed), string(DataprocHub)}
}

// Identity is who a notebook reads data as.
type Identity string

// The identities.
const (
	AsUser           Identity = "user"            // the owner: queries are logged and billed as that person
	AsServiceAccount Identity = "service_account" // the machine's service account
)

// States in which a notebook may be wanted.
const (
	Active  = "ACTIVE"
	Stopped = "STOPPED"
)

// Wanted is a notebook as the configuration asks for it. The zero value of an optional field leaves it to Google.
type Wanted struct {
	Person      person.Person
	Environment Environment
	Project     string
	Location    string // a zone, or for Managed a region
	Name        string // 1 to 63 of a-z, 0-9 and hyphens
	Identity    Identity

	MachineType string
	Accelerator *Accelerator
	BootDisk    Disk // Workbench and DataprocHub
	DataDisk    Disk
	Network     string // a name, or projects/p/global/networks/n
	Subnet      string // a name, or projects/p/regions/r/subnetworks/s
	PublicIP    bool
	Tags        []string

	Labels       map[string]string
	Metadata     map[string]string // only these keys are ever compared
	IdleShutdown time.Duration     // whole minutes; not for DataprocHub

	ServiceAccount     string
	Image              Image
	ThirdPartyIdentity bool
	KMSKey             string   // projects/p/locations/l/keyRings/r/cryptoKeys/k
	Templates          []string // DataprocHub: gs:// addresses of the cluster files that its owner may pick
	DesiredState       string   // Active, Stopped, or "": leave it as it is

	// Unknown are the attributes whose values are not known yet, as the configuration calls them: that they are missing
	// is not judged.
	Unknown []string
}

// known reports whether an attribute without a value is left out, rather than not known yet.
func (w Wanted) known(attribute string) bool { return !slices.Contains(w.Unknown, attribute) }

// Disk is a disk of a notebook.
type Disk struct {
	SizeGB int64
	Type   string // such as PD_BALANCED
}

// Accelerator is what a notebook computes with beside its processors.
type Accelerator struct {
	Type  string // such as NVIDIA_TESLA_T4
	Count int64
}

// Image is what a notebook boots from: a family or a name, not both.
type Image struct {
	Project string
	Family  string
	Name    string
}
