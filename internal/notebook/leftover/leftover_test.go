package leftover_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/google"
	"github.com/data-access/terraform-provider-provisioner/internal/notebook/leftover"
	"github.com/data-access/terraform-provider-provisioner/internal/person"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const parent = "projects/" + project + "/locations/" + region

// cluster begins to make a cluster of somebody in an installation.
func (w *world) cluster(name string, who person.Person, installation string) {
	w.t.Helper()
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Regions.Clusters.Create(project, region, &dataproc.Cluster{
		ProjectId: project, ClusterName: name, Config: &dataproc.ClusterConfig{}, Labels: w.Cloud(installation).Mark(nil, who),
	}).Do(); err != nil {
		w.t.Fatal(err)
	}
}

// session begins to make a session with labels, from a template or none, for a user.
func (w *world) session(name, template, user string, labels map[string]string) {
	w.t.Helper()
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Locations.Sessions.Create(parent, &dataproc.Session{
		Name: parent + "/sessions/" + name, SessionTemplate: template, User: user, Labels: labels, JupyterSession: &dataproc.JupyterConfig{},
	}).SessionId(name).Do(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) template(name string, who person.Person) (id string) {
	w.t.Helper()
	id = parent + "/sessionTemplates/" + name
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Locations.SessionTemplates.Create(parent, &dataproc.SessionTemplate{
		Name: id, Labels: w.Cloud("test").Mark(nil, who), JupyterSession: &dataproc.JupyterConfig{},
	}).Do(); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// settle lets everything that began come to its end.
func (w *world) settle() { w.Clock.Advance(time.Hour) }

func (w *world) clusters(who person.Person) (names []string) {
	w.t.Helper()
	found, err := leftover.Clusters(w.t.Context(), w.Cloud("test"), project, region, who)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range found {
		if l.Kind != leftover.Cluster || l.UUID == "" || l.State == "" || l.ID != "projects/"+project+"/regions/"+region+"/clusters/"+l.Name {
			w.t.Errorf("%+v", l)
		}
		names = append(names, l.Name)
	}
	slices.Sort(names)
	return names
}

func (w *world) sessions(template string, who person.Person) (names []string) {
	w.t.Helper()
	found, err := leftover.Sessions(w.t.Context(), w.Cloud("test"), project, region, template, who)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range found {
		if l.Kind != leftover.Session || l.UUID == "" || l.State == "" || l.ID != parent+"/sessions/"+l.Name {
			w.t.Errorf("%+v", l)
		}
		names = append(names, l.Name)
	}
	slices.Sort(names)
	return names
}

func (w *world) one(found []leftover.Leftover, err error) leftover.Leftover {
	w.t.Helper()
	if err != nil || len(found) != 1 {
		w.t.Fatal(found, err)
	}
	return found[0]
}

func (w *world) oneCluster() leftover.Leftover {
	w.t.Helper()
	return w.one(leftover.Clusters(w.t.Context(), w.Cloud("test"), project, region, ana))
}

func (w *world) oneSession() leftover.Leftover {
	w.t.Helper()
	return w.one(leftover.Sessions(w.t.Context(), w.Cloud("test"), project, region, "", ana))
}

func TestClustersOfAPerson(t *testing.T) {
	w := newWorld(t)
	w.FailOperation(fake.Failure{Match: "broken", Verb: "create", Code: 8, Leaves: fake.Half})
	for _, name := range []string{"hers", "broken", "leaving"} {
		w.cluster(name, ana, "test")
	}
	w.cluster("his", bob, "test")
	w.cluster("elsewhere", ana, "other")
	w.cluster("nobodys", person.Person{}, "test")
	w.settle()
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Regions.Clusters.Delete(project, region, "leaving").Do(); err != nil {
		t.Fatal(err)
	}
	if got := w.clusters(ana); !slices.Equal(got, []string{"broken", "hers"}) { // a broken one has disks that cost
		t.Errorf("found %v", got)
	}
	asked := len(w.Calls)
	if got := w.clusters(person.Person{}); len(got) != 0 || len(w.Calls) > asked {
		t.Errorf("nobody has %v", got)
	}
	if at := slices.Index(w.Calls, "GET clusters"); !strings.Contains(w.Queries[at], "labels.provisioner_owner") {
		t.Errorf("asked for %s", w.Queries[at])
	}
}

func TestListsHavePages(t *testing.T) {
	w := newWorld(t)
	for i := range 210 { // a page has 200
		w.cluster(fmt.Sprint("c", i), ana, "test")
	}
	if got := w.clusters(ana); len(got) != 210 {
		t.Errorf("found %d", len(got))
	}
}

func TestSessionsOfATemplateOrAPerson(t *testing.T) {
	w := newWorld(t)
	ours := w.Cloud("test").Mark(nil, ana)
	managed := w.Cloud("test").Mark(nil, person.Person{})
	template := w.template("spark-ana", ana)
	w.session("from-full-name", template, "bob@example.com", nil)
	w.session("from-short-id", "spark-ana", "bob@example.com", nil)
	w.session("by-label", "", "x@example.com", ours)
	w.session("by-user", "", "Ana@example.com", managed)
	w.session("private", "", "ana@example.com", nil) // nothing of ours
	w.session("his-own", "", "bob@example.com", managed)
	w.session("elsewhere", "", "ana@example.com", w.Cloud("other").Mark(nil, ana))
	w.session("over", "", "ana@example.com", ours)
	w.session("ending", "", "ana@example.com", ours)
	w.settle()
	sessions := google.Dataproc(w.Cloud("test")).Projects.Locations.Sessions
	for _, name := range []string{"over", "ending"} {
		if _, err := sessions.Terminate(parent+"/sessions/"+name, &dataproc.TerminateSessionRequest{}).Do(); err != nil {
			t.Fatal(err)
		}
		if name == "over" {
			w.settle()
		}
	}
	if got := w.sessions(template, ana); !slices.Equal(got, []string{"by-label", "by-user", "from-full-name", "from-short-id"}) {
		t.Errorf("found %v", got)
	}
	if got := w.sessions(template, person.Person{}); !slices.Equal(got, []string{"from-full-name", "from-short-id"}) {
		t.Errorf("of the template %v", got)
	}
	if got := w.sessions("", person.Person{}); len(got) != 0 {
		t.Errorf("of nobody and nothing %v", got)
	}
}

func TestAListThatBreaksOffIsAnError(t *testing.T) {
	broken := answered(403, "", `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`)
	w := newWorld(t)
	w.Fates("GET clusters", answered(200, "", `{"clusters":[],"nextPageToken":"x"}`), broken)
	w.Fates("GET sessions", answered(200, "", `{"sessions":[],"nextPageToken":"x"}`), broken)
	_, clusters := leftover.Clusters(t.Context(), w.Cloud("test"), project, region, ana)
	_, sessions := leftover.Sessions(t.Context(), w.Cloud("test"), project, region, "t", ana)
	for _, err := range []error{clusters, sessions} {
		if err == nil || !strings.Contains(err.Error(), ana.Email()) || !strings.Contains(err.Error(), region) {
			t.Error(err)
		}
	}
}

func TestAClusterIsDeleted(t *testing.T) {
	w := newWorld(t)
	w.cluster("hers", ana, "test")
	w.settle()
	l := w.oneCluster()
	busy := answered(429, "Retry-After: 7", `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`)
	w.Fates("DELETE clusters/x", busy, lost(true))
	w.Forget()
	if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
		t.Fatal(err)
	}
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Regions.Clusters.Get(project, region, "hers").Do(); !google.IsGone(err) {
		t.Errorf("it was not waited for: %v", err)
	}
	requests := map[string]bool{}
	for i, call := range w.Calls {
		if call == "DELETE clusters/x" {
			requests[w.Queries[i]] = true
			if !strings.Contains(w.Queries[i], "clusterUuid="+l.UUID) || !strings.Contains(w.Queries[i], "requestId=") {
				t.Error(w.Queries[i])
			}
		}
	}
	if len(requests) != 1 || w.Count("DELETE clusters/x") != 3 {
		t.Errorf("not one request id: %v", requests)
	}
	if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
		t.Error("a second time:", err)
	}
}

