package session_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/ledger"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/session"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func TestATemplateIsMade(t *testing.T) {
	w := newWorld(t)
	want := wanted(func(t *session.Template) {
		t.IdleTTL, t.TTL = time.Hour/2, 8*time.Hour
		t.Subnet, t.NetworkTags, t.StagingBucket = "projects/p/regions/us-central1/subnetworks/s", []string{"spark"}, "stage"
		t.HistoryServer = "projects/p/regions/us-central1/clusters/phs"
	})
	made, created, err := w.desk().Ensure(t.Context(), want)
	if err != nil || !created {
		t.Fatal(created, err)
	}
	is := w.raw(made.ID)
	e := is.EnvironmentConfig.ExecutionConfig
	if e.AuthenticationConfig.UserWorkloadAuthenticationType != "END_USER_CREDENTIALS" || !made.EndUserIdentity {
		t.Error("sessions would not run as whoever starts them")
	}
	if e.IdleTtl != "1800s" || e.Ttl != "28800s" {
		t.Errorf("idle %s, ttl %s", e.IdleTtl, e.Ttl)
	}
	if is.Labels[google.LabelOwner] != ana.Label() || is.Labels[google.LabelManagedBy] != "test" || is.Labels["team"] != "red" {
		t.Errorf("labels %v", is.Labels)
	}
	if is.JupyterSession == nil || is.JupyterSession.Kernel != "PYTHON" || is.SparkConnectSession != nil {
		t.Errorf("%v, %v", is.JupyterSession, is.SparkConnectSession)
	}
	read, err := w.desk().Read(t.Context(), made.ID)
	if err != nil || read.IdleTTL != want.IdleTTL || read.TTL != want.TTL || read.HistoryServer != want.HistoryServer ||
		read.Name != want.Name || read.Location != region || read.Project != project || read.UUID == "" || read.Creator == "" ||
		read.StagingBucket != "stage" || read.Subnet != want.Subnet || !slices.Equal(read.NetworkTags, want.NetworkTags) || !maps.Equal(read.Properties, want.Properties) {
		t.Errorf("read back as %+v, %v", read, err)
	}
}

func TestSparkConnect(t *testing.T) {
	w := newWorld(t)
	jupyter := wanted()
	made := w.ensured(jupyter)
	connect := wanted(func(t *session.Template) { t.Kernel = "" })
	for _, mode := range []fake.PatchMode{fake.Replace, fake.Merge} {
		w.Behave(func(b *fake.Behaviours) { b.TemplatePatchMode = mode })
		if _, err := w.desk().Update(t.Context(), made.ID, jupyter, connect); err != nil {
			t.Fatal(mode, err)
		}
		if is := w.raw(made.ID); is.SparkConnectSession == nil || is.JupyterSession != nil {
			t.Errorf("%s: %v, %v", mode, is.JupyterSession, is.SparkConnectSession)
		}
		if _, err := w.desk().Update(t.Context(), made.ID, connect, jupyter); err != nil {
			t.Fatal(mode, err)
		}
		if is := w.raw(made.ID); is.SparkConnectSession != nil || is.JupyterSession == nil {
			t.Errorf("%s: %v, %v", mode, is.JupyterSession, is.SparkConnectSession)
		}
	}
}

func TestASecondEnsureDoesNothing(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	w.Forget()
	_, created, err := w.desk().Ensure(t.Context(), wanted())
	if err != nil || created || len(w.Writes()) > 0 {
		t.Error(created, err, w.Writes())
	}
}

func TestOursIsBroughtUpToDate(t *testing.T) {
	w := newWorld(t)
	made := w.ensured(wanted())
	_, created, err := w.desk().Ensure(t.Context(), wanted(func(t *session.Template) { t.RuntimeVersion = "3.0" }))
	if err != nil || created || w.raw(made.ID).RuntimeConfig.Version != "3.0" {
		t.Error(created, err)
	}
}

// Somebody else is another installation, another person, or nobody that left a label.
func TestSomebodyElsesTemplateIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.ensured(wanted())
	for name, ensure := range map[string]func() error{
		"installation": func() error { _, _, err := w.other().Ensure(t.Context(), wanted()); return err },
		"person": func() error {
			_, _, err := w.desk().Ensure(t.Context(), wanted(func(t *session.Template) { t.Person = bob }))
			return err
		},
		"update": func() error {
			_, err := w.other().Update(t.Context(), w.all()[0], wanted(), wanted(func(t *session.Template) { t.Description = "x" }))
			return err
		},
		"delete": func() error { _, err := w.other().Delete(t.Context(), w.all()[0]); return err },
	} {
		w.Forget()
		if err := ensure(); !errors.Is(err, google.ErrExists) || len(w.Writes()) > 0 {
			t.Errorf("another %s: %v, %v", name, err, w.Writes())
		}
	}
	unmarked := w.foreign("by-hand")
	if _, _, err := w.desk().Ensure(t.Context(), wanted(func(t *session.Template) { t.Name = "by-hand" })); !errors.Is(err, google.ErrExists) {
		t.Errorf("%s: %v", unmarked, err)
	}
}

