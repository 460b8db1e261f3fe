// Package template makes one person's Dataproc cluster file from an admin's: decoded strictly, marked as theirs,
// encoded from the typed value, and kept in Cloud Storage.
package template

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// PersonalAuth is the property that makes a cluster one person's: it reads Cloud Storage as them. No typed field of the
// API says this.
const PersonalAuth = "dataproc:dataproc.personal-auth.user"

// Template is an admin's cluster file that was found good. It is safe for concurrent use.
type Template struct {
	canonical []byte // the cluster as JSON
	warnings  []Problem
	image     *value        // nil when the file names none
	made      person.Person // whose file it is, when For made it; nobody when an admin wrote it
}

// Problem is one thing wrong with an admin's file.
type Problem struct {
	Line    int    // from 1
	Path    string // such as config.softwareConfig.optionalComponents[1]; "" is the file itself
	Message string // with the value and the remedy
}

// Error says the problem in one line.
func (p Problem) Error() string {
	if p.Path == "" {
		return fmt.Sprintf("line %d: %s", p.Line, p.Message)
	}
	return fmt.Sprintf("line %d, %s: %s", p.Line, p.Path, p.Message)
}

// ProblemsError is every problem of a file at once, in the order of its lines.
type ProblemsError struct{ Problems []Problem }

// Error is all of them, one in a line.
func (e *ProblemsError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Parse decodes an admin's file into Dataproc's cluster type, and judges whether such a cluster can be one person's and
// ends by itself. Every problem is in the *ProblemsError. It depends on nothing but the text: whether the time of an
// image is over is said by [Template.WarningsOn].
func Parse(yaml string) (*Template, error) {
	root, problems := read(yaml)
	if root == nil {
		return nil, &ProblemsError{Problems: problems}
	}
	j := judge{root: root, read: problems, made: madeFor(root)}
	j.all()
	if problems = append(problems, j.problems...); len(problems) > 0 {
		return nil, &ProblemsError{Problems: inOrder(problems)}
	}
	canonical, err := json.Marshal(root.json())
	if err == nil {
		err = lossless(canonical)
	}
	if err != nil {
		return nil, &ProblemsError{Problems: []Problem{{Line: root.line, Message: err.Error()}}}
	}
	return &Template{canonical: canonical, warnings: j.warnings, image: root.at("config", "softwareConfig", "imageVersion"), made: j.made}, nil
}

// inOrder sorts by line, and drops what is said twice of one thing: an alias is read wherever it is used.
func inOrder(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	seen := map[Problem]bool{}
	return slices.DeleteFunc(problems, func(p Problem) bool {
		said := seen[p]
		seen[p] = true
		return said
	})
}

// Warnings are what works today and will not for long, such as an image near the end of its support, as of the day
// when this release learnt the dates: the same for the same text, always.
func (t *Template) Warnings() []Problem { return t.WarningsOn(imagesKnown) }

// WarningsOn are the warnings on a day.
func (t *Template) WarningsOn(day time.Time) []Problem {
	return inOrder(append(slices.Clone(t.warnings), imageWarnings(t.image, day)...))
}

// For is the file of one person: with the personal-auth property, a cluster name and labels that are theirs.
// installation may be empty: then nothing says who manages the clusters.
//
// The same arguments give the same text. It can be parsed again, and For of the same person changes nothing in it.
func (t *Template) For(who person.Person, installation string) (yaml string, err error) {
	if who == (person.Person{}) {
		return "", errors.New("a cluster's file is somebody's: there is no e-mail")
	}
	if !google.IsLabelValue(installation) {
		return "", fmt.Errorf("installation %q cannot be the label %s: it takes at most 63 of a-z, 0-9, _ and -", installation, google.LabelManagedBy)
	}
	cluster, err := decode(t.canonical)
	if err != nil {
		return "", err
	}
	if !t.made.Is(who.Email()) {
		if cluster.ClusterName, err = nameFor(cluster.ClusterName, t.made, who); err != nil {
			return "", err
		}
	}
	if cluster.Labels == nil {
		cluster.Labels = map[string]string{}
	}
	cluster.Labels[google.LabelOwner] = who.Label()
	if delete(cluster.Labels, google.LabelManagedBy); installation != "" {
		cluster.Labels[google.LabelManagedBy] = installation
	}
	if cluster.Config == nil {
		cluster.Config = &dataproc.ClusterConfig{}
	}
	if cluster.Config.SoftwareConfig == nil {
		cluster.Config.SoftwareConfig = &dataproc.SoftwareConfig{}
	}
	if cluster.Config.SoftwareConfig.Properties == nil {
		cluster.Config.SoftwareConfig.Properties = map[string]string{}
	}
	cluster.Config.SoftwareConfig.Properties[PersonalAuth] = who.Email()
	return encode(cluster)
}

// nameFor begins with the admin's own name, when the file has one, so that two files of one person are two clusters.
func nameFor(declared string, made, who person.Person) (string, error) {
	if isPlaceholder(declared) || made != (person.Person{}) {
		declared = ""
	}
	return who.Name(declared, maxClusterName)
}

// Render is the file of one person, from an admin's text and an e-mail: [Parse], then [Template.For].
func Render(yaml, email, installation string) (string, error) {
	who, err := person.Parse(email)
	if err != nil {
		return "", err
	}
	t, err := Parse(yaml)
	if err != nil {
		return "", err
	}
	return t.For(who, installation)
}

// madeFor is whose file For made: the label is the hash of the address in the property. A file that says one and not
// the other was written by somebody else.
func madeFor(root *value) person.Person {
	who, err := person.Parse(root.at("config", "softwareConfig", "properties", PersonalAuth).text())
	if err != nil || root.at("labels", google.LabelOwner).text() != who.Label() {
		return person.Person{}
	}
	return who
}
