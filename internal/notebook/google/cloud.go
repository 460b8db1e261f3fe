// Package google is how the notebook domain calls Google's REST APIs: the clients, what may be repeated, what an error
// means, and how a long-running operation ends. It knows no resource.
package google

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	resourcemanager "google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/dataproc/v1"
	"google.golang.org/api/iam/v1"
	notebooks "google.golang.org/api/notebooks/v1"
	workbench "google.golang.org/api/notebooks/v2"
	"google.golang.org/api/option"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Scope is what the credentials are asked for.
const Scope = workbench.CloudPlatformScope

// Endpoints are other addresses of the APIs, in the form of the GOOGLE_*_CUSTOM_ENDPOINT variables: with the version at
// the end, such as https://notebooks.example.com/v2/. An empty one is Google's own.
type Endpoints struct {
	Workbench       string // .../v2/
	Notebooks       string // .../v1/
	Dataproc        string // .../v1/
	Storage         string // .../storage/v1/
	ResourceManager string // .../v1/
	IAM             string // .../v1/
}

// Options say how Google is called.
type Options struct {
	Installation string // who owns what is made: things of another installation are somebody else's
	Clock        await.Clock
	HTTP         *http.Client // adds the credentials
	Endpoints    Endpoints
	UserAgent    string
}

// Cloud is Google as one installation of this provider calls it. It is safe for concurrent use.
type Cloud struct {
	Installation string
	Clock        await.Clock

	Workbench *workbench.Service // Notebooks v2
	Notebooks *notebooks.Service // Notebooks v1
	Dataproc  *dataproc.Service
	Storage   *storage.Service
	Projects  *resourcemanager.Service
	IAM       *iam.Service

	line *await.Line
}

// New makes the clients; it calls nobody.
func New(ctx context.Context, o Options) (*Cloud, error) {
	c := &Cloud{Installation: o.Installation, Clock: o.Clock, line: newLine(o.Clock)}
	at := func(endpoint, version string) []option.ClientOption {
		options := []option.ClientOption{option.WithHTTPClient(o.HTTP)}
		if endpoint != "" {
			options = append(options, option.WithEndpoint(strings.TrimSuffix(strings.TrimSuffix(endpoint, "/"), version)))
		}
		return options
	}
	for _, made := range []struct {
		api  string
		make func() error
	}{
		{"Notebooks v2", func() (err error) {
			c.Workbench, err = workbench.NewService(ctx, at(o.Endpoints.Workbench, "v2")...)
			return
		}},
		{"Notebooks v1", func() (err error) {
			c.Notebooks, err = notebooks.NewService(ctx, at(o.Endpoints.Notebooks, "v1")...)
			return
		}},
		{"Dataproc", func() (err error) {
			c.Dataproc, err = dataproc.NewService(ctx, at(o.Endpoints.Dataproc, "v1")...)
			return
		}},
		{"Cloud Storage", func() (err error) {
			c.Storage, err = storage.NewService(ctx, atStorage(at(o.Endpoints.Storage, ""), o.Endpoints.Storage)...)
			return
		}},
		{"Resource Manager", func() (err error) {
			c.Projects, err = resourcemanager.NewService(ctx, at(o.Endpoints.ResourceManager, "v1")...)
			return
		}},
		{"IAM", func() (err error) { c.IAM, err = iam.NewService(ctx, at(o.Endpoints.IAM, "v1")...); return }},
	} {
		if err := made.make(); err != nil {
			return nil, fmt.Errorf("the client of %s: %w", made.api, err)
		}
	}
	c.introduce(o.UserAgent)
	return c, nil
}

// atStorage keeps the trailing slash: without it this client cuts the version off.
func atStorage(options []option.ClientOption, endpoint string) []option.ClientOption {
	if endpoint == "" {
		return options
	}
	return append(options, option.WithEndpoint(strings.TrimSuffix(endpoint, "/")+"/"))
}

// introduce says who is calling.
func (c *Cloud) introduce(agent string) {
	c.Workbench.UserAgent, c.Notebooks.UserAgent, c.Dataproc.UserAgent = agent, agent, agent
	c.Storage.UserAgent, c.Projects.UserAgent, c.IAM.UserAgent = agent, agent, agent
}

// Ask repeats a read as long as that may help.
func (c *Cloud) Ask(ctx context.Context, do func(context.Context) error) error {
	return c.line.Ask(ctx, do)
}

// Repeat repeats a write that comes to the same when done twice: one that carries a request id or a precondition, or
// that sets what it sets.
func (c *Cloud) Repeat(ctx context.Context, do func(context.Context) error) error {
	return c.line.Repeat(ctx, do)
}

// Once repeats a write only where Google said that it did not begin it: too many calls, or another operation under
// way. Any other failure is the caller's, who has to look what became of it.
func (c *Cloud) Once(ctx context.Context, do func(context.Context) error) error {
	return await.Retry(ctx, c.Clock, await.Gentle, func(err error) await.Verdict {
		return await.Verdict{Again: ctx.Err() == nil && NotNow(err), After: retryAfter(err)}
	}, do)
}
