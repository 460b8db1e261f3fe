// Package foundation makes what personal notebooks need once in a project: a bucket for templates, a service account,
// and grants, each added without taking anything from anybody.
//
// Who made what: a bucket bears this installation's label. A service account can bear none, so that its description
// ends with the words "managed by provisioner installation" and the installation's name; whoever changes these words
// lets the account go. A grant says nothing of the kind, so that only those grants are taken back that the
// configuration names.
package foundation

import (
	"fmt"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// Wanted is a foundation as the configuration asks for it.
type Wanted struct {
	Project        string
	Bucket         string // "" makes none
	BucketLocation string // such as US or us-central1; "" leaves it to Google
	ServiceAccount string // account id, 6 to 30 characters; "" makes none
	Roles          []string
	// Notebook users: they may act as the service account, and nothing else in the project.
	Users  []string // e-mails
	Labels map[string]string
	Force  bool // delete the bucket with what is in it
}

// Foundation is what there is.
type Foundation struct {
	Project             string
	ProjectNumber       int64
	Bucket              string // "" when none was wanted or it is gone
	BucketURL           string // gs://bucket
	BucketSelfLink      string
	BucketLocation      string // as Google writes it: US, US-CENTRAL1
	UniformAccess       bool
	PublicPrevented     bool
	ServiceAccountEmail string // "" when none was wanted or it is gone
	BucketReadable      bool   // by the service account; true when one of them is not wanted
	Roles               []string
	Users               []string
	Labels              map[string]string // of the bucket, all of them
	Outcome             string            // created or no_action
}

// The outcomes of Ensure.
const (
	Created  = "created"   // something was missing
	NoAction = "no_action" // all of it was there already
)

// Roles that a foundation gives on its own things, never on the whole project.
const (
	roleActAs  = "roles/iam.serviceAccountUser"
	roleReader = "roles/storage.objectViewer"
)

// Builder makes foundations. It is safe for concurrent use.
// It is meant to live as long as one plan or one apply.
type Builder struct {
	cloud *google.Cloud

	// One change at a time: there are few foundations, and two writers of one project's policy would only tread on each
	// other's etag.
	changing sync.Mutex
	run      ledger.Ledger // by bucket and by account
}

// New makes a builder.
func New(cloud *google.Cloud) *Builder { return &Builder{cloud: cloud} }

// bucketKey and accountKey are the bucket and the account in the ledger.
func (w Wanted) bucketKey() string  { return "bucket " + w.Bucket }
func (w Wanted) accountKey() string { return "service account " + w.Email() }

// claim is the right of one resource to a bucket and an account: to both, or to none.
func (b *Builder) claim(w Wanted) (release func(), err error) {
	var claims []func()
	release = func() {
		for _, giveBack := range claims {
			giveBack()
		}
	}
	for _, key := range w.keys() {
		giveBack, err := b.run.Claim(key, "ensuring the foundation of the project "+w.Project, person.Person{})
		if err != nil {
			release()
			return nil, err
		}
		claims = append(claims, giveBack)
	}
	return release, nil
}

func (b *Builder) keep(w Wanted) {
	for _, key := range w.keys() {
		b.run.Keep(key)
	}
}

func (w Wanted) keys() (keys []string) {
	if w.Bucket != "" {
		keys = append(keys, w.bucketKey())
	}
	if w.ServiceAccount != "" {
		keys = append(keys, w.accountKey())
	}
	return keys
}

// Email is the service account's address, which Google makes of its id and the project's.
func (w Wanted) Email() string {
	project := w.Project
	if domain, name, scoped := strings.Cut(project, ":"); scoped { // a project of one domain: example.com:project
		project = name + "." + domain
	}
	return w.ServiceAccount + "@" + project + ".iam.gserviceaccount.com"
}

// account is the service account's full name.
func (w Wanted) account() string { return accountOf(w.Project, w.Email()) }

func accountOf(project, email string) string {
	return "projects/" + project + "/serviceAccounts/" + email
}

// member is the service account as policies write it.
func (w Wanted) member() string { return memberOf(w.Email()) }

func memberOf(email string) string { return "serviceAccount:" + email }

// mark is how the description of our service accounts ends.
func (b *Builder) mark() string {
	return "managed by provisioner installation " + b.cloud.Installation
}

// markStart begins the mark of any installation.
const markStart = "managed by provisioner installation "

func (b *Builder) description() string { return "Runs personal notebooks; " + b.mark() }

// taken is the error for what somebody else has.
func taken(what string) error { return fmt.Errorf("%w: %s", google.ErrExists, what) }
