package google_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/dataproc/v1"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iam/v1"
	notebooksv1 "google.golang.org/api/notebooks/v1"
	notebooksv2 "google.golang.org/api/notebooks/v2"
	"google.golang.org/api/option"

	"github.com/data-access/terraform-provider-provisioner/internal/await/awaittest"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const (
	inProject = "projects/acme"
	inZone    = "projects/acme/locations/us-central1-a"
	inRegion  = "projects/acme/locations/us-central1"
	compute   = "777-compute@developer.gserviceaccount.com"
)

// project is a fake behind a real server, and Google's own clients.
type project struct {
	*google.Fake
	t     *testing.T
	clock *awaittest.Clock
	url   string

	instances *notebooksv2.ProjectsLocationsInstancesService
	ops       *notebooksv2.ProjectsLocationsOperationsService
	legacy    *notebooksv1.ProjectsLocationsInstancesService
	runtimes  *notebooksv1.ProjectsLocationsRuntimesService
	ops1      *notebooksv1.ProjectsLocationsOperationsService
	dataproc  *dataproc.Service
	clusters  *dataproc.ProjectsRegionsClustersService
	sessions  *dataproc.ProjectsLocationsSessionsService
	templates *dataproc.ProjectsLocationsSessionTemplatesService
	crm       *cloudresourcemanager.ProjectsService
	accounts  *iam.ProjectsServiceAccountsService
}

// bearer sends a token with every request, over plain HTTP too.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

func open(t *testing.T, options google.Options) *project {
	t.Helper()
	p := &project{t: t, clock: awaittest.New()}
	options.Clock, options.Project, options.ProjectNumber = p.clock, "acme", 777
	fake, err := google.New(options)
	if err != nil {
		t.Fatal(err)
	}
	p.Fake = fake
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	p.url = server.URL
	client := option.WithHTTPClient(&http.Client{Transport: bearer("t")})
	v1, err := notebooksv1.NewService(t.Context(), client, option.WithEndpoint(p.url+"/notebooks/"))
	p.must(err)
	v2, err := notebooksv2.NewService(t.Context(), client, option.WithEndpoint(p.url+"/notebooks/"))
	p.must(err)
	dp, err := dataproc.NewService(t.Context(), client, option.WithEndpoint(p.url+"/dataproc/"))
	p.must(err)
	crm, err := cloudresourcemanager.NewService(t.Context(), client, option.WithEndpoint(p.url+"/cloudresourcemanager/"))
	p.must(err)
	accounts, err := iam.NewService(t.Context(), client, option.WithEndpoint(p.url+"/iam/"))
	p.must(err)
	p.instances, p.ops = v2.Projects.Locations.Instances, v2.Projects.Locations.Operations
	p.legacy, p.runtimes, p.ops1 = v1.Projects.Locations.Instances, v1.Projects.Locations.Runtimes, v1.Projects.Locations.Operations
	p.dataproc, p.clusters = dp, dp.Projects.Regions.Clusters
	p.sessions, p.templates = dp.Projects.Locations.Sessions, dp.Projects.Locations.SessionTemplates
	p.crm, p.accounts = crm.Projects, accounts.Projects.ServiceAccounts
	return p
}

func (p *project) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// refused wants an error of Google's, with a status and a part of its message.
func refused(t *testing.T, err error, code int, status, message string) {
	t.Helper()
	_ = refusal(t, err, code, status, message)
}

func refusal(t *testing.T, err error, code int, status, message string) *googleapi.Error {
	t.Helper()
	var refusal *googleapi.Error
	if !errors.As(err, &refusal) {
		t.Errorf("got %v, want %d %s", err, code, status)
		return &googleapi.Error{}
	}
	var body struct{ Error struct{ Status string } }
	_ = json.Unmarshal([]byte(refusal.Body), &body)
	if refusal.Code != code || body.Error.Status != status || !strings.Contains(refusal.Message, message) {
		t.Errorf("got %d %s %q, want %d %s %q", refusal.Code, body.Error.Status, refusal.Message, code, status, message)
	}
	return refusal
}

// send is a request without a client, for what the clients would not send.
func (p *project) send(method, path, body string) (status int, reply string, header http.Header) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	p.must(err)
	request.Header.Set("Authorization", "Bearer t")
	response, err := http.DefaultClient.Do(request)
	p.must(err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	p.must(err)
	return response.StatusCode, string(text), response.Header
}

// wantSent wants a status and a part of the reply.
func (p *project) wantSent(method, path, body string, status int, part string) {
	p.t.Helper()
	got, reply, _ := p.send(method, path, body)
	if got != status || !strings.Contains(reply, part) {
		p.t.Errorf("%s %s %s:\ngot %d %s\nwant %d %s", method, path, body, got, reply, status, part)
	}
}

// personal is what this product asks for: one owner, one's own credentials.
func personal(owner string) *notebooksv2.Instance {
	return &notebooksv2.Instance{
		InstanceOwners:   []string{owner},
		EnableManagedEuc: true,
		Labels:           map[string]string{"owner-hash": "71d4f55f"},
		GceSetup: &notebooksv2.GceSetup{
			MachineType:     "e2-standard-8",
			DisablePublicIp: true,
			Metadata:        map[string]string{"idle-timeout-seconds": "3600"},
		},
	}
}

func (p *project) create(id string, i *notebooksv2.Instance) *notebooksv2.Operation {
	p.t.Helper()
	op, err := p.instances.Create(inZone, i).InstanceId(id).Do()
	p.must(err)
	return op
}

// running is an instance that is up.
func (p *project) running(id string, i *notebooksv2.Instance) (name string) {
	p.t.Helper()
	p.create(id, i)
	p.clock.Advance(3 * time.Minute)
	name = inZone + "/instances/" + id
	p.wantState(name, "ACTIVE")
	return name
}

func (p *project) get(name string) *notebooksv2.Instance {
	p.t.Helper()
	i, err := p.instances.Get(name).Do()
	p.must(err)
	return i
}

func (p *project) wantState(name, state string) {
	p.t.Helper()
	if got := p.get(name).State; got != state {
		p.t.Errorf("%s is %s, want %s", name, got, state)
	}
}

// poll is an operation as it is now.
func (p *project) poll(op *notebooksv2.Operation) *notebooksv2.Operation {
	p.t.Helper()
	now, err := p.ops.Get(op.Name).Do()
	p.must(err)
	return now
}

// settled moves the clock until an operation is done, and wants it to have succeeded.
func (p *project) settled(op *notebooksv2.Operation, err error) *notebooksv2.Operation {
	p.t.Helper()
	p.must(err)
	for range 600 {
		now, err := p.ops.Get(op.Name).Do()
		p.must(err)
		if now.Done {
			if now.Error != nil {
				p.t.Fatalf("%s failed: %+v", op.Name, now.Error)
			}
			return now
		}
		p.clock.Advance(time.Second)
	}
	p.t.Fatalf("%s is not done after ten minutes", op.Name)
	return nil
}

// failed moves the clock until an operation is done, and wants it to have failed.
func (p *project) failed(op *notebooksv2.Operation, code int64, message string) {
	p.t.Helper()
	for range 600 {
		now, err := p.ops.Get(op.Name).Do()
		p.must(err)
		if !now.Done {
			p.clock.Advance(time.Second)
			continue
		}
		if now.Error == nil || now.Error.Code != code || !strings.Contains(now.Error.Message, message) {
			p.t.Errorf("the operation ended with %+v, want %d %q", now.Error, code, message)
		}
		return
	}
	p.t.Fatalf("%s is not done after ten minutes", op.Name)
}
