package notebook

import (
	"cmp"
	"fmt"
	"maps"
)

// changes of a hub: labels, metadata and templates are changed in place, the machine type at rest, and all else is for
// ever.
func (p *hub) changes(before, after Wanted) []Change {
	all := fixed("A Dataproc Hub", append(immutable(before, after),
		facet{attribute: "customer_managed_key", before: before.KMSKey, after: after.KMSKey},
		facet{attribute: "image", before: hubImage(before.Image, before.Image), after: hubImage(before.Image, after.Image)})...)
	if differs(before.MachineType, before.MachineType, after.MachineType) {
		all = append(all, Change{Attribute: "machine_type", Restart: true, Why: "A running hub is stopped and started again for it; its clusters go on"})
	}
	const reads = "A running hub may notice it only when it is next started; this apply does not restart it"
	if !maps.Equal(before.Metadata, after.Metadata) {
		all = append(all, Change{Attribute: "metadata", Why: reads})
	}
	if templatesDiffer(before.Templates, before.Templates, after.Templates) {
		all = append(all, Change{Attribute: "templates", Why: reads})
	}
	return append(all, relabelled(before, after)...)
}

// hubImage is an image without what was not known of it before.
func hubImage(before, image Image) string {
	if image == (Image{}) || (before != (Image{}) && before.Family == "" && image.Name == "") { // Google may tell a name, whatever family it was taken from
		return ""
	}
	return fmt.Sprint(cmp.Or(image.Project, hubImageProject), "/", image.Family, "/", image.Name)
}
