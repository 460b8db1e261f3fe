package modules_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"
	"google.golang.org/api/option"
	"google.golang.org/api/storage/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// signedIn is a client that the sandbox lets in.
type signedIn struct{ token string }

func (s signedIn) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+s.token)
	return http.DefaultTransport.RoundTrip(r)
}

func (p *project) client(api string) []option.ClientOption {
	env := p.google.Env()
	at := strings.TrimSuffix(env["GOOGLE_"+api+"_CUSTOM_ENDPOINT"], "v1/")
	if api == "STORAGE" {
		at += "v1/"
	}
	return []option.ClientOption{option.WithEndpoint(at), option.WithHTTPClient(&http.Client{Transport: signedIn{env["GOOGLE_OAUTH_ACCESS_TOKEN"]}})}
}

// grant gives somebody a role in the project, as another team would.
func (p *project) grant(t *testing.T, role, member string) {
	t.Helper()
	api, err := cloudresourcemanager.NewService(t.Context(), p.client("RESOURCE_MANAGER")...)
	if err != nil {
		t.Fatal(err)
	}
	policy := p.google.Google.ProjectPolicy(sandbox.GoogleProject)
	policy.Bindings = append(policy.Bindings, &cloudresourcemanager.Binding{Role: role, Members: []string{member}})
	if _, err := api.Projects.SetIamPolicy(sandbox.GoogleProject, &cloudresourcemanager.SetIamPolicyRequest{Policy: policy}).Do(); err != nil {
		t.Fatal(err)
	}
}

// roles are what somebody has in the project.
func (p *project) roles(t *testing.T, member string) (roles []string) {
	t.Helper()
	for _, b := range p.google.Google.ProjectPolicy(sandbox.GoogleProject).Bindings {
		if slices.Contains(b.Members, member) {
			roles = append(roles, b.Role)
		}
	}
	slices.Sort(roles)
	return roles
}

// rolesInBucket are what somebody has in a bucket.
func (p *project) rolesInBucket(t *testing.T, bucket, member string) (roles []string) {
	t.Helper()
	api, err := storage.NewService(t.Context(), p.client("STORAGE")...)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := api.Buckets.GetIamPolicy(bucket).Do()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range policy.Bindings {
		if slices.Contains(b.Members, member) {
			roles = append(roles, b.Role)
		}
	}
	return roles
}

// actors are who may act as a service account.
func (p *project) actors(t *testing.T, email string) (members []string) {
	t.Helper()
	api, err := iam.NewService(t.Context(), p.client("IAM")...)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := api.Projects.ServiceAccounts.GetIamPolicy("projects/" + sandbox.GoogleProject + "/serviceAccounts/" + email).Do()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range policy.Bindings {
		if b.Role == "roles/iam.serviceAccountUser" {
			members = append(members, b.Members...)
		}
	}
	slices.Sort(members)
	return members
}

// D: the deployer's bindings took its roles away from everybody else.
func TestDefectDOtherMembersOfARoleStay(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	const others = "group:engineers@example.com"
	p.grant(t, "roles/dataproc.worker", others)
	p.grant(t, "roles/compute.admin", others)

	hub := []string{users("ana@example.com"), `environment = "dataproc_hub"`}
	p.asks(t, userManagedModule, append(hub, `service_acct_roles = ["roles/dataproc.hubAgent", "roles/dataproc.worker", "roles/compute.admin"]`)...)
	contains(t, p.apply(t), "A role reaches further than notebooks need")
	account := "serviceAccount:" + *p.gives(t, "notebooks").ServiceAccount
	if got := p.roles(t, account); len(got) != 3 {
		t.Errorf("the account has %v", got)
	}
	p.asks(t, userManagedModule, hub...)
	p.apply(t)
	if got, want := p.roles(t, account), []string{"roles/dataproc.hubAgent", "roles/dataproc.worker"}; !slices.Equal(got, want) {
		t.Errorf("the account has %v, want %v", got, want)
	}
	p.must(t, 0, "destroy", "-auto-approve")
	if got, want := p.roles(t, others), []string{"roles/compute.admin", "roles/dataproc.worker"}; !slices.Equal(got, want) {
		t.Errorf("the engineers have %v, want %v", got, want)
	}
	if got := p.roles(t, account); len(got) > 0 {
		t.Errorf("the account that is gone has %v", got)
	}
}

