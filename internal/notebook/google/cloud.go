// Package google is how the notebook domain calls Google's REST APIs: the clients, what may be repeated, what an error
// means, and how a long-running operation ends. It knows no resource.
package google

import (
	"context"
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
//
// It makes a client for each call rather than keep them: what reflection can reach from a resource, results of
// methods included, brings every method of its API into the binary, four megabytes for six APIs of which we use a few calls.
type Cloud struct {
	Installation string
	Clock        await.Clock

	http      *http.Client
	endpoints Endpoints
	agent     string
	line      *await.Line
}

// New is a cloud; it calls nobody.
func New(o Options) *Cloud {
	return &Cloud{Installation: o.Installation, Clock: o.Clock, http: o.HTTP, endpoints: o.Endpoints, agent: o.UserAgent, line: newLine(o.Clock)}
}

// Workbench is Notebooks v2.
func Workbench(c *Cloud) *workbench.Service {
	s, err := workbench.NewService(context.Background(), c.at(c.endpoints.Workbench, "v2")...)
	usable(err)
	s.UserAgent = c.agent
	return s
}

// Notebooks is Notebooks v1.
func Notebooks(c *Cloud) *notebooks.Service {
	s, err := notebooks.NewService(context.Background(), c.at(c.endpoints.Notebooks, "v1")...)
	usable(err)
	s.UserAgent = c.agent
	return s
}

// Dataproc is Dataproc v1.
func Dataproc(c *Cloud) *dataproc.Service {
	s, err := dataproc.NewService(context.Background(), c.at(c.endpoints.Dataproc, "v1")...)
	usable(err)
	s.UserAgent = c.agent
	return s
}

// Storage is Cloud Storage.
func Storage(c *Cloud) *storage.Service {
	s, err := storage.NewService(context.Background(), c.at(c.endpoints.Storage, "")...)
	usable(err)
	s.UserAgent = c.agent
	return s
}

// ResourceManager is Cloud Resource Manager v1.
func ResourceManager(c *Cloud) *resourcemanager.Service {
	s, err := resourcemanager.NewService(context.Background(), c.at(c.endpoints.ResourceManager, "v1")...)
	usable(err)
	s.UserAgent = c.agent
	return s
}

// IAM is Identity and Access Management v1.
func IAM(c *Cloud) *iam.Service {
	s, err := iam.NewService(context.Background(), c.at(c.endpoints.IAM, "v1")...)
	usable(err)
	s.UserAgent = c.agent
	return s
}

// at is where an API is. The clients add the version to their calls, but for Cloud Storage, which is told of it and
// would cut it off without the slash at the end.
func (c *Cloud) at(endpoint, version string) []option.ClientOption {
	options := []option.ClientOption{option.WithHTTPClient(c.http)}
	if endpoint != "" {
		root := strings.TrimSuffix(strings.TrimSuffix(endpoint, "/"), version)
		options = append(options, option.WithEndpoint(strings.TrimSuffix(root, "/")+"/"))
	}
	return options
}

// usable: with an HTTP client of ours nothing is looked for that could be missing.
func usable(err error) {
	if err != nil {
		panic("a client of Google's libraries: " + err.Error())
	}
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
