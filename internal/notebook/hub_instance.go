package notebook

import (
	"cmp"
	"maps"
	"strings"

	notebooks "google.golang.org/api/notebooks/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// What a hub is made with when the configuration leaves it open: those of the published module, and Google's image for
// machines that run one container.
const (
	hubMachineType  = "e2-medium"
	hubImageProject = "deeplearning-platform-release"
	hubImageFamily  = "common-container"
)

// The metadata keys by which a hub is told what to do.
const (
	keyTemplates = "dataproc-configs"        // paths of cluster files; each is matched as the beginning of object names
	keyZones     = "dataproc-locations-list" // letters of the zones to start clusters in
	keySubnet    = "dataproc-default-subnet"
)

// hubSettings are the metadata that make a machine a hub. They are the keys of the published module without those that
// are the server's, such as another machine's proxy-url, and without what only its templates script read.
var hubSettings = map[string]string{
	"agent-env-file":             "gs://dataproc-spawner-dist/env-agent",
	"agent-health-check-path":    "/hub/health",
	"container":                  "gcr.io/cloud-dataproc/dataproc-spawner:prod",
	"container-use-host-network": "True",
	"disable-mixer":              "true",
	"disable-swap-binaries":      "true",
	"enable-guest-attributes":    "TRUE",
	"enable-oslogin":             "TRUE",
	"jupyterhub-host-type":       "ain",
	"report-container-health":    "true",
	"report-system-health":       "true",
	"serial-port-logging-enable": "true",
}

// hubMetadata is all that a hub is made with.
func hubMetadata(w Wanted) map[string]string {
	all := maps.Clone(hubSettings)
	if google.IsZone(w.Location) {
		all[keyZones] = w.Location[len(w.Location)-1:]
	}
	if w.Subnet != "" {
		all[keySubnet] = subnetPath(w.Project, google.Region(w.Location), w.Subnet)
	}
	maps.Copy(all, w.Metadata)
	all[keyTemplates] = templatePaths(w.Templates)
	return all
}

// templatePaths is the value of keyTemplates. A path is whole, down to its .yaml, so that it begins no other person's.
func templatePaths(templates []string) string {
	paths := make([]string, len(templates))
	for i, uri := range templates {
		paths[i] = strings.TrimPrefix(uri, "gs://")
	}
	return strings.Join(paths, ",")
}

// templatesOf reads that value.
func templatesOf(paths string) (templates []string) {
	for path := range strings.SplitSeq(paths, ",") {
		if path = strings.TrimPrefix(strings.TrimSpace(path), "gs://"); path != "" {
			templates = append(templates, "gs://"+path)
		}
	}
	return templates
}

// instance is the body of a creation.
func (p *hub) instance(w Wanted) *notebooks.Instance {
	i := &notebooks.Instance{
		InstanceOwners: []string{w.Person.Email()},
		MachineType:    cmp.Or(w.MachineType, hubMachineType),
		VmImage:        &notebooks.VmImage{Project: cmp.Or(w.Image.Project, hubImageProject), ImageFamily: w.Image.Family, ImageName: w.Image.Name},
		ServiceAccount: w.ServiceAccount,
		NoPublicIp:     !w.PublicIP,
		Network:        networkPath(w.Project, w.Network),
		Subnet:         subnetPath(w.Project, google.Region(w.Location), w.Subnet),
		Tags:           w.Tags,
		Labels:         p.cloud.Mark(w.Labels, w.Person),
		Metadata:       hubMetadata(w),
		BootDiskSizeGb: w.BootDisk.SizeGB, BootDiskType: w.BootDisk.Type,
		DataDiskSizeGb: w.DataDisk.SizeGB, DataDiskType: w.DataDisk.Type,
	}
	if i.VmImage.ImageFamily == "" && i.VmImage.ImageName == "" {
		i.VmImage.ImageFamily = hubImageFamily
	}
	if w.KMSKey != "" {
		i.DiskEncryption, i.KmsKey = "CMEK", w.KMSKey
	}
	return i
}

// describeHub is a hub in the words of the domain. Types and encryption of disks are never told; whether metadata
// are is not written down, and without them owner, identity and templates are no news.
func describeHub(id string, i *notebooks.Instance) *Notebook {
	public := !i.NoPublicIp
	n := known(id, DataprocHub)
	n.State, n.ProxyURL, n.Labels, n.Metadata = i.State, address(i.ProxyUri), i.Labels, i.Metadata
	n.MachineType, n.ServiceAccount, n.PublicIP, n.Tags = lastPart(i.MachineType), i.ServiceAccount, &public, ownTags(i.Tags)
	n.Network, n.Subnet = networkPath(n.Project, i.Network), subnetPath(n.Project, google.Region(n.Location), i.Subnet)
	n.Templates = templatesOf(i.Metadata[keyTemplates])
	describeHubOwner(n, i)
	if image := i.VmImage; image != nil {
		n.Image = Image{Project: image.Project, Family: image.ImageFamily, Name: image.ImageName}
	}
	for _, disk := range i.Disks {
		if disk.Boot {
			n.BootDisk.SizeGB = disk.DiskSizeGb
		} else {
			n.DataDisk.SizeGB = disk.DiskSizeGb
		}
	}
	if a := i.AcceleratorConfig; a != nil && a.CoreCount > 0 {
		n.Accelerator = &Accelerator{Type: a.Type, Count: a.CoreCount}
	}
	return n
}

// describeHubOwner goes by the proxy, which lets the owner in: the owner that a hub was made with is never told again. A
// proxy in another mode lets in whoever may use the service account, and that hub is nobody's own.
func describeHubOwner(n *Notebook, i *notebooks.Instance) {
	mode := i.Metadata[keyProxyMode]
	switch {
	case len(i.InstanceOwners) == 1:
		n.Owner = i.InstanceOwners[0]
	case mode == "" || mode == "mail":
		n.Owner = i.Metadata[keyProxyMail]
	case !n.halfMade(): // until then the proxy is not set up
		n.Identity = AsServiceAccount
		if i.ServiceAccount != "" {
			n.EffectiveIdentity = "serviceAccount:" + i.ServiceAccount
		}
	}
	if n.Owner != "" {
		n.Identity, n.EffectiveIdentity = AsUser, "user:"+n.Owner
	}
}
