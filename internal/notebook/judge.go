package notebook

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
)

var (
	machineForm = regexp.MustCompile(`^[a-z][a-z0-9]*-(custom-[0-9]+-[0-9]+(-ext)?|[a-z][a-z0-9]*(-[a-z0-9]+)*)$|^custom-[0-9]+-[0-9]+(-ext)?$`)
	nameForm    = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	accelerator = regexp.MustCompile(`^NVIDIA_[A-Z0-9_]+$`)
	keyForm     = regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$`)
	tagForm     = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	metadataKey = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)
)

// Limits of Google's.
const (
	labelLimit   = 64 - 2 // ours take two
	largestDisk  = 64000  // GB
	shortestIdle = 10 * time.Minute
	longestIdle  = 24 * time.Hour
)

// Judge is everything about a configuration that cannot work, known without asking Google. A field that is not known
// yet has its zero value and is named in [Wanted.Unknown]: it is not judged.
func Judge(w Wanted) []Problem {
	var found problems
	if w.Environment != "" && !slices.Contains(Environments(), string(w.Environment)) {
		found.iff(true, "environment", "There is no such environment", fmt.Sprintf("It is %q; take one of %s.", w.Environment, strings.Join(Environments(), ", ")))
		return found
	}
	identities := []Identity{AsUser, AsServiceAccount}
	found.iff(w.Identity != "" && !slices.Contains(identities, w.Identity), "identity", "There is no such identity",
		fmt.Sprintf("It is %q; take %q or %q.", w.Identity, AsUser, AsServiceAccount))
	found.iff(w.DesiredState != "" && w.DesiredState != Active && w.DesiredState != Stopped, "desired_state", "A notebook cannot be wanted in that state",
		fmt.Sprintf("It is %q; take %q or %q, or leave it out and the notebook is left as it is.", w.DesiredState, Active, Stopped))
	found.place(w)
	found.machine(w)
	found.labels(w)
	found.idle(w)
	for _, key := range sortedKeys(w.Metadata) {
		found.iff(!metadataKey.MatchString(key), "metadata", "A metadata key is malformed",
			fmt.Sprintf("It is %q; a key is 1 to 128 letters, digits, hyphens and underscores.", key))
	}
	if p, known := products(nil)[w.Environment]; known {
		found = append(found, p.judge(w)...)
	}
	return found
}

func (p *problems) place(w Wanted) {
	if form := locationForm(w.Environment); w.Environment != "" && w.Location != "" && !form.fits(w.Location) {
		detail := fmt.Sprintf("It is %q, and a %s notebook is in a %s, such as %s.", w.Location, w.Environment, form.name, form.example)
		switch {
		case google.IsRegion(w.Location):
			detail += fmt.Sprintf(" Take one of its zones, such as %s-a.", w.Location)
		case google.IsZone(w.Location):
			detail += fmt.Sprintf(" Take its region, %s.", google.Region(w.Location))
		}
		p.iff(true, "location", "The location does not fit the environment", detail)
	}
	p.iff(w.Name != "" && (len(w.Name) > longestName || !nameForm.MatchString(w.Name)), "name", "The name is malformed",
		fmt.Sprintf("It is %q (%d characters); a name is 1 to %d of a-z, 0-9 and hyphens, begins with a letter and does not end with a hyphen.", w.Name, len(w.Name), longestName))
	for _, tag := range w.Tags {
		p.iff(!tagForm.MatchString(tag), "tags", "A network tag is malformed",
			fmt.Sprintf("It is %q; a tag is 1 to 63 of a-z, 0-9 and hyphens, begins with a letter and does not end with a hyphen.", tag))
	}
}

func (p *problems) machine(w Wanted) {
	p.iff(w.MachineType != "" && !machineForm.MatchString(w.MachineType), "machine_type", "The machine type is malformed",
		fmt.Sprintf("It is %q; expected a form such as e2-standard-4, a2-highgpu-1g or n2-custom-4-8192, without a path.", w.MachineType))
	if a := w.Accelerator; a != nil {
		p.iff(a.Type != "" && !accelerator.MatchString(a.Type), "accelerator", "The accelerator's type is malformed",
			fmt.Sprintf("It is %q; expected a form such as NVIDIA_TESLA_T4 or NVIDIA_L4.", a.Type))
		p.iff(a.Count < 0 || a.Count > 16 || (a.Count > 0 && a.Count&(a.Count-1) != 0), "accelerator", "There is no such number of accelerators",
			fmt.Sprintf("It is %d; take 1, 2, 4, 8 or 16.", a.Count))
	}
	for _, disk := range []struct {
		attribute string
		Disk
	}{{"boot_disk", w.BootDisk}, {"data_disk", w.DataDisk}} {
		p.iff(disk.SizeGB < 0 || disk.SizeGB > largestDisk || (disk.SizeGB > 0 && disk.SizeGB < 10), disk.attribute, "There is no disk of that size",
			fmt.Sprintf("It is %d GB; take 10 to %d.", disk.SizeGB, largestDisk))
	}
	p.iff(w.KMSKey != "" && !keyForm.MatchString(w.KMSKey), "customer_managed_key", "The key is malformed",
		fmt.Sprintf("It is %q; expected projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY.", w.KMSKey))
	p.iff(w.ServiceAccount != "" && !strings.Contains(w.ServiceAccount, "@"), "service_account", "The service account is not an e-mail",
		fmt.Sprintf("It is %q; expected a form such as notebooks@project.iam.gserviceaccount.com.", w.ServiceAccount))
}

func (p *problems) labels(w Wanted) {
	for _, key := range sortedKeys(w.Labels) {
		value := w.Labels[key]
		switch {
		case google.IsReservedLabel(key):
			p.iff(true, "labels", "A label is reserved", fmt.Sprintf("%q belongs to this provider or to Google. Remove it, or give it another key.", key))
		default:
			p.iff(!google.IsLabelKey(key), "labels", "A label's key is malformed",
				fmt.Sprintf("It is %q; a key is 1 to 63 lower-case letters, digits, hyphens and underscores, and begins with a letter.", key))
			p.iff(!google.IsLabelValue(value), "labels", "A label's value is malformed",
				fmt.Sprintf("%q is %q; a value is at most 63 lower-case letters, digits, hyphens and underscores.", key, value))
		}
	}
	limit := labelLimit
	if w.Environment == Managed {
		limit = 32 - 2
	}
	p.iff(len(w.Labels) > limit, "labels", "There are too many labels",
		fmt.Sprintf("There are %d; at most %d fit beside those of this provider.", len(w.Labels), limit))
}

func (p *problems) idle(w Wanted) {
	switch {
	case w.IdleShutdown == 0:
	case w.Environment == DataprocHub:
		p.iff(true, "idle_shutdown_minutes", "A Dataproc Hub has no idle shutdown",
			"Leave idle_shutdown_minutes out. The clusters of its templates end by themselves: see lifecycleConfig.idleDeleteTtl.")
	default:
		p.iff(w.IdleShutdown < shortestIdle || w.IdleShutdown > longestIdle || w.IdleShutdown%time.Minute != 0, "idle_shutdown_minutes", "The idle shutdown is out of range",
			fmt.Sprintf("It is %d; take 10 to 1440 minutes.", w.IdleShutdown/time.Minute))
	}
}