// foreign is a template that somebody made by hand.
func (w *world) foreign(name string) (id string) {
	w.t.Helper()
	parent := "projects/" + project + "/locations/" + region
	body := &dataproc.SessionTemplate{
		Name: parent + "/sessionTemplates/" + name, JupyterSession: &dataproc.JupyterConfig{Kernel: "PYTHON"}, Labels: map[string]string{"by": "hand"},
		RuntimeConfig: &dataproc.RuntimeConfig{Cohort: "etl", Properties: map[string]string{"spark.foreign": "1"}},
		EnvironmentConfig: &dataproc.EnvironmentConfig{ExecutionConfig: &dataproc.ExecutionConfig{
			NetworkUri: "net", AuthenticationConfig: &dataproc.AuthenticationConfig{UserWorkloadAuthenticationType: "SERVICE_ACCOUNT"},
		}},
	}
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Locations.SessionTemplates.Create(parent, body).Do(); err != nil {
		w.t.Fatal(err)
	}
	return body.Name
}

// An imported template becomes ours with its first change; what nobody declared stays as it was found.
func TestAnImportedTemplateKeepsWhatNobodyDeclared(t *testing.T) {
	w := newWorld(t)
	id := w.foreign("by-hand")
	if is, err := w.desk().Read(t.Context(), id); err != nil || is.EndUserIdentity {
		t.Fatal(is, err) // drift that a plan shows
	}
	after := session.Template{Person: ana, Project: project, Location: region, Name: "by-hand", Kernel: session.Scala}
	if _, err := w.desk().Update(t.Context(), id, after, after); err != nil {
		t.Fatal(err)
	}
	is := w.raw(id)
	e := is.EnvironmentConfig.ExecutionConfig
	if is.Labels["by"] != "hand" || is.RuntimeConfig.Cohort != "etl" || is.RuntimeConfig.Properties["spark.foreign"] != "1" || e.NetworkUri != "net" {
		t.Errorf("lost something: %+v", is)
	}
	if is.Labels[google.LabelOwner] != ana.Label() || is.JupyterSession.Kernel != "SCALA" || e.AuthenticationConfig.UserWorkloadAuthenticationType != "END_USER_CREDENTIALS" {
		t.Errorf("did not become ours: %+v", is)
	}
}

// Whether Google merges or replaces, and whether it writes prefixes, is not known: it comes to the same.
func TestChangesAndRemovals(t *testing.T) {
	full := wanted(func(t *session.Template) {
		t.Subnet, t.NetworkTags, t.StagingBucket, t.ContainerImage = "projects/p/regions/us-central1/subnetworks/s", []string{"a", "b"}, "stage", "gcr.io/p/i:1"
		t.HistoryServer, t.Metastore = "projects/p/regions/us-central1/clusters/phs", "projects/p/locations/us-central1/services/m"
		t.IdleTTL, t.TTL = time.Hour/2, 8*time.Hour
	})
	less := wanted(func(t *session.Template) {
		t.DisplayName, t.Description = "", ""
		t.Properties = map[string]string{"spark.executor.instances": "3"}
		t.Labels = map[string]string{"team": "blue"}
	})
	for _, mode := range []fake.PatchMode{fake.Replace, fake.Merge} {
		for _, prefix := range []bool{false, true} {
			t.Run(fmt.Sprint(mode, prefix), func(t *testing.T) {
				w := newWorld(t)
				w.Behave(func(b *fake.Behaviours) { b.TemplatePatchMode, b.SparkPrefix = mode, prefix })
				made := w.ensured(full)
				if _, err := w.desk().Update(t.Context(), made.ID, full, less); err != nil {
					t.Fatal(err)
				}
				is, err := w.desk().Read(t.Context(), made.ID)
				if err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(is.Properties, less.Properties) {
					t.Errorf("properties %v", is.Properties)
				}
				if want := w.Cloud("test").Mark(less.Labels, ana); !maps.Equal(is.Labels, want) {
					t.Errorf("labels %v, want %v", is.Labels, want)
				}
				if text := fmt.Sprint(is.DisplayName, is.Description, is.Subnet, is.NetworkTags, is.StagingBucket, is.ContainerImage, is.HistoryServer, is.Metastore); text != "[]" {
					t.Errorf("kept %s", text)
				}
				w.Forget()
				if _, err := w.desk().Update(t.Context(), made.ID, less, less); err != nil || len(w.Writes()) > 0 {
					t.Errorf("no change: %v, %v", err, w.Writes())
				}
			})
		}
	}
}

