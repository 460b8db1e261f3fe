package notebook

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	notebooks "google.golang.org/api/notebooks/v1"
)

// What a runtime is made with when the configuration leaves it open; its API demands a machine type and a data disk.
// They are those of the published module.
const (
	runtimeMachineType = "n1-standard-4"
	runtimeDiskSizeGB  = 100
	runtimeDiskType    = "PD_STANDARD"
)

// IdleOff is the IdleShutdown of a notebook whose idle shutdown somebody switched off: no time at all in minutes.
const IdleOff time.Duration = -1

// Who may open a runtime, and who its code runs as.
const (
	singleUser     = "SINGLE_USER"
	serviceAccount = "SERVICE_ACCOUNT" // then the owner of the runtime is the account
)

// accountSuffix ends the e-mail of every service account.
const accountSuffix = "gserviceaccount.com"

// runtime is the body of a creation.
func (p *managed) runtime(w Wanted) (*notebooks.Runtime, error) {
	access := &notebooks.RuntimeAccessConfig{AccessType: singleUser, RuntimeOwner: w.Person.Email()}
	if w.Identity == AsServiceAccount {
		if w.ServiceAccount == "" {
			return nil, lacking("a service account: set service_account, which its code is to run as")
		}
		access = &notebooks.RuntimeAccessConfig{AccessType: serviceAccount, RuntimeOwner: w.ServiceAccount}
	}
	machine := &notebooks.VirtualMachineConfig{
		MachineType:    cmp.Or(w.MachineType, runtimeMachineType),
		Network:        networkPath(w.Project, w.Network),
		Subnet:         subnetPath(w.Project, w.Location, w.Subnet),
		InternalIpOnly: !w.PublicIP,
		Tags:           w.Tags,
		Metadata:       w.Metadata,
		DataDisk: &notebooks.LocalDisk{InitializeParams: &notebooks.LocalDiskInitializeParams{
			DiskSizeGb: cmp.Or(w.DataDisk.SizeGB, runtimeDiskSizeGB), DiskType: cmp.Or(w.DataDisk.Type, runtimeDiskType),
		}},
		AcceleratorConfig: runtimeAccelerator(w.Accelerator),
	}
	if w.KMSKey != "" {
		machine.EncryptionConfig = &notebooks.EncryptionConfig{KmsKey: w.KMSKey}
	}
	r := &notebooks.Runtime{
		AccessConfig: access, Labels: p.cloud.Mark(w.Labels, w.Person),
		VirtualMachine: &notebooks.VirtualMachine{VirtualMachineConfig: machine},
	}
	if w.IdleShutdown != 0 {
		r.SoftwareConfig = idleConfig(w.IdleShutdown)
	}
	return r, nil
}

// idleConfig says when to shut down, or never.
func idleConfig(after time.Duration) *notebooks.RuntimeSoftwareConfig {
	if after < 0 {
		return &notebooks.RuntimeSoftwareConfig{ForceSendFields: []string{"IdleShutdown"}}
	}
	return &notebooks.RuntimeSoftwareConfig{IdleShutdown: true, IdleShutdownTimeout: int64(after / time.Minute)}
}

func runtimeAccelerator(a *Accelerator) *notebooks.RuntimeAcceleratorConfig {
	if a == nil {
		return nil
	}
	return &notebooks.RuntimeAcceleratorConfig{Type: a.Type, CoreCount: a.Count}
}

// dislikesBoth: the API's text both forbids and demands a network beside a subnetwork. The published module sent both.
func dislikesBoth(err error) bool {
	var api *googleapi.Error
	return errors.As(err, &api) && api.Code == http.StatusBadRequest && strings.Contains(strings.ToLower(api.Message+api.Body), "subnet")
}

// describeRuntime is a runtime in the words of the domain. The size and type of its disk are never told.
func describeRuntime(id string, r *notebooks.Runtime) *Notebook {
	n := known(id, Managed)
	n.State, n.Labels = r.State, r.Labels
	if access := r.AccessConfig; access != nil {
		n.ProxyURL = address(access.ProxyUri)
		describeAccess(n, access)
	}
	if software := r.SoftwareConfig; software != nil {
		switch {
		case software.IdleShutdown:
			n.IdleShutdown = time.Duration(software.IdleShutdownTimeout) * time.Minute
		case software.IdleShutdownTimeout != 0:
			n.IdleShutdown = IdleOff
		}
	}
	if r.VirtualMachine != nil && r.VirtualMachine.VirtualMachineConfig != nil {
		describeMachine(n, r.VirtualMachine.VirtualMachineConfig)
	}
	return n
}

func describeAccess(n *Notebook, access *notebooks.RuntimeAccessConfig) {
	owner := access.RuntimeOwner
	switch {
	case strings.HasSuffix(owner, accountSuffix):
		n.Identity, n.ServiceAccount, n.EffectiveIdentity = AsServiceAccount, owner, "serviceAccount:"+owner
	case access.AccessType == serviceAccount: // whose account it is, is not told
		n.Identity, n.Owner = AsServiceAccount, owner
	case access.AccessType == singleUser && owner != "":
		n.Identity, n.Owner, n.EffectiveIdentity = AsUser, owner, "user:"+owner
	default:
		n.Owner = owner
	}
}

func describeMachine(n *Notebook, machine *notebooks.VirtualMachineConfig) {
	public := !machine.InternalIpOnly
	n.PublicIP, n.MachineType = &public, lastPart(machine.MachineType)
	n.Network = networkPath(n.Project, machine.Network)
	n.Subnet = subnetPath(n.Project, n.Location, machine.Subnet)
	n.Tags, n.Metadata = ownTags(machine.Tags), machine.Metadata
	if a := machine.AcceleratorConfig; a != nil && a.CoreCount > 0 {
		n.Accelerator = &Accelerator{Type: a.Type, Count: a.CoreCount}
	}
	if machine.EncryptionConfig != nil {
		n.KMSKey = machine.EncryptionConfig.KmsKey
	}
}

// lacking is a refusal of ours, in the form of one of Google's: nothing was sent, and asking again would not help.
func lacking(what string) error {
	return &googleapi.Error{Code: http.StatusBadRequest, Message: "it lacks " + what}
}

// known is what the id of a notebook says of it.
func known(id string, environment Environment) *Notebook {
	n := &Notebook{ID: id, Environment: environment}
	if at, name, err := split(id, environment); err == nil {
		n.Project, n.Location, n.Name = at.project, at.location, name
	}
	return n
}
