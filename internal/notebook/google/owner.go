package google

import (
	"maps"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Labels that say whose a thing is. Labels cannot hold an e-mail, so the owner is a readable hash of it.
const (
	LabelOwner     = "provisioner_owner"
	LabelManagedBy = "provisioner_managed_by"
)

// Mark adds our labels to those of the configuration; who may be nobody.
func (c *Cloud) Mark(labels map[string]string, who person.Person) map[string]string {
	marked := maps.Clone(labels)
	if marked == nil {
		marked = map[string]string{}
	}
	marked[LabelManagedBy] = c.Installation
	if who != (person.Person{}) {
		marked[LabelOwner] = who.Label()
	}
	return marked
}

// Ours reports whether labels (or an object's metadata) say that this installation made a thing for a person; who may
// be nobody.
func (c *Cloud) Ours(labels map[string]string, who person.Person) bool {
	return labels[LabelManagedBy] == c.Installation && (who == (person.Person{}) || labels[LabelOwner] == who.Label())
}

// IsReservedLabel reports whether a label's key belongs to us or to Google.
func IsReservedLabel(key string) bool {
	return strings.HasPrefix(key, "provisioner_") || strings.HasPrefix(key, "goog-") || key == "notebooks-managed-euc"
}
