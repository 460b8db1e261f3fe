package modules_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// has is what the output people says of one person; a thing that they do not have is null.
type has struct {
	Cluster    string  `json:"cluster"`
	ClusterID  string  `json:"cluster_id"`
	Managed    bool    `json:"managed"`
	NotifiedAt *string `json:"notified_at"`
	Outcome    string  `json:"outcome"`
	State      string  `json:"state"`
	URL        string  `json:"url"`
	Libraries  []struct {
		Name    string `json:"name"`
		Status  string `json:"status"`
		Message string `json:"message"`
	} `json:"libraries"`

	Template *struct {
		Outcome string `json:"outcome"`
		URI     string `json:"uri"`
	} `json:"dataproc_template"`
	Notebook *struct {
		EffectiveIdentity string `json:"effective_identity"`
		ID                string `json:"id"`
		Name              string `json:"name"`
		Outcome           string `json:"outcome"`
		ProxyURL          string `json:"proxy_url"`
		State             string `json:"state"`
	} `json:"personal_notebook"`
	Session *struct {
		EffectiveIdentity string `json:"effective_identity"`
		ID                string `json:"id"`
		Name              string `json:"name"`
		Outcome           string `json:"outcome"`
	} `json:"spark_session_template"`
	SlideRule *struct {
		AMI         string  `json:"ami"`
		Cluster     string  `json:"cluster"`
		Endpoint    string  `json:"endpoint"`
		ExpiresAt   string  `json:"expires_at"`
		GroupName   string  `json:"group_name"`
		ILBAddress  string  `json:"ilb_address"`
		ImageDigest string  `json:"image_digest"`
		Reason      *string `json:"reason"`
		StackID     string  `json:"stack_id"`
		Status      string  `json:"status"`
	} `json:"sliderule_cluster"`
}

// admin is somebody at work in examples/complete.
type admin struct {
	folder
	flags []string
}

// hire is an admin; without AWS they take the tokens from the environment, and give nobody a SlideRule cluster.
func hire(t *testing.T, s *sandbox.Sandbox, withAWS bool) admin {
	t.Helper()
	a := admin{folder: in(s, checkOut(t), "examples", "complete")}
	if !withAWS {
		a.flags = []string{"-var=databricks_token_source=env:DATABRICKS_TOKEN", "-var=slack_token_source=env:SLACK_BOT_TOKEN"}
		roster := a.roster(t)
		for email, gets := range roster {
			if delete(gets, "sliderule_cluster"); len(gets) == 0 {
				delete(roster, email)
			}
		}
		a.give(t, roster)
	}
	a.must(t, 0, "init")
	return a
}

// roster is who gets what.
func (a admin) roster(t *testing.T) map[string]map[string]any {
	t.Helper()
	var roster map[string]map[string]any
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(a.path, "users.yaml"))), &roster); err != nil {
		t.Fatal(err)
	}
	return roster
}

func (a admin) give(t *testing.T, roster map[string]map[string]any) {
	t.Helper()
	text, err := yaml.Marshal(roster)
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, "users.yaml", string(text))
}

func (a admin) apply(t *testing.T) string {
	t.Helper()
	return a.must(t, 0, append([]string{"apply", "-auto-approve"}, a.flags...)...)
}

func (a admin) people(t *testing.T) map[string]has {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(a.must(t, 0, "output", "-json", "people")))
	decoder.DisallowUnknownFields()
	var people map[string]has
	if err := decoder.Decode(&people); err != nil {
		t.Fatal(err)
	}
	return people
}

// workspace is the ids of the clusters that are there, by person.
func workspace(s *sandbox.Sandbox) map[string]string {
	ids := map[string]string{}
	for _, c := range s.Databricks.Clusters() {
		ids[c.SingleUserName] = c.ClusterId
	}
	return ids
}

// belongings is everything that is there, by kind and person: of each the id, or all of it as Google tells it.
func belongings(s *sandbox.Sandbox) map[string]string {
	all := map[string]string{}
	for email, id := range workspace(s) {
		all["single_user_cluster of "+email] = id
	}
	for _, i := range s.Google.Workbenches() {
		all["personal_notebook of "+strings.Join(i.InstanceOwners, ",")] = told(i)
	}
	for _, o := range s.Storage.Objects("") {
		all["dataproc_template of "+o.Metadata["provisioner_owner"]] = told(o)
	}
	for _, t := range s.Google.SessionTemplates() {
		all["spark_session_template of "+t.Labels["provisioner_owner"]] = told(t)
	}
	for _, c := range s.Google.Clusters() {
		all["Dataproc cluster "+c.ClusterName] = told(c)
	}
	for _, b := range s.Storage.Buckets() {
		all["bucket "+b.Name] = b.Location
	}
	maps.Copy(all, stacks(s))
	return all
}

