// Package session makes Dataproc session templates, one for each person, whose Spark sessions run with the
// credentials of whoever starts them.
//
// A template is no access control: it says how a session is made, and Google lets everybody in the project who may
// create sessions use it. What a session may read is decided by the person who starts it.
package session

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/snapshot"
)

// Kernels of a Jupyter session.
const (
	Python = "PYTHON"
	Scala  = "SCALA"
)

// Template is a session template, as it is wanted or as Google has it. The zero value of an optional field leaves it
// to Google, or says that Google did not tell.
type Template struct {
	Person   person.Person // nobody in what is read: only the label google.LabelOwner is kept there
	Project  string
	Location string // a region
	Name     string // 4 to 63 of a-z, 0-9 and hyphens

	DisplayName    string // at most 63 characters
	Description    string
	Kernel         string // PYTHON or SCALA: a Jupyter session; "" is Spark Connect
	RuntimeVersion string // such as 2.3
	ContainerImage string
	Properties     map[string]string // only these keys are ever compared; read without the prefix "spark:"
	Labels         map[string]string // wanted: without ours; read: all of them
	IdleTTL, TTL   time.Duration     // 10 minutes to 14 days
	Subnet         string
	NetworkTags    []string
	StagingBucket  string // without gs://
	KMSKey         string
	Metastore      string // projects/p/locations/l/services/s
	HistoryServer  string // projects/p/regions/r/clusters/c

	// What Google says beside it.
	ID              string // projects/p/locations/l/sessionTemplates/n
	UUID            string
	Creator         string
	ServiceAccount  string // what Google's own side of a session runs as; never wanted
	EndUserIdentity bool   // sessions run as whoever starts them
}

// Problem is one thing that a configuration asks for and cannot have.
type Problem struct{ Attribute, Summary, Detail string }

// DefaultName is the name of a person's template when the configuration gives none.
func DefaultName(who person.Person) string {
	name, _ := who.Name("spark", maxName) // the prefix leaves room
	return name
}

// Desk is where session templates are made. It is safe for concurrent use, and meant to live as long as one plan or
// one apply.
type Desk struct {
	cloud *google.Cloud

	lists sync.Map      // parent -> *snapshot.Snapshot[*dataproc.SessionTemplate]
	run   ledger.Ledger // by id
}

// New makes a desk.
func New(cloud *google.Cloud) *Desk { return &Desk{cloud: cloud} }

// id is a template's full name.
func (t Template) id() string { return t.below(t.parent()) }

func (t Template) below(parent string) string { return parent + "/sessionTemplates/" + t.Name }

func (t Template) parent() string { return "projects/" + t.Project + "/locations/" + t.Location }

// title is what messages call a template.
func (t Template) title() string { return "the session template " + t.Name }

var idForm = regexp.MustCompile(`^(?:projects/)?([^/]+)/(?:locations/)?([^/]+)/(?:sessionTemplates/)?([^/]+)$`)

// ParseID finds the id that an import names: the id, project/location/name or location/name.
func ParseID(text, project string) (string, error) {
	parts := idForm.FindStringSubmatch(text)
	if short := shortForm.FindStringSubmatch(text); short != nil && project != "" {
		parts = []string{"", project, short[1], short[2]}
	}
	if parts == nil || !google.IsRegion(parts[2]) {
		return "", fmt.Errorf("%q is not the id of a session template: expected projects/PROJECT/locations/REGION/sessionTemplates/NAME, PROJECT/REGION/NAME, or REGION/NAME with the provider's google.project", text)
	}
	return Template{Project: parts[1], Location: parts[2], Name: parts[3]}.id(), nil
}

var shortForm = regexp.MustCompile(`^([^/]+)/([^/]+)$`)

// parse takes an id apart.
func parse(id string) (Template, error) {
	parts := fullForm.FindStringSubmatch(id)
	if parts == nil {
		return Template{}, fmt.Errorf("%q is not the id of a session template", id)
	}
	return Template{Project: parts[1], Location: parts[2], Name: parts[3], ID: id}, nil
}

var fullForm = regexp.MustCompile(`^projects/([^/]+)/locations/([^/]+)/sessionTemplates/([^/]+)$`)

// listOf is the one list of a project and region.
func (d *Desk) listOf(parent string) *snapshot.Snapshot[*dataproc.SessionTemplate] {
	made := snapshot.New(d.cloud.Clock, d.get, func(ctx context.Context) (map[string]*dataproc.SessionTemplate, error) {
		return d.page(ctx, parent)
	})
	list, _ := d.lists.LoadOrStore(parent, made)
	return list.(*snapshot.Snapshot[*dataproc.SessionTemplate])
}