// A whole template is sent, with all that Google filled in, and nothing of Google's own.
func TestWhatIsSent(t *testing.T) {
	w := newWorld(t)
	made := w.ensured(wanted())
	w.Forget()
	if _, err := w.desk().Update(t.Context(), made.ID, wanted(), wanted(func(t *session.Template) { t.Description = "new" })); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(w.Writes(), []string{"PATCH sessionTemplates/x"}) {
		t.Fatal(w.Writes())
	}
	var sent map[string]any
	if err := json.Unmarshal([]byte(w.Bodies[slices.Index(w.Calls, "PATCH sessionTemplates/x")]), &sent); err != nil {
		t.Fatal(err)
	}
	for _, own := range []string{"uuid", "creator", "createTime", "updateTime"} {
		if sent[own] != nil {
			t.Errorf("sent %s", own)
		}
	}
	for _, found := range []string{"name", "description", "displayName", "labels", "runtimeConfig", "environmentConfig", "jupyterSession"} {
		if sent[found] == nil {
			t.Errorf("left out %s", found)
		}
	}
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	made := w.ensured(wanted())
	for range 2 { // the second finds nothing
		if left, err := w.desk().Delete(t.Context(), made.ID); left || err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.desk().Read(t.Context(), made.ID); !google.IsGone(err) || !errors.Is(err, google.ErrGone) {
		t.Error(err)
	}
}

// A resource at a new address is created while the one at the old address is destroyed.
func TestAResourceThatMovedKeepsItsTemplate(t *testing.T) {
	w := newWorld(t)
	made := w.ensured(wanted())
	d := w.desk()
	if _, _, err := d.Ensure(t.Context(), wanted()); err != nil {
		t.Fatal(err)
	}
	if left, err := d.Delete(t.Context(), made.ID); !left || err != nil || len(w.all()) != 1 {
		t.Errorf("left %v: %v, %v", left, err, w.all())
	}
}

func TestTwoResourcesDoNotShareATemplate(t *testing.T) {
	w := newWorld(t)
	d := w.desk()
	var all sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		all.Go(func() { _, _, errs[i] = d.Ensure(t.Context(), wanted()) })
	}
	all.Wait()
	if first, second := errors.Is(errs[0], ledger.ErrClaimed), errors.Is(errs[1], ledger.ErrClaimed); first == second {
		t.Error(errs)
	}
	if n := w.Count("POST sessionTemplates"); n != 1 {
		t.Errorf("%d creates", n)
	}
}

// A plan over many people takes the list, by pages.
func TestManyReadsCostAFewLists(t *testing.T) {
	w := newWorld(t)
	d := w.desk()
	var ids []string
	for i := range 60 {
		who := mustPerson(fmt.Sprintf("p%d@example.com", i))
		made, _, err := d.Ensure(t.Context(), wanted(func(t *session.Template) { t.Person, t.Name = who, session.DefaultName(who) }))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made.ID)
	}
	w.foreign("by-hand")
	w.Forget()
	fresh := w.desk()
	for _, id := range ids {
		if is, err := fresh.Read(t.Context(), id); err != nil || is.ID != id {
			t.Fatal(is, err)
		}
	}
	if lists, gets := w.Count("GET sessionTemplates"), w.Count("GET sessionTemplates/x"); lists > 10 || gets > 10 {
		t.Errorf("%d lists, %d gets", lists, gets)
	}
	ours, err := fresh.List(t.Context(), project, region)
	if err != nil || len(ours) != 60 {
		t.Errorf("%d are ours, %v", len(ours), err)
	}
	if others, err := w.other().List(t.Context(), project, region); err != nil || len(others) != 0 {
		t.Errorf("%d are another's, %v", len(others), err)
	}
}

func TestDefaultNamesAreLegal(t *testing.T) {
	for _, email := range []string{"ana@example.com", strings.Repeat("a", 64) + "@example.com", "Ann.Lee+x@a.com", "1@a.com"} {
		name := session.DefaultName(mustPerson(email))
		if problems := session.Judge(session.Template{Name: name}); len(problems) > 0 {
			t.Errorf("%s: %q: %v", email, name, problems)
		}
	}
}

func TestParseID(t *testing.T) {
	const want = "projects/p/locations/us-central1/sessionTemplates/ana-1"
	for text, fine := range map[string]bool{
		want: true, "p/us-central1/ana-1": true, "us-central1/ana-1": true,
		"": false, "ana-1": false, "p/us-central1-a/ana-1": false, "projects/p/locations/us-central1/sessions/x/y": false,
	} {
		if id, err := session.ParseID(text, "p"); fine != (err == nil) || fine && id != want {
			t.Errorf("%q: %q, %v", text, id, err)
		}
	}
	if id, err := session.ParseID("us-central1/ana-1", ""); err == nil {
		t.Errorf("without a project: %q", id)
	}
}

func TestErrorsNameStepPersonAndRemedy(t *testing.T) {
	w := newWorld(t)
	w.Fates("POST sessionTemplates", answered(403, "", `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`))
	_, _, err := w.desk().Ensure(t.Context(), wanted())
	for _, part := range []string{wanted().Name, ana.Email(), "PERMISSION_DENIED", "the right to do this"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v has no %q", err, part)
		}
	}
	if w.Count("POST sessionTemplates") != 1 {
		t.Error("a refusal was repeated")
	}
}
