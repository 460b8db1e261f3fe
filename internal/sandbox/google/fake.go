// Package google is a Google Cloud project in memory: the REST APIs of Notebooks v1 and v2, Dataproc, Cloud Resource
// Manager and IAM beneath the real google.golang.org/api clients, with the vendor's states, refusals, paging and quotas.
//
// What a request may say is read from Google's own descriptions of these APIs, which come with the clients. Time is the
// injected clock's alone: whatever is due happens when somebody looks, so a test that moves the clock by three minutes
// finds its notebook running, and nothing ever waits.
package google

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Options say how a project behaves for its whole life; [Fake.Reset] keeps them.
type Options struct {
	// Clock is the only source of time; the machine's clock by default.
	Clock await.Clock
	// Speed is how many times faster than the real cloud operations are; 1 by default. It does not touch quotas.
	Speed float64
	// RateLimits makes the APIs answer 429 beyond the vendor's quotas.
	RateLimits bool
	// Token is the bearer token to accept; any is accepted by default.
	Token string
	// Project is the one project that there is before anybody adds another; sandbox-project by default.
	Project string
	// ProjectNumber is that project's number; 123456789012 by default.
	ProjectNumber int64
}

// Fake is the five APIs, each below its name: /notebooks/, /dataproc/, /cloudresourcemanager/ and /iam/. It is safe for
// concurrent use.
type Fake struct {
	options   Options
	documents map[string]*document
	answers   map[string]answer

	mu sync.Mutex
	cloud
}

// cloud is everything that Reset forgets.
type cloud struct {
	projects   map[string]*project
	shelves    map[*kind]*shelf
	operations operations
	timeline   timeline
	timings    Timings
	behaviours Behaviours
	failures   []*Failure
	quotas     quotas
	sequence   int
}

// project is what has a policy and a number.
type project struct {
	id      string
	number  string
	created time.Time
	policy  policy
}

// New is a project without anything in it. It fails when the descriptions of the APIs cannot be found.
func New(options Options) (*Fake, error) {
	if options.Clock == nil {
		options.Clock = await.RealClock{}
	}
	if options.Speed <= 0 {
		options.Speed = 1
	}
	if options.Project == "" {
		options.Project = "sandbox-project"
	}
	if options.ProjectNumber == 0 {
		options.ProjectNumber = 123456789012
	}
	described, err := documents()
	if err != nil {
		return nil, err
	}
	f := &Fake{options: options, documents: described}
	f.answers = f.allAnswers()
	f.Reset()
	return f, nil
}

// Reset empties the project, forgets the others and every scenario; the options stay.
func (f *Fake) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cloud = cloud{
		projects:   map[string]*project{},
		shelves:    map[*kind]*shelf{},
		operations: newOperations(),
		timings:    defaultTimings,
		behaviours: defaultBehaviours,
		quotas:     quotas{},
	}
	for _, k := range kinds {
		f.shelves[k] = newShelf()
	}
	f.addProject(f.options.Project, f.options.ProjectNumber)
}

// AddProject makes another project that the caller may use.
func (f *Fake) AddProject(id string, number int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addProject(id, number)
}

func (f *Fake) addProject(id string, number int64) {
	f.projects[id] = &project{
		id:      id,
		number:  strconv.FormatInt(number, 10),
		created: f.now(),
		policy: policy{
			bindings: []any{fields{"role": "roles/owner", "members": listOf(member(f.behaviours.Caller))}},
			version:  1,
			changes:  1,
		},
	}
}

// findProject takes an id or a number.
func (f *Fake) findProject(idOrNumber string) (*project, bool) {
	if p, found := f.projects[idOrNumber]; found {
		return p, true
	}
	for _, p := range f.projects {
		if p.number == idOrNumber {
			return p, true
		}
	}
	return nil, false
}

func (f *Fake) now() time.Time { return f.options.Clock.Now() }

// scaled is how long something takes here that takes d in the cloud.
func (f *Fake) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / f.options.Speed)
}

// next is a number that no other object has.
func (f *Fake) next() int {
	f.sequence++
	return f.sequence
}

// newID is one of Compute Engine's long numbers.
func (f *Fake) newID() string { return fmt.Sprintf("4%018d", f.next()) }

// newUUID looks like a random one and is the same in every run.
func (f *Fake) newUUID() string {
	n := uint64(f.next()) * 0x9e3779b97f4a7c15 // spreads small numbers over all digits
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", uint32(n>>32), uint16(n>>16), n&0xfff, n>>52, n&0xffffffffffff)
}

func timestamp(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