// A successor of the same name is somebody's new work.
func TestASuccessorIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.cluster("hers", ana, "test")
	w.session("hers", "", "ana@example.com", w.Cloud("test").Mark(nil, ana))
	w.settle()
	cluster, session := w.oneCluster(), w.oneSession()
	for _, l := range []leftover.Leftover{cluster, session} {
		if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
			t.Fatal(err)
		}
	}
	w.cluster("hers", ana, "test")
	w.session("hers", "", "ana@example.com", w.Cloud("test").Mark(nil, ana))
	w.settle()
	for _, l := range []leftover.Leftover{cluster, session} {
		if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
			t.Error(err)
		}
	}
	if w.oneCluster().State != "RUNNING" || w.oneSession().State != "ACTIVE" {
		t.Error("the successor is gone")
	}
}

func TestAClusterThatSomebodyElseDeletesIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.cluster("hers", ana, "test")
	w.settle()
	l := w.oneCluster()
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Regions.Clusters.Delete(project, region, "hers").Do(); err != nil {
		t.Fatal(err)
	}
	w.Fates("DELETE clusters/x", answered(400, "", `{"error":{"code":400,"message":"it is being deleted","status":"FAILED_PRECONDITION"}}`))
	if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
		t.Error(err)
	}
}

func TestAFailedDeletionIsTold(t *testing.T) {
	w := newWorld(t)
	w.cluster("hers", ana, "test")
	w.settle()
	l := w.oneCluster()
	w.FailOperation(fake.Failure{Match: "hers", Verb: "delete", Code: 13, Message: "disks are stuck"})
	err := leftover.Delete(t.Context(), w.Cloud("test"), l)
	if err == nil || !strings.Contains(err.Error(), "disks are stuck") || !strings.Contains(err.Error(), "the cluster hers for ana@example.com") {
		t.Error(err)
	}
	w.Fates("DELETE clusters/x", answered(403, "", `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`))
	if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err == nil || !strings.Contains(err.Error(), "PERMISSION_DENIED") {
		t.Error(err)
	}
}

