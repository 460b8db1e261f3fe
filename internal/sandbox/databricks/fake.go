// Package databricks is a Databricks workspace in memory: the REST API beneath the real databricks-sdk-go, with the
// vendor's states, refusals, paging and limits.
//
// Time is the injected clock's alone. A cluster moves from state to state when somebody looks at it, so a test that
// moves the clock by four minutes finds the cluster started, and nothing ever waits.
package databricks

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Options say how a workspace behaves for its whole life; [Fake.Reset] keeps them.
type Options struct {
	// Clock is the only source of time; the machine's clock by default.
	Clock await.Clock
	// Speed is how many times faster than the real cloud clusters start, stop and install; 1 by default. It does not
	// touch what a customer asks for (automatic termination), the 30 days of retention, or the rate limits.
	Speed float64
	// RateLimits makes the workspace answer 429 beyond the vendor's limits.
	RateLimits bool
	// Token is the bearer token to accept, beside those the workspace issued itself. Any token is accepted by default.
	Token string
}

// The workspace's own identity, as discovery and the X-Databricks-Org-Id header tell it.
const (
	workspaceID   = "900"
	accountID     = "00000000-1111-2222-3333-444444444444"
	defaultCaller = "7c1e42aa-0f5b-4c7e-9d3c-5a0f1d2b6e90" // a service principal is named by its application id
)

// Fake is one workspace. It is safe for concurrent use.
type Fake struct {
	options Options
	mux     *http.ServeMux

	mu sync.Mutex
	workspace
}

// workspace is everything that Reset forgets.
type workspace struct {
	clusters  map[string]*cluster
	created   []*cluster // in order of creation
	sequence  uint32
	timings   Timings
	listLag   time.Duration
	scenarios scenarios
	policies  map[string]*policy
	listings  map[int]listing
	listed    int
	caller    string
	admin     bool
	users     map[string]iam.User // by lower-case user name
	removed   map[string]bool     // by lower-case user name
	tokens    map[string]time.Time
	limits    limits
}

// New is an empty workspace.
func New(options Options) *Fake {
	if options.Clock == nil {
		options.Clock = await.RealClock{}
	}
	if options.Speed <= 0 {
		options.Speed = 1
	}
	f := &Fake{options: options, workspace: emptyWorkspace()}
	f.mux = f.routes()
	return f
}

func emptyWorkspace() workspace {
	return workspace{
		clusters: map[string]*cluster{},
		timings:  defaultTimings,
		policies: map[string]*policy{},
		listings: map[int]listing{},
		caller:   defaultCaller,
		admin:    true,
		users:    map[string]iam.User{},
		removed:  map[string]bool{},
		tokens:   map[string]time.Time{},
		limits:   newLimits(),
	}
}

// Reset empties the workspace and forgets every scenario; the options stay.
func (f *Fake) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.workspace = emptyWorkspace()
}

// SetCaller says who the bearer of any token is. A name with an @ is a user, any other an application id.
func (f *Fake) SetCaller(userName string, admin bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.caller, f.admin = userName, admin
}

// SetPolicy creates a compute policy, or replaces the one with the same policy_id; existing clusters stay as they are.
// It panics when the policy has no id or its definition is not one.
func (f *Fake) SetPolicy(p compute.Policy) {
	if err := f.setPolicy(p); err != nil {
		panic(err)
	}
}

// Seed adds a cluster that somebody else made and stopped. It takes any shape, the way old clusters do; one named
// like the vendor's job clusters (job-1-run-2) counts as made by a job.
func (f *Fake) Seed(request compute.CreateCluster, creator string) (clusterID string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	document, err := json.Marshal(request)
	if err != nil {
		panic(err) // a struct of plain fields
	}
	spec := object(document)
	delete(spec, "clone_from")
	attributes := cloneObject(spec)
	delete(attributes, "apply_policy_default_values")
	fill(attributes, creator)

	now := f.now()
	c := f.add(spec, attributes, creator, now)
	c.visible = now
	if strings.HasPrefix(request.ClusterName, "job-") && strings.Contains(request.ClusterName, "-run-") {
		c.source = compute.ClusterSourceJob
	}
	c.enter(compute.StateTerminated, now)
	c.message = "Terminated by user"
	c.reason = &compute.TerminationReason{
		Code:       compute.TerminationReasonCodeUserRequest,
		Type:       compute.TerminationReasonTypeSuccess,
		Parameters: map[string]string{"username": creator},
	}
	return c.id
}

var errNoCluster = errors.New("no such cluster")

// Purge makes a cluster what it is 30 days after its end: absent from lists, INVALID_STATE to everything else.
func (f *Fake) Purge(clusterID string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, found := f.clusters[clusterID]
	if !found {
		return fmt.Errorf("purge %q: %w", clusterID, errNoCluster)
	}
	c.purged, c.pinned = true, false
	return nil
}

// Clusters is a snapshot of every cluster in order of creation, without the purged ones.
func (f *Fake) Clusters() []compute.ClusterDetails {
	f.mu.Lock()
	var all []map[string]any
	now := f.now()
	for _, c := range f.created {
		if f.advance(c, now); !c.purged {
			all = append(all, f.details(c, true))
		}
	}
	f.mu.Unlock()
	return convert[[]compute.ClusterDetails](all)
}

// Permissions are a cluster's direct access control entries, in the order in which they were granted.
func (f *Fake) Permissions(clusterID string) []compute.ClusterAccessControlResponse {
	f.mu.Lock()
	defer f.mu.Unlock()
	var direct []compute.ClusterAccessControlResponse
	if c, found := f.clusters[clusterID]; found {
		for _, g := range c.grants {
			direct = append(direct, g.reply())
		}
	}
	return direct
}

// Libraries are the statuses of a cluster's libraries, as the API would tell them now.
func (f *Fake) Libraries(clusterID string) []compute.LibraryFullStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, found := f.clusters[clusterID]
	if !found {
		return nil
	}
	now := f.now()
	f.advance(c, now)
	return f.libraryStatuses(c, now)
}

func (f *Fake) now() time.Time { return f.options.Clock.Now() }

// scaled is how long something takes here that takes d in the cloud.
func (f *Fake) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / f.options.Speed)
}

// forget removes a cluster for good.
func (f *Fake) forget(c *cluster) {
	delete(f.clusters, c.id)
	f.created = slices.DeleteFunc(f.created, func(other *cluster) bool { return other == c })
}