func told(thing any) string {
	text, err := json.Marshal(thing)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// label is how things on Google Cloud say whose they are.
func label(t *testing.T, email string) string {
	t.Helper()
	who, err := person.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	return who.Label()
}

func TestCompleteGivesAndTakesAway(t *testing.T) {
	t.Parallel()
	s := start(t, true)
	a := hire(t, s, true)
	roster := a.roster(t)

	a.apply(t)
	people := a.people(t)
	if got, want := slices.Sorted(maps.Keys(people)), slices.Sorted(maps.Keys(roster)); !slices.Equal(got, want) {
		t.Fatalf("the output has %v, want %v", got, want)
	}
	want := []string{"bucket data-access-dataproc-templates"}
	clusters := map[string]string{}
	for email, gets := range roster {
		p := people[email]
		if _, has := gets["single_user_cluster"]; has {
			clusters[email] = p.ClusterID
			want = append(want, "single_user_cluster of "+email)
			if p.Outcome != "created" || !p.Managed || p.NotifiedAt == nil || p.Cluster == "" || !strings.Contains(p.URL, p.ClusterID) {
				t.Errorf("%s has %+v", email, p)
			}
		} else if p.Cluster != "" || p.ClusterID != "" || p.Libraries != nil || p.NotifiedAt != nil {
			t.Errorf("%s gets no cluster and has %+v", email, p)
		}
		_, has := gets["personal_notebook"]
		if has {
			want = append(want, "personal_notebook of "+email)
		}
		if n := p.Notebook; has != (n != nil) || has && (n.Outcome != "created" || n.State != "ACTIVE" || n.EffectiveIdentity != "user:"+email || !strings.HasPrefix(n.ProxyURL, "https://")) {
			t.Errorf("the notebook of %s is %+v", email, n)
		}
		_, has = gets["dataproc_template"]
		if has {
			want = append(want, "dataproc_template of "+label(t, email))
		}
		if f := p.Template; has != (f != nil) || has && (f.Outcome != "created" || !strings.HasPrefix(f.URI, "gs://data-access-dataproc-templates/") || !strings.HasSuffix(f.URI, "/single-node.yaml")) {
			t.Errorf("the cluster template of %s is %+v", email, f)
		}
		_, has = gets["spark_session_template"]
		if has {
			want = append(want, "spark_session_template of "+label(t, email))
		}
		if m := p.Session; has != (m != nil) || has && (m.Outcome != "created" || m.EffectiveIdentity != "user" || !strings.HasSuffix(m.ID, m.Name)) {
			t.Errorf("the session template of %s is %+v", email, m)
		}
		_, has = gets["sliderule_cluster"]
		if c := p.SlideRule; has != (c != nil) || has && (c.Status != "running" || c.ExpiresAt == "" || c.ImageDigest == "" || c.AMI == "" || c.GroupName == "" || c.ILBAddress == "" || c.Reason != nil) {
			t.Errorf("the SlideRule cluster of %s is %+v", email, c)
		} else if has {
			want = append(want, "stack "+c.Cluster+"-cluster", "stack sliderule-foundation")
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(belongings(s))); !slices.Equal(got, want) {
		t.Errorf("there is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := workspace(s); !maps.Equal(got, clusters) {
		t.Errorf("the workspace has %v, the output says %v", got, clusters)
	}

	a.must(t, 0, append([]string{"plan", "-detailed-exitcode"}, a.flags...)...) // 0: nothing to do
	users := read(t, filepath.Join(a.path, "users.yaml"))
	a.write(t, "users.yaml", strings.NewReplacer("chen.wei@", "Chen.Wei@", "dana.okafor@", "Dana.Okafor@").Replace(users))
	a.must(t, 0, append([]string{"plan", "-detailed-exitcode"}, a.flags...)...) // nor are they other people

	a.must(t, 0, append([]string{"destroy", "-auto-approve"}, a.flags...)...)
	if got := belongings(s); len(got) != 0 {
		t.Errorf("destroy left %v", got)
	}
}

func TestWhoLeavesTakesOnlyTheirs(t *testing.T) {
	t.Parallel()
	s := start(t, false)
	a := hire(t, s, false)
	a.apply(t)
	const leaver = "bruna.costa@example.com"

	// What she started from her file runs on: it has her labels.
	files := s.Storage.Objects("")
	if len(files) != 1 {
		t.Fatalf("there are %d files, want hers", len(files))
	}
	var cluster map[string]any
	if err := yaml.Unmarshal([]byte(files[0].Content), &cluster); err != nil {
		t.Fatal(err)
	}
	name := cluster["clusterName"].(string)
	if err := s.Google.Seed(fake.Cluster, "projects/data-access/regions/us-central1/clusters/"+name, cluster, "RUNNING"); err != nil {
		t.Fatal(err)
	}

	want := belongings(s)
	maps.DeleteFunc(want, func(what, _ string) bool { return strings.Contains(what, "bruna") })
	roster := a.roster(t)
	delete(roster, leaver)
	a.give(t, roster)
	said, status := a.plan(t, "users.yaml")
	if status != 0 || !strings.Contains(said, name+" (RUNNING)") {
		t.Errorf("the plan ended with %d and does not name %s: %s", status, name, said)
	}
	if said := a.apply(t); !strings.Contains(said, "0 added, 0 changed, 3 destroyed") {
		t.Errorf("taking %s off the roster touched somebody else:\n%s", leaver, said)
	}
	if got := belongings(s); !maps.Equal(got, want) {
		t.Errorf("without %s there is\n%v\nwant\n%v", leaver, got, want)
	}
	if _, there := a.people(t)[leaver]; there {
		t.Errorf("%s is still in the output", leaver)
	}
}

// Who uses nothing of Google's has no credentials for it, and no project.
func TestDatabricksAloneNeedsNothingOfGoogle(t *testing.T) {
	t.Parallel()
	s := start(t, false)
	a := hire(t, s, false)
	a.env = slices.DeleteFunc(a.env, func(variable string) bool {
		for _, name := range []string{"GOOGLE_", "GCE_", "CLOUDSDK_", "GCLOUD_", "HOME="} {
			if strings.HasPrefix(variable, name) {
				return true
			}
		}
		return false
	})
	a.env = append(a.env, "HOME="+t.TempDir()) // where gcloud would have left some
	a.flags = append(a.flags, "-var=google_project=no-such-project")
	a.write(t, "users.yaml", "ana@example.com: {single_user_cluster: {warm_up: false}}\n")
	if said := a.apply(t); !strings.Contains(said, "1 added, 0 changed, 0 destroyed") || strings.Contains(said, "Warning") {
		t.Errorf("it said:\n%s", said)
	}
	a.must(t, 0, append([]string{"plan", "-detailed-exitcode"}, a.flags...)...)
	a.must(t, 0, append([]string{"destroy", "-auto-approve"}, a.flags...)...)
	for _, c := range s.Wire.Calls() {
		if c.Vendor != "databricks" && c.Vendor != "slack" {
			t.Errorf("%s was asked %s %s", c.Vendor, c.Method, c.Path)
		}
	}
}

func TestAFailedWarmUpFailsTheApplyAndTaintsNothing(t *testing.T) {
	t.Parallel()
	s := start(t, false)
	a := hire(t, s, false)
	s.Databricks.FailLibrary("polars", "No matching distribution found for polars")
	said, status := a.run(t, append([]string{"apply", "-auto-approve", "-no-color"}, a.flags...)...)
	if status != 1 {
		t.Fatalf("ended with %d: %s", status, said)
	}
	for _, want := range []string{
		"Resource postcondition failed", "single-user-ana-diaz-", " of ana.diaz@example.com is not ready. ",
		"pypi:polars==1.17.1", "No matching distribution found for polars. It is stopped and kept.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing from: %s", want, said)
		}
	}
	if state := a.must(t, 0, "show"); strings.Contains(state, "tainted") {
		t.Errorf("something is tainted:\n%s", state)
	}
	before := workspace(s)

	s.Databricks.Heal()
	if said := a.apply(t); !strings.Contains(said, "0 added, 2 changed, 0 destroyed") {
		t.Errorf("the second apply should try the two warm-ups again:\n%s", said)
	}
	for email, p := range a.people(t) {
		if p.Cluster != "" && (p.Outcome != "created" || p.NotifiedAt == nil) {
			t.Errorf("%s has %+v", email, p)
		}
	}
	if after := workspace(s); !maps.Equal(after, before) {
		t.Errorf("the clusters were %v and are %v", before, after)
	}
}

func TestTheRosterIsReadStrictly(t *testing.T) {
	t.Parallel()
	s := start(t, false)
	a := hire(t, s, false)
	for name, c := range map[string]struct{ roster, refusal string }{
		"a misspelt wish":         {"ana@example.com: {single_user_cluster: {pined: true}}", `ana@example.com has the unknown key "pined" in single_user_cluster: there are name, on_destroy,`},
		"a misspelt permission":   {"ana@example.com: {single_user_cluster: {permissions: [{user_name: bo@example.com, permission_level: CAN_MANAGE, grop_name: a}]}}", `ana@example.com has the unknown key "grop_name" in permissions: there are group_name,`},
		"an unknown thing":        {"ana@example.com: {yacht: {}}", `ana@example.com has the unknown key "yacht": there are dataproc_template, personal_notebook, single_user_cluster, sliderule_cluster, spark_session_template.`},
		"a misspelt budget":       {"ana@example.com: {sliderule_cluster: {cluster: snow, budget: {limit: 5}}}", `ana@example.com has the unknown key "limit" in budget: there are emails, limit_usd, start_hours.`},
		"a nameless cluster":      {"ana@example.com: {sliderule_cluster: {node_capacity: 2}}", `ana@example.com has a sliderule_cluster without a name: write cluster and the name below it`},
		"a cluster of two":        {"ana@example.com: {sliderule_cluster: {cluster: snow}}\nbo@example.com: {sliderule_cluster: {cluster: snow}}", "ana@example.com and bo@example.com have the same sliderule_cluster snow"},
		"a misspelt machine":      {"ana@example.com: {personal_notebook: {machine: e2-medium}}", `ana@example.com has the unknown key "machine" in personal_notebook: there are data_disk,`},
		"a misspelt disk":         {"ana@example.com: {personal_notebook: {data_disk: {size: 200}}}", `ana@example.com has the unknown key "size" in data_disk: there are size_gb, type.`},
		"a misspelt template":     {"ana@example.com: {dataproc_template: {file: single-node.yaml}}", `ana@example.com has the unknown key "file" in dataproc_template: there are delete_leftover_clusters, template.`},
		"no such environment":     {"ana@example.com: {personal_notebook: {environment: vax}}", "ana@example.com has a personal_notebook with another environment than there is: take managed or workbench."},
		"no such identity":        {"ana@example.com: {personal_notebook: {identity: root, on_destroy: }}", "ana@example.com has a personal_notebook with another identity than there is: take service_account or user."},
		"idle for ever":           {"ana@example.com: {personal_notebook: {idle_shutdown_minutes: 100000}}", "ana@example.com has a personal_notebook with idle_shutdown_minutes beyond 10 to 1440."},
		"no such template":        {"ana@example.com: {dataproc_template: {template: singel-node.yaml}}", "ana@example.com wants the template singel-node.yaml, and there is no such file"},
		"a misspelt end":          {"ana@example.com: {spark_session_template: {idle: 30}}", `ana@example.com has the unknown key "idle" in spark_session_template: there are delete_leftover_sessions,`},
		"one good, one misspelt":  {"ana@example.com: {single_user_cluster: {}, personal_notebok: {}}", `ana@example.com has the unknown key "personal_notebok"`},
		"not an e-mail":           {"ana: {}", `"ana" is not an e-mail address`},
		"the same person":         {"ana@example.com: {}\nAna@example.com: {}", "Ana@example.com and ana@example.com are one person"},
		"the same line":           {"ana@example.com: {}\nbo@example.com: {}\nana@example.com: {}", "ana@example.com stands there 2 times"},
		"the same, in quotes":     {"ana@example.com: # Ana\n  single_user_cluster: {}\n\"ana@example.com\": {}\n'ana@example.com' : {}", "ana@example.com stands there 3 times"},
		"the same, indented":      {"\ufeff---\n  o'brien@example.com: {}\r\n  o'brien@example.com: {}\r\n", "o'brien@example.com stands there 2 times"},
		"the same, as JSON":       {`{"ana@example.com":{},"ana@example.com":{}}`, "ana@example.com stands there 2 times"},
		"nothing below":           {"ana@example.com:\nbo@example.com: {}", `ana@example.com has nothing below it: write what they get, such as "single_user_cluster: {}", or take the person off the roster`},
		"no list of things":       {"ana@example.com: yes", "What ana@example.com gets is not a map"},
		"a wish without a map":    {"ana@example.com: {single_user_cluster: true}", "What ana@example.com gets is not a map"},
		"a list of people":        {"- ana@example.com", "It is not a map of people: begin a line with each e-mail and a colon"},
		"a text":                  {"Nobody.", "It is not a map of people"},
		"an empty file":           {"", "It is empty: if nobody gets anything, write {} and run with -var at_least=0."}, // and not the end of everybody's cluster
		"a file of comments":      {"# Nobody.\n  # ana@example.com: {}\n", "It is empty"},
		"the beginning of a file": {"---\n# Who gets what.\n", "It is empty"},
		"no YAML":                 {"ana@example.com: [", "yamldecode"},
		"nobody":                  {"{}", "It has fewer people (0) than at_least (1): a file cut short would take away what everybody else has. If it is whole, run with -var at_least=0."},
	} {
		a.write(t, "refused.yaml", c.roster)
		said, status := a.plan(t, "refused.yaml")
		if status != 1 || !strings.Contains(said, c.refusal) {
			t.Errorf("%s: ended with %d, want %q in: %s", name, status, c.refusal, said)
		}
	}
	if said, status := a.plan(t, "missing.yaml"); status != 1 || !strings.Contains(said, `There is no roster at "missing.yaml"`) {
		t.Errorf("ended with %d: %s", status, said)
	}
	if said, status := a.plan(t, "users.yaml", "-var=at_least=5"); status != 1 || !strings.Contains(said, "It has fewer people (4) than at_least (5)") {
		t.Errorf("ended with %d: %s", status, said)
	}
}

func TestTheRosterIsReadKindly(t *testing.T) {
	t.Parallel()
	s := start(t, false)
	a := hire(t, s, false)
	for name, c := range map[string]struct{ roster, answer string }{
		"a wish with nothing below": {"ana@example.com:\n  single_user_cluster:\n", "1 to add"},
		"a name in a comment":       {"ana@example.com: {single_user_cluster: {}}\n# ana@example.com: {}\n", "1 to add"},
		"a name as a value":         {"ana@example.com: {single_user_cluster: {permissions: [{user_name: bo@example.com, permission_level: CAN_MANAGE}]}}\nbo@example.com: {}", "1 to add"},
		"JSON":                      {`{"ana@example.com": {"single_user_cluster": {}}, "bo@example.com": {"single_user_cluster": {}}}`, "2 to add"},
		"spaces and capitals":       {`" Ana@Example.com ": {single_user_cluster: {}}`, `module.single_user_cluster["ana@example.com"]`},
		"all of Google's":           {"ana@example.com: {personal_notebook: , dataproc_template: {}, spark_session_template: {}}", "4 to add"}, // and the bucket
		"templates of one's own":    {"ana@example.com: {dataproc_template: {template: single-node.yaml, delete_leftover_clusters: true}}", "/single-node.yaml"},
		"a notebook of old":         {"ana@example.com: {personal_notebook: {environment: managed, data_disk: {size_gb: 200}}}", `+ location = "us-central1" `},
		"nobody":                    {"{}", "+ people = {}"},
	} {
		a.write(t, "kind.yaml", c.roster)
		said, status := a.plan(t, "kind.yaml", "-var=at_least=0")
		if status != 0 || !strings.Contains(said, c.answer) {
			t.Errorf("%s: ended with %d, want %q in: %s", name, status, c.answer, said)
		}
	}
}

// plan plans another roster.
func (a admin) plan(t *testing.T, roster string, flags ...string) (said string, status int) {
	t.Helper()
	return a.run(t, slices.Concat([]string{"plan", "-no-color", "-var=roster=" + roster}, flags, a.flags)...)
}