func TestASessionIsEndedAndDeleted(t *testing.T) {
	w := newWorld(t)
	w.session("hers", "", "ana@example.com", w.Cloud("test").Mark(nil, ana))
	w.settle()
	l := w.oneSession()
	w.Forget()
	w.Fates("POST sessions/x:terminate", lost(true))
	w.Fates("DELETE sessions/x", lost(true))
	if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
		t.Fatal(err)
	}
	if got := w.Writes(); !slices.Equal(slices.Compact(got), []string{"POST sessions/x:terminate", "DELETE sessions/x"}) {
		t.Errorf("%v", got)
	}
	if _, err := google.Dataproc(w.Cloud("test")).Projects.Locations.Sessions.Get(l.ID).Do(); !google.IsGone(err) {
		t.Errorf("it was not waited for: %v", err)
	}
	if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
		t.Error("a second time:", err)
	}
}

// It ends by itself, or somebody ends it, at whatever moment.
func TestASessionThatEndsByItself(t *testing.T) {
	end := func(w *world) {
		if _, err := google.Dataproc(w.Cloud("test")).Projects.Locations.Sessions.Terminate(parent+"/sessions/hers", &dataproc.TerminateSessionRequest{}).Do(); err != nil {
			w.t.Error(err)
		}
	}
	for name, arrange := range map[string]func(w *world){
		"ended":  func(w *world) { end(w); w.settle() },
		"ending": end,
		"between our look and our call": func(w *world) {
			w.Fates("POST sessions/x:terminate", func(a http.ResponseWriter, _ func()) {
				end(w)
				w.settle()
				answered(400, "", `{"error":{"code":400,"message":"cannot be terminated","status":"FAILED_PRECONDITION"}}`)(a, nil)
			})
		},
	} {
		w := newWorld(t)
		w.session("hers", "", "ana@example.com", w.Cloud("test").Mark(nil, ana))
		w.settle()
		l := w.oneSession()
		arrange(w)
		w.Forget()
		if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.HasPrefix(name, "end") && w.Count("POST sessions/x:terminate") > 0 {
			t.Errorf("%s: it was ended again", name)
		}
		if _, err := google.Dataproc(w.Cloud("test")).Projects.Locations.Sessions.Get(l.ID).Do(); !google.IsGone(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnInterruptIsTold(t *testing.T) {
	for _, call := range []string{"DELETE clusters/x", "POST sessions/x:terminate", "DELETE sessions/x"} {
		w := newWorld(t)
		w.cluster("hers", ana, "test")
		w.session("hers", "", "ana@example.com", w.Cloud("test").Mark(nil, ana))
		w.settle()
		l := w.oneCluster()
		if strings.Contains(call, "sessions") {
			l = w.oneSession()
		}
		ctx, interrupt := context.WithCancel(t.Context())
		w.Clock.OnTick(func(time.Time) {
			if w.Count(call) > 0 { // it waits for the operation
				interrupt()
			}
		})
		err := leftover.Delete(ctx, w.Cloud("test"), l)
		if !errors.Is(err, google.ErrInterrupted) {
			t.Errorf("%s: %v", call, err)
		}
		w.Clock.OnTick(nil)
		interrupt()
		if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err != nil {
			t.Errorf("%s: the next run: %v", call, err)
		}
	}
}

func TestWhatIsNoLeftover(t *testing.T) {
	w := newWorld(t)
	for _, l := range []leftover.Leftover{{Kind: "bucket", ID: "x"}, {Kind: leftover.Cluster, ID: "x"}, {Kind: leftover.Session, ID: "projects/p"}} {
		if err := leftover.Delete(t.Context(), w.Cloud("test"), l); err == nil || len(w.Calls) > 0 {
			t.Errorf("%+v: %v, %v", l, err, w.Calls)
		}
	}
}
