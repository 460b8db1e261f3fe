package google_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/dataproc/v1"
	notebooksv2 "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// control calls the back door.
func (p *project) control(method, path, body string) (status int, reply string) {
	recorder := httptest.NewRecorder()
	p.Control().ServeHTTP(recorder, httptest.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(body)))
	return recorder.Code, recorder.Body.String()
}

func (p *project) order(path, body string) {
	p.t.Helper()
	if status, reply := p.control("POST", path, body); status != 200 {
		p.t.Fatalf("%s %s: %d %s", path, body, status, reply)
	}
}

func TestControlReachesEveryScenario(t *testing.T) {
	p := open(t, google.Options{})
	p.order("/timings", `{"workbench_create":"18s","stop":"1s"}`)
	p.order("/failures", `{"match":"bo","verb":"create","code":8,"message":"stockout","leaves":"half","state":"STOPPED","times":1}`)
	p.order("/behaviours", `{"hide_owner":true,"extra_metadata":{"new":"x"},"unreachable":["us-east1-b"]}`)
	p.order("/projects", `{"project":"other","number":42}`)
	p.create("ann", personal("ann@example.com"))
	p.failed(p.create("bo", personal("bo@example.com")), 8, "stockout")
	p.clock.Advance(18 * time.Second)
	p.wantState(ann, "ACTIVE")
	p.wantState(inZone+"/instances/bo", "STOPPED")
	if i := p.get(ann); len(i.InstanceOwners) != 0 || i.GceSetup.Metadata["new"] != "x" {
		t.Errorf("got %+v", i)
	}
	p.must(second(p.instances.List("projects/other/locations/us-central1-a").Do()))

	p.order("/behaviours", `{"hide_owner":false,"extra_metadata":null}`)
	var now google.Behaviours
	_, reply := p.control("GET", "/behaviours", "")
	p.must(json.Unmarshal([]byte(reply), &now))
	if now.HideOwner || len(now.ExtraMetadata) != 0 || len(now.Unreachable) != 1 || now.MetadataMode != google.Merge || !now.LegacyCreation {
		t.Errorf("got %s", reply)
	}

	p.order("/edit", `{"kind":"workbench","name":"ann","patch":{"labels":{"by":"hand","owner-hash":null},"gceSetup":{"disablePublicIp":false,"machineType":"n1-standard-1"}}}`)
	if i := p.get(ann); i.Labels["by"] != "hand" || i.Labels["owner-hash"] != "" || i.GceSetup.DisablePublicIp || i.GceSetup.MachineType != "n1-standard-1" || len(i.GceSetup.Tags) != 2 {
		t.Errorf("got %+v %+v", i, i.GceSetup)
	}
	p.order("/idle-stop", `{"kind":"workbench","name":"`+ann+`"}`)
	p.wantState(ann, "STOPPED")
	p.order("/delete", `{"kind":"workbench","name":"ann"}`)
	refused(t, second(p.instances.Get(ann).Do()), 404, "NOT_FOUND", "")

	p.order("/objects", `{"kind":"cluster","name":"projects/acme/regions/us-central1/clusters/left","body":{"labels":{"goog-dataproc-notebook-spawner":"hub"},"config":{"softwareConfig":{"imageVersion":"1.5"}}}}`)
	p.order("/objects", `{"kind":"session","name":"`+inRegion+`/sessions/left","body":{"user":"ann@example.com","createTime":"2025-01-01T00:00:00Z"},"state":"TERMINATED"}`)
	if c := p.cluster("left"); c.Status.State != "RUNNING" || c.Labels["goog-dataproc-notebook-spawner"] != "hub" || c.ClusterUuid == "" {
		t.Errorf("got %+v", c)
	}
	if s := p.Sessions()[0]; s.User != "ann@example.com" || s.State != "TERMINATED" || s.CreateTime != "2025-01-01T00:00:00Z" || s.Uuid == "" {
		t.Errorf("got %+v", s)
	}

	var all map[string]json.RawMessage
	_, reply = p.control("GET", "/objects", "")
	p.must(json.Unmarshal([]byte(reply), &all))
	for _, part := range []string{"workbench", "legacy_instance", "runtime", "cluster", "session", "session_template", "service_account", "operations", "projects", "policies"} {
		if all[part] == nil {
			t.Errorf("objects have no %s: %s", part, reply)
		}
	}
	if !strings.Contains(string(all["cluster"]), `"left"`) || !strings.Contains(string(all["operations"]), "stockout") || !strings.Contains(string(all["projects"]), "other") || !strings.Contains(string(all["policies"]), "roles/owner") {
		t.Errorf("got %s", reply)
	}

	p.order("/failures", `{"match":"*","code":13,"message":"x"}`)
	p.order("/heal", "")
	p.settled(p.create("cy", personal("cy@example.com")), nil)
	p.order("/reset", "")
	if len(p.Workbenches())+len(p.Clusters())+len(p.Sessions()) != 0 {
		t.Error("reset left something")
	}
	_, reply = p.control("GET", "/behaviours", "")
	if strings.Contains(reply, "us-east1-b") {
		t.Errorf("reset left behaviours: %s", reply)
	}
	refused(t, second(p.instances.List("projects/other/locations/us-central1-a").Do()), 403, "PERMISSION_DENIED", "")
}

