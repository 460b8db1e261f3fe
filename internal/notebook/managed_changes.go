package notebook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

// changes of a runtime: its labels and idle shutdown are patched, its machine is switched, and all else is for ever.
func (p *managed) changes(before, after Wanted) []Change {
	all := fixed("A managed notebook", append(immutable(before, after),
		facet{attribute: "customer_managed_key", before: before.KMSKey, after: after.KMSKey, told: true},
		facet{attribute: "metadata", before: only(after.Metadata, before.Metadata), after: only(after.Metadata, after.Metadata), told: true})...)
	const restarts = "Google restarts a running managed notebook to switch its machine"
	if differs(before.MachineType, before.MachineType, after.MachineType) {
		all = append(all, Change{Attribute: "machine_type", Restart: true, Why: restarts})
	}
	if acceleratorDiffers(&Notebook{Accelerator: before.Accelerator}, before, after) {
		change := Change{Attribute: "accelerator", Restart: true, Why: restarts}
		if after.Accelerator == nil {
			change = Change{Attribute: "accelerator", Replace: true, Why: "The accelerator of a managed notebook can be switched, and not taken away"}
		}
		all = append(all, change)
	}
	if differs(before.IdleShutdown, before.IdleShutdown, after.IdleShutdown) {
		all = append(all, Change{Attribute: "idle_shutdown_minutes"})
	}
	return append(all, relabelled(before, after)...)
}

// facet is one attribute that is made with a notebook and stays, in two configurations as text. "" leaves it to Google.
type facet struct {
	attribute     string
	before, after string
	told          bool // "" before means that it had none; otherwise it may mean that Google does not tell
}

// fixed are the replacements that differing facets call for. What Google does not tell is no reason to throw a notebook
// away: it is taken as it is, and the plan may say so.
func fixed(what string, facets ...facet) (changes []Change) {
	for _, f := range facets {
		switch {
		case f.after == "" || f.before == f.after:
		case f.before == "" && !f.told:
			changes = append(changes, Change{Attribute: f.attribute, Why: "Google does not tell what it has now, and that is left as it is"})
		default:
			changes = append(changes, Change{Attribute: f.attribute, Replace: true, Why: what + " keeps what it was made with"})
		}
	}
	return changes
}

// immutable are the facets of both products of v1.
func immutable(before, after Wanted) []facet {
	text := func(attribute string, of func(Wanted) string) facet {
		return facet{attribute: attribute, before: of(before), after: of(after)}
	}
	all := []facet{
		text("user_email", func(w Wanted) string { return w.Person.Email() }),
		text("environment", func(w Wanted) string { return string(w.Environment) }),
		text("project", func(w Wanted) string { return w.Project }),
		text("location", func(w Wanted) string { return w.Location }),
		text("name", func(w Wanted) string { return w.Name }),
		text("identity", func(w Wanted) string { return string(w.Identity) }),
		text("network", func(w Wanted) string { return networkPath(w.Project, w.Network) }),
		text("subnet", func(w Wanted) string { return subnetPath(w.Project, google.Region(w.Location), w.Subnet) }),
		text("public_ip", func(w Wanted) string { return strconv.FormatBool(w.PublicIP) }),
		text("service_account", func(w Wanted) string { return w.ServiceAccount }),
		diskFacet("data_disk", before.DataDisk, after.DataDisk),
		diskFacet("boot_disk", before.BootDisk, after.BootDisk),
	}
	if after.Tags != nil {
		all = append(all, text("tags", func(w Wanted) string { return fmt.Sprint(slices.Sorted(slices.Values(ownTags(w.Tags)))) }))
	}
	return all
}

// diskFacet compares what is known of a disk before with what is wanted of it: its size may be told, and its type not.
func diskFacet(attribute string, before, after Disk) facet {
	if before == (Disk{}) {
		return facet{attribute: attribute, after: strings.TrimLeft(fmt.Sprint(after.SizeGB, " ", after.Type), "0 ")}
	}
	if before.SizeGB == 0 || after.SizeGB == 0 {
		before.SizeGB, after.SizeGB = 0, 0
	}
	if before.Type == "" || after.Type == "" {
		before.Type, after.Type = "", ""
	}
	return facet{attribute: attribute, before: fmt.Sprint(before), after: fmt.Sprint(after)}
}

// only is a map without the keys that the configuration does not declare.
func only(declared, m map[string]string) string {
	kept := maps.Clone(m)
	maps.DeleteFunc(kept, func(key, _ string) bool { _, ours := declared[key]; return !ours })
	if len(declared) == 0 {
		return ""
	}
	return fmt.Sprint(kept) // sorted by key
}

// relabelled: labels are changed in place.
func relabelled(before, after Wanted) []Change {
	if maps.Equal(before.Labels, after.Labels) {
		return nil
	}
	return []Change{{Attribute: "labels"}}
}
