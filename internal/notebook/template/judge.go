package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// judge looks at what a file means. It takes files that could not be read whole, so that everything is told at once.
type judge struct {
	root     *value
	read     []Problem     // what was wrong with it already
	made     person.Person // whose file For made, or nobody
	problems []Problem
	warnings []Problem
}

func (j *judge) all() {
	for _, rule := range []func(){
		j.placeholders, j.name, j.labels, j.lifecycle, j.network, j.masters, j.image, j.components, j.gateway, j.kind, j.personal,
	} {
		rule()
	}
}

// refuse tells of a problem of what stands at a path, or is missing there.
func (j *judge) refuse(path []string, format string, args ...any) {
	j.problems = append(j.problems, j.problem(path, format, args...))
}

func (j *judge) warn(path []string, format string, args ...any) {
	j.warnings = append(j.warnings, j.problem(path, format, args...))
}

func (j *judge) problem(path []string, format string, args ...any) Problem {
	p := Problem{Path: strings.Join(path, "."), Message: fmt.Sprintf(format, args...)}
	for above := len(path); ; above-- { // what is missing is told at the line of what it is missing in
		if v := j.root.at(path[:above]...); v != nil {
			p.Line = v.line
			if above == len(path) {
				p.Path = v.path // as it was spelt
			}
			return p
		}
	}
}

// at is short for a path.
func at(keys ...string) []string { return keys }

const (
	maxClusterName = 51
	// A name that the admin gives is kept at the beginning of each person's, of which a hash is the end.
	maxDeclaredName = maxClusterName - person.MinNameLength - 1
)

var clusterName = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

// name: whatever stands there is replaced, so only what is meant to stay at the beginning has to be a name.
func (j *judge) name() {
	name := j.root.at("clusterName").text()
	if isPlaceholder(name) || j.made != (person.Person{}) && len(name) <= maxClusterName && clusterName.MatchString(name) {
		return
	}
	if !clusterName.MatchString(name) || len(name) > maxDeclaredName {
		j.refuse(at("clusterName"), "%q cannot begin the name of a person's cluster: write at most %d of a-z, 0-9 and -, beginning with a letter and not ending with -; or CLUSTER_NAME, or nothing", short(name), maxDeclaredName)
	}
}

// isPlaceholder: the published deployer's files have CLUSTER_NAME.
func isPlaceholder(name string) bool {
	return name == "" || name == "CLUSTER_NAME" || strings.Contains(name, "REPLACEME")
}

var placeholder = regexp.MustCompile(`REPLACEME\w*|^CLUSTER_NAME$`)

// placeholders of the published deployer are known where they are replaced, and nothing else replaces them.
func (j *judge) placeholders() {
	replaced := []string{"clusterName", join("config.softwareConfig.properties", PersonalAuth)}
	j.root.walk(func(v *value) {
		found := placeholder.FindString(v.text())
		if found == "" || slices.Contains(replaced, v.path) {
			return
		}
		remedy := "write the value itself"
		if strings.Contains(found, "BUCKET") {
			remedy = "write the bucket's name"
		}
		j.problems = append(j.problems, Problem{Line: v.line, Path: v.path, Message: fmt.Sprintf(
			"%q has the placeholder %s, which nothing replaces; %s: only clusterName and the property %s are each person's own", short(v.text()), found, remedy, PersonalAuth,
		)})
	})
}

const (
	mostLabels = 32 // of which two are ours
	ourLabels  = 2
)

func (j *judge) labels() {
	labels := j.root.at("labels")
	if labels == nil {
		return
	}
	declared := 0
	for key, v := range labels.fields {
		ours := key == google.LabelOwner || key == google.LabelManagedBy
		if !ours {
			declared++
		}
		switch {
		case ours && j.made != (person.Person{}):
		case google.IsReservedLabel(key):
			j.refuse(at("labels", key), "the label %s is reserved: it is set by the provider or by Google; give yours another key", key)
		case !google.IsLabelKey(key):
			j.refuse(at("labels", key), "%q cannot be a label's key: write at most 63 of a-z, 0-9, _ and -, beginning with a letter", short(key))
		case !google.IsLabelValue(v.text()):
			j.refuse(at("labels", key), "%q cannot be a label's value: write at most 63 of a-z, 0-9, _ and -", short(v.text()))
		}
	}
	if declared > mostLabels-ourLabels {
		j.refuse(at("labels"), "there are %d labels; Dataproc takes %d, two of which are the provider's", declared, mostLabels)
	}
}

