package notebook

import (
	"maps"
	"strconv"
	"time"

	workbench "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// What an instance boots from when the configuration leaves it open.
const (
	imageProject = "cloud-notebooks-managed"
	imageFamily  = "workbench-instances"
)

// Metadata keys that are typed here, or that the server sets.
const (
	keyIdle      = "idle-timeout-seconds"
	keyProxyMode = "proxy-mode"      // mail: the next key holds the owner
	keyProxyMail = "proxy-user-mail" // the owner
	keyEUC       = "euc-enabled"
	labelEUC     = "notebooks-managed-euc"
)

// instance is the body of a creation.
func (p *bench) instance(w Wanted) *workbench.Instance {
	i := &workbench.Instance{
		InstanceOwners:           []string{w.Person.Email()},
		EnableManagedEuc:         w.Identity != AsServiceAccount,
		EnableThirdPartyIdentity: w.ThirdPartyIdentity,
		Labels:                   p.cloud.Mark(w.Labels, w.Person),
		GceSetup: &workbench.GceSetup{
			MachineType:        w.MachineType,
			AcceleratorConfigs: workbenchAccelerators(w.Accelerator),
			VmImage:            vmImage(w.Image),
			DisablePublicIp:    !w.PublicIP,
			Tags:               w.Tags,
			Metadata:           declared(w),
		},
	}
	gce := i.GceSetup
	encryption := ""
	if w.KMSKey != "" {
		encryption = "CMEK"
	}
	if w.KMSKey != "" || w.BootDisk != (Disk{}) {
		gce.BootDisk = &workbench.BootDisk{DiskSizeGb: w.BootDisk.SizeGB, DiskType: w.BootDisk.Type, DiskEncryption: encryption, KmsKey: w.KMSKey}
	}
	if w.KMSKey != "" || w.DataDisk != (Disk{}) {
		gce.DataDisks = []*workbench.DataDisk{{DiskSizeGb: w.DataDisk.SizeGB, DiskType: w.DataDisk.Type, DiskEncryption: encryption, KmsKey: w.KMSKey}}
	}
	if w.Network != "" || w.Subnet != "" {
		gce.NetworkInterfaces = []*workbench.NetworkInterface{{
			Network: networkPath(w.Project, w.Network), Subnet: subnetPath(w.Project, google.Region(w.Location), w.Subnet),
		}}
	}
	if w.ServiceAccount != "" {
		gce.ServiceAccounts = []*workbench.ServiceAccount{{Email: w.ServiceAccount}}
	}
	return i
}

// declared is the metadata of the configuration, with what is typed there.
func declared(w Wanted) map[string]string {
	metadata := maps.Clone(w.Metadata)
	if w.IdleShutdown == 0 {
		return metadata
	}
	if metadata == nil {
		metadata = map[string]string{}
	}
	metadata[keyIdle] = ""
	if w.IdleShutdown > 0 {
		metadata[keyIdle] = strconv.FormatInt(int64(w.IdleShutdown/time.Second), 10)
	}
	return metadata
}

func workbenchAccelerators(a *Accelerator) []*workbench.AcceleratorConfig {
	if a == nil {
		return nil
	}
	return []*workbench.AcceleratorConfig{{Type: a.Type, CoreCount: a.Count}}
}

func vmImage(i Image) *workbench.VmImage {
	image := &workbench.VmImage{Project: i.Project, Family: i.Family, Name: i.Name}
	if image.Project == "" {
		image.Project = imageProject
	}
	if image.Family == "" && image.Name == "" {
		image.Family = imageFamily
	}
	return image
}

// describe is an instance in the words of the domain.
func (p *bench) describe(id string, i *workbench.Instance) *Notebook {
	n := known(id, Workbench)
	n.State, n.Labels, n.ProxyURL = i.State, i.Labels, address(i.ProxyUri)
	gce := i.GceSetup
	if gce == nil {
		gce = &workbench.GceSetup{}
	}
	// Which of the two maps has the keys of the server is not settled; those of people are in the first.
	n.Metadata = gce.Metadata
	server := maps.Clone(gce.Metadata)
	if server == nil {
		server = map[string]string{}
	}
	maps.Copy(server, gce.SystemMetadata)

	if len(gce.ServiceAccounts) > 0 {
		n.ServiceAccount = gce.ServiceAccounts[0].Email
	}
	p.describeOwner(n, i, server)
	p.describeMachine(n, gce)
	if text, there := server[keyIdle]; there {
		switch seconds, err := strconv.ParseInt(text, 10, 64); {
		case err == nil && seconds > 0:
			n.IdleShutdown = time.Duration(seconds) * time.Second
		case text == "" || err == nil:
			n.IdleShutdown = IdleOff
		}
	}
	return n
}

// describeOwner: whether Google tells the owner is not settled, so the keys of the server count too. Nothing is read
// into what is missing: a notebook that is being made may lack its evidence still.
func (p *bench) describeOwner(n *Notebook, i *workbench.Instance, server map[string]string) {
	switch {
	case len(i.InstanceOwners) > 0:
		n.Owner = i.InstanceOwners[0]
	case server[keyProxyMode] == "mail":
		n.Owner = server[keyProxyMail]
	}
	switch {
	case i.EnableManagedEuc || i.Labels[labelEUC] == "true" || server[keyEUC] == "true":
		n.Identity = AsUser
	case !n.halfMade():
		n.Identity = AsServiceAccount
	}
	switch {
	case n.Identity == AsUser && n.Owner != "":
		n.EffectiveIdentity = "user:" + n.Owner
	case n.Identity == AsServiceAccount && n.ServiceAccount != "":
		n.EffectiveIdentity = "serviceAccount:" + n.ServiceAccount
	}
}

func (p *bench) describeMachine(n *Notebook, gce *workbench.GceSetup) {
	public := !gce.DisablePublicIp
	n.PublicIP, n.MachineType, n.Tags = &public, lastPart(gce.MachineType), ownTags(gce.Tags)
	if len(gce.AcceleratorConfigs) > 0 && gce.AcceleratorConfigs[0].CoreCount > 0 {
		n.Accelerator = &Accelerator{Type: gce.AcceleratorConfigs[0].Type, Count: gce.AcceleratorConfigs[0].CoreCount}
	}
	if disk := gce.BootDisk; disk != nil {
		n.BootDisk, n.KMSKey = Disk{SizeGB: disk.DiskSizeGb, Type: disk.DiskType}, disk.KmsKey
	}
	if len(gce.DataDisks) > 0 {
		disk := gce.DataDisks[0]
		n.DataDisk = Disk{SizeGB: disk.DiskSizeGb, Type: disk.DiskType}
		if n.KMSKey == "" {
			n.KMSKey = disk.KmsKey
		}
	}
	if len(gce.NetworkInterfaces) > 0 {
		n.Network = networkPath(n.Project, gce.NetworkInterfaces[0].Network)
		n.Subnet = subnetPath(n.Project, google.Region(n.Location), gce.NetworkInterfaces[0].Subnet)
	}
	if image := gce.VmImage; image != nil {
		n.Image = Image{Project: image.Project, Family: image.Family, Name: image.Name}
	}
}
