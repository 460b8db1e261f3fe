package notebook

import (
	"fmt"
	"slices"
	"strings"
)

// v1DiskTypes are those that Notebooks v1 knows.
var v1DiskTypes = []string{"PD_STANDARD", "PD_SSD", "PD_BALANCED", "PD_EXTREME"}

// judge is what a runtime has not. A field that is not known yet has its zero value and is not judged.
func (p *managed) judge(w Wanted) []Problem {
	var found problems
	found.iff(w.Identity == AsUser && w.ServiceAccount != "", "service_account",
		"A managed notebook of one user has no service account",
		fmt.Sprintf("It reads data as its owner, so %s would never be used. Leave service_account out, or set identity = %q.", w.ServiceAccount, AsServiceAccount))
	found.iff(w.Identity == AsServiceAccount && w.ServiceAccount == "" && w.known("service_account"), "service_account",
		"A managed notebook of a service account needs one",
		fmt.Sprintf("With identity = %q its owner is a service account, and Google takes none by itself. Set service_account to that account's e-mail, or leave identity out: then it reads data as the person.", AsServiceAccount))
	found.iff(w.BootDisk != Disk{}, "boot_disk", "A managed notebook has no boot disk of its own",
		"Google chooses it. Leave boot_disk out; data_disk is where notebooks are kept.")
	found.iff(w.Image != Image{}, "image", "A managed notebook takes no image",
		"Google chooses the machine's image. Leave image out.")
	found.iff(w.ThirdPartyIdentity, "third_party_identity", "A managed notebook knows no third-party identities",
		"Its owner signs in with a Google account. Leave third_party_identity out.")
	found.iff(len(w.Templates) > 0, "templates", "Only a Dataproc Hub has templates",
		fmt.Sprintf("Leave templates out, or set environment = %q.", DataprocHub))
	for _, key := range sortedKeys(w.Metadata) {
		instead, typed := typedKeys[key]
		found.iff(typed, "metadata", "A metadata key belongs to an attribute", fmt.Sprintf("The key %q is what %s sets. Use that instead.", key, instead))
	}
	found.disk("data_disk", "A managed notebook", w.DataDisk)
	return found
}

// problems are collected one by one.
type problems []Problem

func (p *problems) iff(wrong bool, attribute, summary, detail string) {
	if wrong {
		*p = append(*p, Problem{Attribute: attribute, Summary: summary, Detail: detail})
	}
}

// disk judges the type of a disk by what v1 knows.
func (p *problems) disk(attribute, what string, disk Disk) {
	p.iff(disk.Type != "" && !slices.Contains(v1DiskTypes, disk.Type), attribute, what+" has no disk of that type",
		fmt.Sprintf("The type is %q; the types are %s.", disk.Type, strings.Join(v1DiskTypes, ", ")))
}