func TestControlIsStrict(t *testing.T) {
	p := open(t, google.Options{})
	for _, c := range [][2]string{
		{"/behaviours", `{"hide_owners":true}`},
		{"/behaviours", `{"metadata_mode":"perhaps"}`},
		{"/behaviours", `{"legacy_creation":"no"}`},
		{"/failures", `{"match":"*"}`},
		{"/failures", `{"match":"*","code":8,"message":"x","leaves":"ruins"}`},
		{"/timings", `{"begin":"1s"}`},
		{"/timings", `{"start":"soon"}`},
		{"/edit", `{"kind":"workbench","name":"nobody","patch":{}}`},
		{"/edit", `{"kind":"notebook","name":"ann","patch":{}}`},
		{"/delete", `{"kind":"cluster"}`},
		{"/delete", ``},
		{"/idle-stop", `{"kind":"runtime","name":"nobody"}`},
		{"/objects", `{"kind":"cluster","name":"left","body":{}}`},
		{"/objects", `{"kind":"cluster","name":"projects/acme/locations/us-central1/clusters/left","body":{}}`},
		{"/objects", `{"kind":"cluster","name":"projects/theirs/regions/us-central1/clusters/left","body":{}}`},
		{"/objects", `{"kind":"cluster","name":"projects/acme/regions/us-central1/clusters/left","body":{"clustername":"x"}}`},
		{"/projects", `{"project":"x"}`},
	} {
		if status, reply := p.control("POST", c[0], c[1]); status < 400 || status >= 500 || len(reply) < 10 {
			t.Errorf("%s %s: %d %s", c[0], c[1], status, reply)
		}
	}
	if status, _ := p.control("POST", "/nope", "{}"); status != 404 {
		t.Errorf("an unknown control answers %d", status)
	}
}

func TestAnIdlePersonsMachineStopsByItself(t *testing.T) {
	p := open(t, google.Options{})
	p.create("ann", personal("ann@example.com"))
	if err := p.IdleStop(google.Workbench, "ann"); err == nil {
		t.Error("an instance that comes up was idle")
	}
	p.clock.Advance(3 * time.Minute)
	p.must(p.IdleStop(google.Workbench, "ann"))
	if err := p.IdleStop(google.Workbench, "ann"); err == nil {
		t.Error("a stopped instance was idle")
	}
	p.settled(p.instances.Start(ann, &notebooksv2.StartInstanceRequest{}).Do())

	p.done1(p.runtimes.Create(inRegion, runtime("ann@example.com")).RuntimeId("ann").Do())
	p.must(p.IdleStop(google.Runtime, annRuntime))
	p.withHub()
	p.must(p.IdleStop(google.LegacyInstance, "ann"))
	if p.Runtimes()[0].State != "STOPPED" || p.LegacyInstances()[0].State != "STOPPED" {
		t.Error("a notebook of an old kind did not stop")
	}
}

func TestEveryKindCanBeSeeded(t *testing.T) {
	p := open(t, google.Options{})
	for kind, name := range map[google.Kind]string{
		google.Workbench:       ann,
		google.LegacyInstance:  ann,
		google.Runtime:         annRuntime,
		google.Cluster:         "projects/acme/regions/us-central1/clusters/ann",
		google.Session:         inRegion + "/sessions/ann",
		google.SessionTemplate: annTemplate,
		google.ServiceAccount:  inProject + "/serviceAccounts/" + hubEmail,
	} {
		p.must(p.Seed(kind, name, map[string]any{}, ""))
		if err := p.Seed(kind, name, nil, ""); err == nil {
			t.Errorf("%s was made twice", kind)
		}
	}
	states := []string{p.Workbenches()[0].State, p.LegacyInstances()[0].State, p.Runtimes()[0].State, p.Clusters()[0].Status.State, p.Sessions()[0].State}
	if got := strings.Join(states, " "); got != "ACTIVE ACTIVE ACTIVE RUNNING ACTIVE" {
		t.Errorf("got %s", got)
	}
	if p.SessionTemplates()[0].Uuid == "" || p.ServiceAccounts()[0].Email != hubEmail {
		t.Errorf("got %+v %+v", p.SessionTemplates()[0], p.ServiceAccounts()[0])
	}
	p.must(p.Edit(google.Cluster, "ann", map[string]any{"labels": map[string]string{"x": "y"}}))
	if got := p.cluster("ann"); got.Labels["x"] != "y" || got.Labels["goog-dataproc-cluster-name"] != "ann" {
		t.Errorf("got %+v", got.Labels)
	}
	p.doneD(p.clusters.Stop("acme", "us-central1", "ann", &dataproc.StopClusterRequest{}).Do())
}
