package singleuser

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/config"
	"github.com/databricks/databricks-sdk-go/httpclient"
	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"
	"golang.org/x/time/rate"
)

// API is the part of a workspace's API that a fleet uses: the vendor's own clients, each call one attempt.
type API struct {
	Host      string
	Clusters  *compute.ClustersAPI
	Libraries *compute.LibrariesAPI
	Me        *iam.CurrentUserAPI

	read reader
}

// Limits are how many calls a second a workspace takes; zero or less is no limit.
type Limits struct {
	Calls           float64 // all calls
	PermissionReads float64
	PermissionEdits float64
}

// Published are the vendor's limits. Those of the clusters API are not published: there we follow its 429s.
var Published = Limits{PermissionReads: 100, PermissionEdits: 30}

// unlimited switches a limiter of the SDK off that would count every call alike.
const unlimited = 1_000_000

// Connect makes the clients of one workspace by the SDK's own chain of credentials.
// The SDK repeats a POST whose answer was lost, which makes a second cluster; these clients never repeat anything:
// the fleet itself repeats what can be repeated.
func Connect(cfg *config.Config, limits Limits) (API, error) {
	hc, err := config.HTTPClientConfigFromConfig(cfg)
	if err != nil {
		return API{}, err
	}
	hc.RetryTimeout = time.Nanosecond
	hc.RateLimitPerSecond = unlimited
	hc.Transport = newPaced(hc.Transport, limits)
	c, err := client.NewWithClient(cfg, httpclient.NewApiClient(hc))
	if err != nil {
		return API{}, err
	}
	return API{Host: cfg.Host, Clusters: compute.NewClusters(c), Libraries: compute.NewLibraries(c), Me: iam.NewCurrentUser(c), read: reader{client: c}}, nil
}

// paced sends requests no faster than the vendor takes them.
type paced struct {
	next                  http.RoundTripper
	calls, reads, changes *rate.Limiter
}

func newPaced(next http.RoundTripper, limits Limits) *paced {
	if next == nil {
		next = http.DefaultTransport
	}
	limiter := func(perSecond float64) *rate.Limiter {
		if perSecond <= 0 {
			return rate.NewLimiter(rate.Inf, 0)
		}
		return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/4)))
	}
	return &paced{next: next, calls: limiter(limits.Calls), reads: limiter(limits.PermissionReads), changes: limiter(limits.PermissionEdits)}
}

// RoundTrip waits for its turn.
func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := p.turn(r.Context(), r); err != nil {
		return nil, err
	}
	return p.next.RoundTrip(r)
}

func (p *paced) turn(ctx context.Context, r *http.Request) error {
	if strings.HasPrefix(r.URL.Path, "/api/2.0/permissions/") {
		limiter := p.changes
		if r.Method == http.MethodGet {
			limiter = p.reads
		}
		if err := limiter.Wait(ctx); err != nil {
			return err
		}
	}
	return p.calls.Wait(ctx)
}
