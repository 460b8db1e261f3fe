package notebook

import (
	"fmt"
	"slices"
	"strings"
)

// workbenchDiskTypes are those that Notebooks v2 knows.
var workbenchDiskTypes = []string{
	"PD_STANDARD", "PD_SSD", "PD_BALANCED", "PD_EXTREME",
	"HYPERDISK_BALANCED", "HYPERDISK_EXTREME", "HYPERDISK_THROUGHPUT", "HYPERDISK_BALANCED_HIGH_AVAILABILITY", "HYPERDISK_ML",
}

// judge is what an instance cannot have. Most of it comes with end-user credentials: whoever could run other code on
// the machine could read data as its owner.
func (p *bench) judge(w Wanted) []Problem {
	var found problems
	found.iff(len(w.Templates) > 0, "templates", "Only a Dataproc Hub has templates",
		fmt.Sprintf("Leave templates out, or set environment = %q.", DataprocHub))
	for _, disk := range []struct {
		attribute string
		Disk
	}{{"boot_disk", w.BootDisk}, {"data_disk", w.DataDisk}} {
		found.iff(disk.Type != "" && !slices.Contains(workbenchDiskTypes, disk.Type), disk.attribute, "A Workbench notebook has no disk of that type",
			fmt.Sprintf("The type is %q; the types are %s.", disk.Type, strings.Join(workbenchDiskTypes, ", ")))
	}
	found.iff(w.Image.Family != "" && w.Image.Name != "", "image", "An image is a family or a name, not both",
		fmt.Sprintf("Family is %q and name is %q. Leave one of them out.", w.Image.Family, w.Image.Name))
	found = append(found, p.judgeMetadata(w)...)
	if w.Identity != AsUser {
		return found
	}
	found.iff(w.ServiceAccount != "", "service_account", "A notebook with end-user credentials has no service account of its own",
		fmt.Sprintf("Google runs its machine as a fixed account and reads data as the owner, so %s would never be used. Leave service_account out, or set identity = %q, with which queries are logged as that account.", w.ServiceAccount, AsServiceAccount))
	found.iff(w.Image.Project != "" && w.Image.Project != imageProject, "image", "A notebook with end-user credentials boots from Google's own images only",
		fmt.Sprintf("The image is of the project %q. Take one of %s, such as the family %s, or set identity = %q.", w.Image.Project, imageProject, imageFamily, AsServiceAccount))
	found.iff(w.ThirdPartyIdentity, "third_party_identity", "End-user credentials and third-party identities exclude each other",
		fmt.Sprintf("Leave third_party_identity out, or set identity = %q.", AsServiceAccount))
	return found
}

func (p *bench) judgeMetadata(w Wanted) (found problems) {
	for _, key := range sortedKeys(w.Metadata) {
		if instead, typed := typedKeys[key]; typed {
			found.iff(true, "metadata", "A metadata key belongs to an attribute", fmt.Sprintf("The key %q is what %s sets. Use that instead.", key, instead))
			continue
		}
		if isReserved(key) {
			detail := fmt.Sprintf("Google's service sets %q itself and refuses or overwrites it. Remove it.", key)
			if instead := alternatives[key]; instead != "" {
				detail += " " + instead
			}
			found.iff(true, "metadata", "A metadata key is reserved by Google", detail)
			continue
		}
		found.iff(w.Identity == AsUser && slices.Contains(eucReserved, key), "metadata", "A metadata key is reserved in a notebook with end-user credentials",
			fmt.Sprintf("%q would let other code, or other people, onto a machine that reads data as its owner, so Google refuses it. Remove it, or set identity = %q.", key, AsServiceAccount))
		found.iff(key == keyStartup && w.Metadata[key] != "" && !strings.HasPrefix(w.Metadata[key], "gs://"), "metadata", "A post-startup script is an object in Cloud Storage",
			fmt.Sprintf("%s is %q. Give the address of the script, in the form gs://bucket/object.", keyStartup, w.Metadata[key]))
		behaviors := []string{"run_once", "run_every_start", "download_and_run_every_start"}
		found.iff(key == keyBehavior && !slices.Contains(behaviors, w.Metadata[key]), "metadata", "A post-startup script has no such behavior",
			fmt.Sprintf("%s is %q; take one of %s.", keyBehavior, w.Metadata[key], strings.Join(behaviors, ", ")))
	}
	found.iff(w.IdleShutdown > 0 && strings.EqualFold(w.Metadata[keyGuest], "false"), "metadata", "Idle shutdown needs guest attributes",
		fmt.Sprintf("%s is %q, and idle_shutdown_minutes is set. Leave that key out: it is true by default.", keyGuest, w.Metadata[keyGuest]))
	return found
}
