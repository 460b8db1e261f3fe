package run

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// Wanted is a run as the configuration asks for it.
type Wanted struct {
	Kind    script.Kind
	Cluster string
	Version string // a branch, tag or commit; of a release a tag, which becomes the images' tag too

	TimeLimit     time.Duration // whole minutes; 0: DefaultTestLimit or DefaultReleaseLimit
	AllowOnDemand bool          // when there is no spot capacity anywhere in the lists
	InstanceTypes []string      // in order of preference; empty: DefaultInstanceTypes
	Architecture  string        // "arm64", the default, or "x86_64"
	VolumeGB      int           // 0: DefaultVolumeGB
	Zones         []string      // in order of preference; empty: every zone that there is a subnet in
	Subnets       []string      // ids, all of one VPC, with a way out to the internet; empty: the default subnets of the default VPC
	SecurityGroup string        // id of one that lets nobody in; "": one that is made for runs
	Retries       int           // how often a run that AWS interrupted is tried again by who waits for it
	Repository    string        // URL that git clones; "": sliderule of the foundation's GitHub organization
	Owner         string        // for the tag of that name; "": the caller

	// Of a release.
	Overwrite  bool     // replace images of the same tag
	MoveLatest bool     // also push the tag latest
	Images     []string // names; empty: script.ClusterImages
}

// What a run is, unless wanted otherwise.
const (
	DefaultTestLimit    = 80 * time.Minute
	DefaultReleaseLimit = 2 * time.Hour
	DefaultVolumeGB     = 40
	DefaultArchitecture = arm64
)

const (
	arm64 = "arm64"
	amd64 = "x86_64"

	minLimit   = 10 * time.Minute
	maxLimit   = 12 * time.Hour
	maxRetries = 5
	maxTypes   = 20
)

// DefaultInstanceTypes are machines of eight processors and at least 32 GB, those first whose spot price is believed to
// be the steadiest.
func DefaultInstanceTypes(architecture string) []string {
	if architecture == amd64 {
		return []string{"m7a.2xlarge", "m7i.2xlarge", "m6a.2xlarge", "m6i.2xlarge", "r7a.2xlarge", "r6i.2xlarge"}
	}
	return []string{"m8g.2xlarge", "m7g.2xlarge", "m6g.2xlarge", "r8g.2xlarge", "r7g.2xlarge", "t4g.2xlarge"}
}

// Check refuses what cannot be meant, and what the caller may not have, without asking AWS: the same check that Start
// begins with.
func (r *Runner) Check(w Wanted) error {
	if problems := Judge(r.options.Rules, *r.options.Caller, w); len(problems) > 0 {
		return &Invalid{problems[0]}
	}
	return nil
}

// Invalid is a [sliderule.Problem] as an error.
type Invalid struct{ sliderule.Problem }

// Error is the problem's detail.
func (i *Invalid) Error() string { return i.Detail }

// Judge is every problem of a run that a caller asks for, without asking AWS: at most one an
// attribute, the gravest first.
func Judge(rules access.Table, caller access.Caller, w Wanted) []sliderule.Problem {
	j := judge{}
	function := access.Test
	switch w.Kind {
	case script.Test:
	case script.Release:
		function = access.Release
	default:
		j.add("kind", "Unknown kind of run", "kind %.40q: it must be %s or %s", string(w.Kind), script.Test, script.Release)
	}
	for _, refusal := range rules.Refusals(caller, access.Request{Function: function, Cluster: w.Cluster}) {
		j.add(refusal.Attribute, "Not allowed", "%s", refusal.Error())
		if refusal.Attribute == "function" {
			return j.problems // who may not ask at all is told only that
		}
	}
	j.version(w)
	j.numbers(w)
	j.machines(w)
	j.names(w)
	return j.problems
}

type judge struct{ problems []sliderule.Problem }

// add keeps the first problem of an attribute.
func (j *judge) add(attribute, summary, format string, values ...any) {
	if slices.ContainsFunc(j.problems, func(p sliderule.Problem) bool { return p.Attribute == attribute }) {
		return
	}
	j.problems = append(j.problems, sliderule.Problem{Attribute: attribute, Summary: summary, Detail: strings.TrimRight(fmt.Sprintf(format, values...), ".") + "."})
}

// version: what passes is safe in a shell, a URL, a tag of AWS and an image reference.
func (j *judge) version(w Wanted) {
	const summary = "Unusable version"
	if w.Kind == script.Release {
		if w.Version == latest {
			j.add("version", summary, "version %q: a release is pushed under a tag of its own. Name the tag to release, and use move_latest to move %s as well", latest, latest)
			return
		}
		if err := naming.CheckVersion(w.Version); err != nil {
			j.add("version", summary, "%s", err)
			return
		}
	}
	if err := naming.CheckBranch(w.Version); err != nil {
		var named *naming.Error
		if errors.As(err, &named) {
			renamed := *named
			renamed.What, err = "version", &renamed
		}
		j.add("version", summary, "%s", err)
	}
}

