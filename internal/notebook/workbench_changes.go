package notebook

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// changes of an instance: most of it is patched. What decides who reads data as whom, and where, is for ever.
func (p *bench) changes(before, after Wanted) []Change {
	all := fixed("A Workbench notebook", p.immutable(before, after)...)
	all = append(all, p.oneWay(before, after)...)
	if differs(before.MachineType, before.MachineType, after.MachineType) {
		all = append(all, Change{Attribute: "machine_type", Restart: true, Why: "A running notebook is stopped and started again for it"})
	}
	if acceleratorDiffers(&Notebook{Accelerator: before.Accelerator}, before, after) {
		all = append(all, Change{Attribute: "accelerator", Restart: true, Why: "A running notebook is stopped and started again for it"})
	}
	if tagsDiffer(before.Tags, before.Tags, after.Tags) {
		all = append(all, Change{Attribute: "tags"})
	}
	if differs(before.IdleShutdown, before.IdleShutdown, after.IdleShutdown) {
		all = append(all, Change{Attribute: "idle_shutdown_minutes"})
	}
	if !maps.Equal(before.Metadata, after.Metadata) {
		all = append(all, p.metadataChange(before.Metadata, after.Metadata, after.Identity))
	}
	return append(all, relabelled(before, after)...)
}

func (p *bench) immutable(before, after Wanted) []facet {
	text := func(attribute string, told bool, of func(Wanted) string) facet {
		return facet{attribute: attribute, before: of(before), after: of(after), told: told}
	}
	return []facet{
		text("user_email", false, func(w Wanted) string { return w.Person.Email() }),
		text("environment", false, func(w Wanted) string { return string(w.Environment) }),
		text("project", false, func(w Wanted) string { return w.Project }),
		text("location", false, func(w Wanted) string { return w.Location }),
		text("name", false, func(w Wanted) string { return w.Name }),
		text("identity", false, func(w Wanted) string { return string(w.Identity) }),
		text("third_party_identity", true, func(w Wanted) string { return strconv.FormatBool(w.ThirdPartyIdentity) }),
		text("network", false, func(w Wanted) string { return networkPath(w.Project, w.Network) }),
		text("subnet", false, func(w Wanted) string { return subnetPath(w.Project, google.Region(w.Location), w.Subnet) }),
		text("service_account", false, func(w Wanted) string { return w.ServiceAccount }),
		text("image", false, func(w Wanted) string { return imageText(before.Image, w.Image) }),
		text("customer_managed_key", true, func(w Wanted) string { return w.KMSKey }),
	}
}

// imageText is an image without what was not known of it before. One that is not named is the default.
func imageText(before, image Image) string {
	if image == (Image{}) {
		return ""
	}
	image.Project = cmp.Or(image.Project, imageProject)
	if before != (Image{}) && before.Family == "" && image.Name == "" { // Google tells a name, whatever family it was taken from
		return ""
	}
	return fmt.Sprint(image.Project, "/", image.Family, "/", image.Name)
}

// oneWay are the changes that Google makes in one direction only.
func (p *bench) oneWay(before, after Wanted) (all []Change) {
	if before.PublicIP != after.PublicIP {
		change := Change{Attribute: "public_ip"}
		if after.PublicIP {
			change.Replace, change.Why = true, "Google takes a public address away, but gives none to a notebook that was made without"
		}
		all = append(all, change)
	}
	for _, disk := range []struct {
		attribute     string
		before, after Disk
	}{{"boot_disk", before.BootDisk, after.BootDisk}, {"data_disk", before.DataDisk, after.DataDisk}} {
		change := Change{Attribute: disk.attribute}
		switch is, wanted := disk.before, disk.after; {
		case is.Type != "" && wanted.Type != "" && is.Type != wanted.Type:
			change.Replace, change.Why = true, fmt.Sprintf("A disk keeps its type: it is %s", is.Type)
		case is.SizeGB > 0 && wanted.SizeGB > 0 && wanted.SizeGB < is.SizeGB:
			change.Replace, change.Why = true, fmt.Sprintf("A disk can only grow: it has %d GB", is.SizeGB)
		case wanted.SizeGB == 0 || wanted.SizeGB == is.SizeGB:
			continue
		}
		all = append(all, change)
	}
	return all
}

// metadataChange says which of the keys that differ a running notebook does not notice.
func (p *bench) metadataChange(before, after map[string]string, identity Identity) Change {
	var unnoticed, never []string
	for key := range maps.Keys(union(before, after)) {
		value, there := after[key]
		was, had := before[key]
		switch {
		case value == was && there == had:
		case isFrozen(key, identity):
			never = append(never, key)
		case key == "disable-mixer" || key == "enable-jupyterlab4" || strings.HasPrefix(key, "notebook-disable-"):
			unnoticed = append(unnoticed, key)
		}
	}
	slices.Sort(unnoticed)
	slices.Sort(never)
	change := Change{Attribute: "metadata"}
	switch {
	case len(never) > 0:
		change.Replace, change.Why = true, "Google reads "+strings.Join(never, ", ")+" only when it makes a notebook"
	case len(unnoticed) > 0:
		change.Why = "A running notebook notices " + strings.Join(unnoticed, ", ") + " when it is next started; this apply does not restart it"
	}
	return change
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}