// I: the metadata that belong to the server were the configuration's, another machine's address among them.
func TestDefectIWhatTheServerAddsIsNoDrift(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	google := p.google.Google
	p.holds(t,
		instance("m", managedModule, users("ana@example.com"), `metadata = { notebook-disable-downloads = "true" }`),
		instance("u", userManagedModule, users("ana@example.com"), `environment = "dataproc_hub"`),
	)
	p.apply(t)
	p.settled(t)
	hub := google.LegacyInstances()[0]
	if hub.Metadata["proxy-url"] != "" || hub.Metadata["title"] != "Base.Container" || hub.Metadata["proxy-user-mail"] != "ana@example.com" {
		t.Errorf("the hub has %v", hub.Metadata)
	}

	google.Behave(func(b *fake.Behaviours) {
		b.ExtraMetadata = map[string]string{"a-key-of-next-year": "1", "report-event-health": "true", "title": "another"}
	})
	if err := google.Edit(fake.LegacyInstance, hub.Name, map[string]any{"metadata": map[string]any{"proxy-url": "c2-dot-us-central1.notebooks.googleusercontent.com", "a-key-of-next-year": "1"}}); err != nil {
		t.Fatal(err)
	}
	p.settled(t)

	for _, key := range []string{"proxy-url", "title", "framework", "notebooks-api", "shutdown-script", "restriction", "version", "proxy-mode"} {
		t.Log(key)
		p.asks(t, managedModule, users("ana@example.com"), `metadata = { "`+key+`" = "1" }`)
		p.refuses(t, "A metadata key is reserved by Google", `"`+key+`"`)
		p.asks(t, userManagedModule, users("ana@example.com"), `environment = "dataproc_hub"`, `metadata = { "`+key+`" = "1" }`)
		p.refuses(t, "That metadata key is not the configuration's", `"`+key+`" cannot be set on a Dataproc Hub`)
	}
}

// J: nobody granted what a hub and its owner need, or only after the hub was there.
func TestDefectJGrantsComeBeforeMachines(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.asks(t, userManagedModule, users("ana@example.com", "Bo@example.com"), `environment = "dataproc_hub"`)
	p.apply(t)
	last, first := -1, -1
	for i, call := range p.google.Wire.Calls() {
		switch {
		case strings.HasSuffix(call.Path, "/iam") && call.Method == http.MethodPut, strings.HasSuffix(call.Path, ":setIamPolicy"):
			last = i
		case first < 0 && call.Method == http.MethodPost && strings.HasSuffix(call.Path, "/instances"):
			first = i
		}
	}
	if last < 0 || first < last {
		t.Errorf("the first machine was call %d, and the last grant call %d", first, last)
	}
	account := *p.gives(t, "notebooks").ServiceAccount
	if got, want := p.actors(t, account), []string{"user:ana@example.com", "user:bo@example.com"}; !slices.Equal(got, want) {
		t.Errorf("%v may act as the account, want %v", got, want)
	}
	for _, hub := range p.google.Google.LegacyInstances() {
		if hub.ServiceAccount != account || hub.Metadata["dataproc-service-account"] != account {
			t.Errorf("%s runs as %s, and its clusters as %s", hub.Name, hub.ServiceAccount, hub.Metadata["dataproc-service-account"])
		}
	}

	p.asks(t, userManagedModule, users("ana@example.com"), `environment = "dataproc_hub"`)
	p.apply(t)
	if got, want := p.actors(t, account), []string{"user:ana@example.com"}; !slices.Equal(got, want) {
		t.Errorf("%v may act as the account, want %v", got, want)
	}
}