// latest is the tag that moves.
const latest = "latest"

func (j *judge) numbers(w Wanted) {
	if w.TimeLimit != 0 && (w.TimeLimit%time.Minute != 0 || w.TimeLimit < minLimit || w.TimeLimit > maxLimit) {
		j.add("time_limit", "Unusable time limit", "time_limit %s: it must be whole minutes, from %.0f to %.0f of them", w.TimeLimit, minLimit.Minutes(), maxLimit.Minutes())
	}
	if w.Retries < 0 || w.Retries > maxRetries {
		j.add("retries", "Unusable number of retries", "retries %d: it must be from 0 to %d", w.Retries, maxRetries)
	}
	if w.VolumeGB != 0 && (w.VolumeGB < 20 || w.VolumeGB > 1000) {
		j.add("volume_gb", "Unusable volume", "volume_gb %d: it must be from 20, which the tools and images need, to 1000", w.VolumeGB)
	}
}

var (
	anyMachine = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
	// armMachine are the instance types of AWS's own processors.
	armMachine = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)\.[a-z0-9-]+$`)
)

func (j *judge) machines(w Wanted) {
	const summary = "Unusable machines"
	switch {
	case !slices.Contains([]string{"", arm64, amd64}, w.Architecture):
		j.add("architecture", summary, "architecture %.20q: it must be %s or %s", w.Architecture, arm64, amd64)
		return
	case w.Architecture == amd64 && w.Kind == script.Release:
		j.add("architecture", summary, "architecture %s: SlideRule's images are for arm64 alone. Leave it out for a release", amd64)
	}
	w = w.withDefaults()
	if len(w.InstanceTypes) > maxTypes {
		j.add("instance_types", summary, "instance_types has %d entries: at most %d are tried", len(w.InstanceTypes), maxTypes)
	}
	for i, machine := range w.InstanceTypes {
		switch {
		case !anyMachine.MatchString(machine):
			j.add("instance_types", summary, "instance_types %.40q: it must be a type of EC2's such as %s", machine, DefaultInstanceTypes(w.Architecture)[0])
		case armMachine.MatchString(machine) != (w.Architecture == arm64):
			j.add("instance_types", summary, "instance_types %s: it is not a machine of %s. Choose types such as %s, or another architecture", machine, w.Architecture, DefaultInstanceTypes(w.Architecture)[0])
		case slices.Contains(w.InstanceTypes[:i], machine):
			j.add("instance_types", summary, "instance_types %s is given twice: name it once", machine)
		}
	}
}

var (
	zoneForm       = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+[a-z0-9-]*$`)
	subnetForm     = regexp.MustCompile(`^subnet-[0-9a-f]+$`)
	groupForm      = regexp.MustCompile(`^sg-[0-9a-f]+$`)
	repositoryForm = regexp.MustCompile(`^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._-]+)+$`)
	imageForm      = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*$`)
	tagForm        = regexp.MustCompile(`^[A-Za-z0-9 +=._:/@-]{0,256}$`)
)

func (j *judge) names(w Wanted) {
	each := func(attribute string, form *regexp.Regexp, like string, values ...string) {
		for _, value := range values {
			if value != "" && !form.MatchString(value) {
				j.add(attribute, "Unusable name", "%s %.80q: it must be of the form %s", attribute, value, like)
			}
		}
	}
	each("zones", zoneForm, "us-west-2a", w.Zones...)
	each("subnets", subnetForm, "subnet-0123abcd", w.Subnets...)
	each("security_group", groupForm, "sg-0123abcd", w.SecurityGroup)
	each("repository", repositoryForm, "https://host/owner/repository.git, without a name or token in it", w.Repository)
	each("images", imageForm, "sliderule", w.Images...)
	each("owner", tagForm, "ana.diaz@example.org, with letters, digits and + - = . _ : / @ alone", w.Owner)
}

// withDefaults is w with what it leaves open, except what the foundation decides.
func (w Wanted) withDefaults() Wanted {
	if w.TimeLimit == 0 {
		w.TimeLimit = DefaultTestLimit
		if w.Kind == script.Release {
			w.TimeLimit = DefaultReleaseLimit
		}
	}
	if w.Architecture == "" {
		w.Architecture = DefaultArchitecture
	}
	if len(w.InstanceTypes) == 0 {
		w.InstanceTypes = DefaultInstanceTypes(w.Architecture)
	}
	if w.VolumeGB == 0 {
		w.VolumeGB = DefaultVolumeGB
	}
	if len(w.Images) == 0 && w.Kind == script.Release {
		w.Images = script.ClusterImages()
	}
	return w
}

// title is what a run is for, in words.
func (w Wanted) title() string {
	if w.Kind == script.Release {
		return "release of " + w.Version
	}
	if w.Cluster == "" {
		return "test of " + w.Version
	}
	return fmt.Sprintf("test of %s against %s", w.Version, w.Cluster)
}
