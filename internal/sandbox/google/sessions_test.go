package google_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/api/dataproc/v1"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

const annTemplate = inRegion + "/sessionTemplates/ann-71d4f55f"

func template() *dataproc.SessionTemplate {
	return &dataproc.SessionTemplate{
		Name:           annTemplate,
		DisplayName:    "Ann",
		Description:    "first",
		Labels:         map[string]string{"owner": "ann"},
		JupyterSession: &dataproc.JupyterConfig{Kernel: "PYTHON"},
		RuntimeConfig:  &dataproc.RuntimeConfig{Properties: map[string]string{"spark.executor.instances": "2"}},
		EnvironmentConfig: &dataproc.EnvironmentConfig{ExecutionConfig: &dataproc.ExecutionConfig{
			AuthenticationConfig: &dataproc.AuthenticationConfig{UserWorkloadAuthenticationType: "END_USER_CREDENTIALS"},
			IdleTtl:              "1800s",
		}},
	}
}

func (p *project) createTemplate(t *dataproc.SessionTemplate) (*dataproc.SessionTemplate, error) {
	return p.templates.Create(inRegion, t).Do()
}

func TestASessionTemplateIsMadeAtOnce(t *testing.T) {
	p := open(t, google.Options{})
	made, err := p.createTemplate(template())
	p.must(err)
	got, err := p.templates.Get(annTemplate).Do()
	p.must(err)
	execution := got.EnvironmentConfig.ExecutionConfig
	for what, ok := range map[string]bool{
		"same":        made.Uuid == got.Uuid && got.Uuid != "",
		"name":        got.Name == annTemplate && got.DisplayName == "Ann",
		"creator":     got.Creator == "deployer@example.com" && got.CreateTime != "" && got.UpdateTime == got.CreateTime,
		"life":        execution.Ttl == "86400s" && execution.IdleTtl == "1800s",
		"account":     execution.ServiceAccount == compute,
		"peripherals": got.EnvironmentConfig.PeripheralsConfig != nil,
		"version":     got.RuntimeConfig.Version != "",
		"identity":    execution.AuthenticationConfig.UserWorkloadAuthenticationType == "END_USER_CREDENTIALS",
	} {
		if !ok {
			t.Errorf("%s: got %+v %+v", what, got, execution)
		}
	}
	_, err = p.createTemplate(template())
	refused(t, err, 409, "ALREADY_EXISTS", annTemplate)
	listed, err := p.templates.List(inRegion).Filter(`labels.owner = ann`).Do()
	if err != nil || len(listed.SessionTemplates) != 1 {
		t.Errorf("got %+v %v", listed, err)
	}
	p.Behave(func(b *google.Behaviours) { b.SparkPrefix = true })
	if got, err = p.templates.Get(annTemplate).Do(); err != nil || got.RuntimeConfig.Properties["spark:spark.executor.instances"] != "2" || len(got.RuntimeConfig.Properties) != 1 {
		t.Errorf("got %+v %v", got.RuntimeConfig, err)
	}
	p.must(second(p.templates.Delete(annTemplate).Do()))
	refused(t, second(p.templates.Get(annTemplate).Do()), 404, "NOT_FOUND", "")
	refused(t, second(p.templates.Delete(annTemplate).Do()), 404, "NOT_FOUND", "")
}

func TestASessionTemplateIsReplacedOrMerged(t *testing.T) {
	for mode, want := range map[google.PatchMode]string{google.Replace: "", google.Merge: "first"} {
		p := open(t, google.Options{})
		p.Behave(func(b *google.Behaviours) { b.TemplatePatchMode = mode })
		before, err := p.createTemplate(template())
		p.must(err)
		p.clock.Advance(time.Minute)
		after, err := p.templates.Patch(annTemplate, &dataproc.SessionTemplate{Name: annTemplate, DisplayName: "Ann Lee", JupyterSession: &dataproc.JupyterConfig{Kernel: "SCALA"}}).Do()
		p.must(err)
		if after.Description != want || after.DisplayName != "Ann Lee" || after.JupyterSession.Kernel != "SCALA" {
			t.Errorf("%s: got %+v", mode, after)
		}
		if after.Uuid != before.Uuid || after.CreateTime != before.CreateTime || after.UpdateTime == before.UpdateTime || after.EnvironmentConfig.ExecutionConfig.Ttl != "86400s" {
			t.Errorf("%s: got %+v", mode, after)
		}
	}
	p := open(t, google.Options{})
	refused(t, second(p.templates.Patch(annTemplate, template()).Do()), 404, "NOT_FOUND", "")
}