const day = 24 * time.Hour

// lifecycle: what a person gets ends by itself.
func (j *judge) lifecycle() {
	path := func(key string) []string { return at("config", "lifecycleConfig", key) }
	if j.root.at(path("idleDeleteTtl")...) == nil && !j.said(path("idleDeleteTtl")) {
		j.refuse(path("idleDeleteTtl"), `idleDeleteTtl is missing: a cluster nobody uses would run on; write the seconds after which an idle one is deleted, such as "7200s"`)
	}
	for key, least := range map[string]time.Duration{"idleDeleteTtl": 5 * time.Minute, "autoDeleteTtl": 10 * time.Minute} {
		text := j.root.at(path(key)...).text()
		if text == "" {
			continue
		}
		if ttl := seconds(text); ttl < least.Seconds() || ttl > (14*day).Seconds() {
			j.refuse(path(key), `%s is %s; write "%.0fs" (%.0f minutes) to "%.0fs" (14 days)`, key, text, least.Seconds(), least.Minutes(), (14 * day).Seconds())
		}
	}
	if j.root.at(path("autoDeleteTtl")...) != nil && j.root.at(path("autoDeleteTime")...) != nil {
		j.refuse(path("autoDeleteTime"), "autoDeleteTime and autoDeleteTtl exclude each other; keep one")
	}
}

// said: the value is there, and was found wrong when it was read.
func (j *judge) said(path []string) bool {
	at := strings.Join(path, ".")
	return slices.ContainsFunc(j.read, func(p Problem) bool { return p.Path == at })
}

// seconds is how long a duration of Google's is.
func seconds(text string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "s"), 64)
	if err != nil {
		return -1
	}
	return n
}

func (j *judge) network() {
	machines := j.root.at("config", "gceClusterConfig")
	if machines.at("networkUri") != nil && machines.at("subnetworkUri") != nil {
		j.refuse(at("config", "gceClusterConfig", "networkUri"), "networkUri and subnetworkUri exclude each other; keep subnetworkUri, which says the network too")
	}
}

func (j *judge) masters() {
	path := at("config", "masterConfig", "numInstances")
	if n, given := j.root.at(path...).number(); given && n != 1 && n != 3 {
		j.refuse(path, "a cluster has 1 master, or 3 when it must stay up, and not %d", n)
	}
}

func (j *judge) components() {
	path := at("config", "softwareConfig", "optionalComponents")
	components := j.root.at(path...)
	jupyter := false
	if components != nil {
		for _, item := range components.items {
			switch item.text() {
			case "JUPYTER":
				jupyter = true
			case "ANACONDA":
				j.problems = append(j.problems, Problem{Line: item.line, Path: item.path, Message: "ANACONDA cannot be had on any supported image; leave it out: Python with conda is there without it"})
			case "COMPONENT_UNSPECIFIED":
				j.problems = append(j.problems, Problem{Line: item.line, Path: item.path, Message: "COMPONENT_UNSPECIFIED is no component; leave it out"})
			}
		}
	}
	if !jupyter {
		j.warn(path, "JUPYTER is not among the optional components: the cluster has no notebook, save when Dataproc Hub makes it; add it")
	}
}

func (j *judge) gateway() {
	path := at("config", "endpointConfig", "enableHttpPortAccess")
	if v := j.root.at(path...); v == nil || v.scalar != true {
		j.warn(path, "the component gateway is off: nobody can open the notebook, save when Dataproc Hub makes the cluster; write enableHttpPortAccess: true")
	}
}

func (j *judge) kind() {
	if j.root.at("virtualClusterConfig") != nil {
		j.refuse(at("virtualClusterConfig"), "clusters on GKE have no personal authentication; describe one on Compute Engine in config")
	}
}