// J: a grant that is missing after all is told with its name.
func TestDefectJAMissingGrantIsNamed(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	err := p.google.Wire.AddFault(wire.Fault{
		Vendor: "google", Method: http.MethodPost, Path: "/notebooks/v2/*", Kind: wire.Status, Status: http.StatusForbidden, Times: -1,
		Message: "ana@example.com needs iam.serviceAccounts.actAs permission on VM Service Account vm@data-access.iam.gserviceaccount.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	p.asks(t, managedModule, users("ana@example.com"))
	said, status := p.run(t, "apply", "-auto-approve", "-no-color")
	if status != 1 {
		t.Errorf("ended with %d", status)
	}
	contains(t, said, "The notebook could not be made", "for ana@example.com", "roles/iam.serviceAccountUser")
}

// M: notebooks ran for ever, without labels, and nobody was told where they are.
func TestDefectMNotebooksStopAndAreFound(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	labels := `labels = { cost-center = "research" }`
	p.holds(t,
		instance("m", managedModule, users("ana@example.com"), labels),
		instance("old", managedModule, users("ana@example.com"), labels, `environment = "managed"`, `idle_shutdown_minutes = 60`),
		instance("u", userManagedModule, users("ana@example.com"), labels),
		instance("hub", userManagedModule, users("ana@example.com"), labels, `environment = "dataproc_hub"`, `user_managed_instance_prefix = "hub"`),
		instance("spark", userManagedModule, users("ana@example.com"), labels, `environment = "session_template"`),
	)
	p.apply(t)
	google := p.google.Google
	labelled := func(what string, has map[string]string) {
		t.Helper()
		if has["cost-center"] != "research" || has["provisioner_owner"] == "" {
			t.Errorf("%s has the labels %v", what, has)
		}
	}
	for _, i := range google.Workbenches() {
		if i.GceSetup.Metadata["idle-timeout-seconds"] != "10800" || !i.EnableManagedEuc || !slices.Equal(i.InstanceOwners, []string{"ana@example.com"}) {
			t.Errorf("%s has %v, %v, %v", i.Name, i.GceSetup.Metadata, i.EnableManagedEuc, i.InstanceOwners)
		}
		labelled(i.Name, i.Labels)
	}
	for _, r := range google.Runtimes() {
		if !r.SoftwareConfig.IdleShutdown || r.SoftwareConfig.IdleShutdownTimeout != 60 || r.AccessConfig.AccessType != "SINGLE_USER" {
			t.Errorf("%s has %+v, %+v", r.Name, r.SoftwareConfig, r.AccessConfig)
		}
		labelled(r.Name, r.Labels)
	}
	for _, h := range google.LegacyInstances() {
		labelled(h.Name, h.Labels)
	}
	for _, s := range google.SessionTemplates() {
		if s.EnvironmentConfig.ExecutionConfig.IdleTtl != "10800s" || s.EnvironmentConfig.ExecutionConfig.AuthenticationConfig.UserWorkloadAuthenticationType != "END_USER_CREDENTIALS" {
			t.Errorf("%s has %+v", s.Name, s.EnvironmentConfig.ExecutionConfig)
		}
		labelled(s.Name, s.Labels)
	}
	for _, b := range p.google.Storage.Buckets() {
		if b.Labels["cost-center"] != "research" {
			t.Errorf("%s has the labels %v", b.Name, b.Labels)
		}
	}
	for _, name := range []string{"m", "old", "u", "hub"} {
		g := p.gives(t, name)
		all := maps.Clone(g.Notebooks)
		if all == nil {
			all = g.People
		}
		n := all["ana@example.com"]
		if n.ProxyURL == nil || !strings.HasPrefix(*n.ProxyURL, "https://") || *n.EffectiveIdentity != "user:ana@example.com" || *n.State != "ACTIVE" || n.Outcome != "created" ||
			!strings.HasSuffix(*n.ID, "/"+n.Name) || !slices.Equal(g.NotebookInstances, []string{n.Name}) {
			t.Errorf("%s gives %+v, %v", name, n, g.NotebookInstances)
		}
	}
	if g := p.gives(t, "spark"); *g.People["ana@example.com"].SessionTemplateID != google.SessionTemplates()[0].Name || g.Bucket != nil || len(g.NotebookInstances) != 0 {
		t.Errorf("spark gives %+v", g)
	}
}

// The deployer's bucket could be opened file by file, and went with whatever was in it.
func TestTheBucketIsClosedAndNotThrownAway(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.asks(t, userManagedModule, users("ana@example.com"))
	p.apply(t)
	bucket := p.google.Storage.Buckets()[0]
	if c := bucket.IamConfiguration; !c.UniformBucketLevelAccess.Enabled || c.PublicAccessPrevention != "enforced" {
		t.Errorf("the bucket has %+v", c)
	}
	if g := p.gives(t, "notebooks"); *g.Bucket != bucket.Name || !strings.HasSuffix(*g.BucketSelfLink, "/b/"+bucket.Name) {
		t.Errorf("the outputs are %+v", g)
	}
}

// A notebook that does not come up fails the apply, and is not thrown away with the person's files.
func TestANotebookThatDoesNotComeUpFailsTheApplyAndTaintsNothing(t *testing.T) {
	t.Parallel()
	for _, module := range []string{managedModule, userManagedModule} {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			people := users("ana@example.com", "bo@example.com")
			p.asks(t, module, people)
			p.apply(t)
			before := p.things()

			p.google.Google.FailOperation(fake.Failure{Match: "*-bo-*", Verb: "start", Code: 8, Message: "The zone has no machine left", Times: 1})
			p.asks(t, module, people, `machine_type = "e2-standard-8"`)
			said, status := p.run(t, "apply", "-auto-approve", "-no-color")
			if status != 1 {
				t.Fatalf("ended with %d: %s", status, said)
			}
			contains(t, said, "Module output value precondition failed", "-bo-zaunnoj3 of bo@example.com is not ready: it is STOPPED. It is kept. Mend the cause", "The zone has no machine left")
			if strings.Contains(said, "of ana@example.com is not ready") {
				t.Errorf("Ana's notebook is said to be down: %s", said)
			}
			if state := p.must(t, 0, "show"); strings.Contains(state, "tainted") {
				t.Errorf("something is tainted:\n%s", state)
			}

			contains(t, p.apply(t), "0 added, 1 changed, 0 destroyed")
			same(t, p.things(), before)
			p.settled(t)
		})
	}
}