func TestWhatASessionTemplateMayNotBe(t *testing.T) {
	p := open(t, google.Options{})
	for name, c := range map[string]struct {
		change  func(*dataproc.SessionTemplate)
		message string
	}{
		"no name":     {func(t *dataproc.SessionTemplate) { t.Name = "" }, "session_template.name"},
		"an id alone": {func(t *dataproc.SessionTemplate) { t.Name = "ann-71d4f55f" }, "Invalid name"},
		"another region": {func(t *dataproc.SessionTemplate) {
			t.Name = "projects/acme/locations/europe-west1/sessionTemplates/ann"
		}, "Invalid name"},
		"short":          {func(t *dataproc.SessionTemplate) { t.Name = inRegion + "/sessionTemplates/ann" }, "session template id"},
		"two kinds":      {func(t *dataproc.SessionTemplate) { t.SparkConnectSession = &dataproc.SparkConnectConfig{} }, "Only one of jupyter_session"},
		"a long name":    {func(t *dataproc.SessionTemplate) { t.DisplayName = strings.Repeat("a", 64) }, "display_name"},
		"hasty":          {func(t *dataproc.SessionTemplate) { t.EnvironmentConfig.ExecutionConfig.IdleTtl = "599s" }, "idle_ttl"},
		"patient":        {func(t *dataproc.SessionTemplate) { t.EnvironmentConfig.ExecutionConfig.Ttl = "1209601s" }, "ttl"},
		"in hours":       {func(t *dataproc.SessionTemplate) { t.EnvironmentConfig.ExecutionConfig.Ttl = "1h" }, "Duration"},
		"a bucket's URL": {func(t *dataproc.SessionTemplate) { t.EnvironmentConfig.ExecutionConfig.StagingBucket = "gs://b" }, "staging_bucket"},
		"a kernel":       {func(t *dataproc.SessionTemplate) { t.JupyterSession.Kernel = "R" }, "kernel"},
	} {
		t.Run(name, func(t *testing.T) {
			made := template()
			c.change(made)
			refused(t, second(p.createTemplate(made)), 400, "INVALID_ARGUMENT", c.message)
		})
	}
	byNumber := template()
	byNumber.Name = strings.Replace(annTemplate, "acme", "777", 1)
	if made, err := p.createTemplate(byNumber); err != nil || made.Name != annTemplate {
		t.Errorf("got %+v %v", made, err)
	}
}

func TestASessionLives(t *testing.T) {
	p := open(t, google.Options{})
	p.must(second(p.createTemplate(template())))
	op, err := p.sessions.Create(inRegion, &dataproc.Session{SessionTemplate: "ann-71d4f55f", Labels: map[string]string{"env": "test"}}).SessionId("ann-1").Do()
	p.must(err)
	name := inRegion + "/sessions/ann-1"
	session := func() *dataproc.Session {
		s, err := p.sessions.Get(name).Do()
		p.must(err)
		return s
	}
	if got := session(); got.State != "CREATING" || got.User != "deployer@example.com" || got.JupyterSession.Kernel != "PYTHON" || got.Labels["owner"] != "ann" || got.EnvironmentConfig.ExecutionConfig.IdleTtl != "1800s" {
		t.Errorf("got %+v", got)
	}
	if !strings.Contains(string(op.Metadata), `"session":"`+name+`"`) || !strings.HasPrefix(op.Name, inRegion+"/operations/") {
		t.Errorf("got %s %s", op.Name, op.Metadata)
	}
	p.doneD(op, nil)
	if got := session(); got.State != "ACTIVE" || len(got.RuntimeInfo.Endpoints) == 0 || got.StateHistory[0].State != "CREATING" {
		t.Errorf("got %+v", got)
	}
	end, err := p.sessions.Terminate(name, &dataproc.TerminateSessionRequest{RequestId: "once"}).Do()
	p.must(err)
	if got := session().State; got != "TERMINATING" {
		t.Errorf("got %s", got)
	}
	p.doneD(end, nil)
	if again, err := p.sessions.Terminate(name, &dataproc.TerminateSessionRequest{RequestId: "once"}).Do(); err != nil || again.Name != end.Name {
		t.Errorf("got %+v %v", again, err)
	}
	refused(t, second(p.sessions.Terminate(name, &dataproc.TerminateSessionRequest{}).Do()), 400, "FAILED_PRECONDITION", "TERMINATED")
	p.doneD(p.sessions.Delete(name).Do())
	refused(t, second(p.sessions.Get(name).Do()), 404, "NOT_FOUND", "")

	p.doneD(p.sessions.Create(inRegion, &dataproc.Session{User: "bo@example.com"}).SessionId("bo-1").Do())
	end, err = p.sessions.Delete(inRegion + "/sessions/bo-1").Do() // ends it first
	p.must(err)
	if got := p.Sessions()[0]; got.State != "TERMINATING" || got.User != "bo@example.com" || got.Creator != "deployer@example.com" {
		t.Errorf("got %+v", got)
	}
	p.doneD(end, nil)

	for _, id := range []string{"abc", "Ann-1", strings.Repeat("a", 64)} {
		_, err := p.sessions.Create(inRegion, &dataproc.Session{}).SessionId(id).Do()
		refused(t, err, 400, "INVALID_ARGUMENT", "session_id")
	}
	_, err = p.sessions.Create(inRegion, &dataproc.Session{JupyterSession: &dataproc.JupyterConfig{}, SparkConnectSession: &dataproc.SparkConnectConfig{}}).SessionId("ann-2").Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "Only one of")
	_, err = p.sessions.Create(inRegion, &dataproc.Session{SessionTemplate: "none"}).SessionId("ann-2").Do()
	refused(t, err, 404, "NOT_FOUND", "none")
}

func TestSessionFilters(t *testing.T) {
	p := open(t, google.Options{})
	for id, state := range map[string]string{"sess-a": "ACTIVE", "sess-b": "TERMINATED", "sess-c": "ACTIVE"} {
		p.must(p.Seed(google.Session, inRegion+"/sessions/"+id, map[string]any{
			"user": "ann@example.com", "creator": "ann@example.com", "labels": map[string]string{"id": id}, "createTime": "2026-01-0" + string(id[5]-'a'+'1') + "T00:00:00.5Z",
		}, state))
	}
	for filter, want := range map[string]string{
		"state = ACTIVE":                             "sess-a sess-c",
		"state != ACTIVE":                            "sess-b",
		"state = ACTIVE and labels.id=sess-c":        "sess-c",
		"state = TERMINATED OR session_id = sess-a":  "sess-a sess-b",
		`create_time < "2026-01-02T00:00:00.500Z"`:   "sess-a",
		`create_time >= 2026-01-02T00:00:00.5+00:00`: "sess-b sess-c",
	} {
		listed, err := p.sessions.List(inRegion).Filter(filter).Do()
		p.must(err)
		var names []string
		for _, s := range listed.Sessions {
			names = append(names, s.Name[strings.LastIndex(s.Name, "/")+1:])
			if s.User != "ann@example.com" || s.Creator != "ann@example.com" {
				t.Errorf("got %+v", s)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q: got %q, want %q", filter, got, want)
		}
	}
	_, err := p.sessions.List(inRegion).Filter("user = ann").Do()
	refused(t, err, 400, "INVALID_ARGUMENT", `"user"`)
}
