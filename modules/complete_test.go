package modules_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

// has is what the output people says of one person.
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
}

// admin is somebody at work in examples/complete.
type admin struct {
	folder
	flags []string
}

// hire is an admin; without AWS they take the tokens from the environment.
func hire(t *testing.T, s *sandbox.Sandbox, withAWS bool) admin {
	t.Helper()
	a := admin{folder: in(s, checkOut(t), "examples", "complete")}
	if !withAWS {
		a.flags = []string{"-var=databricks_token_source=env:DATABRICKS_TOKEN", "-var=slack_token_source=env:SLACK_BOT_TOKEN"}
	}
	a.must(t, 0, "init")
	return a
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

func TestCompleteGivesAndTakesAway(t *testing.T) {
	t.Parallel()
	s := start(t, true)
	a := hire(t, s, true)
	var roster map[string]any
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(a.path, "users.yaml"))), &roster); err != nil {
		t.Fatal(err)
	}

	a.apply(t)
	people := a.people(t)
	if got, want := slices.Sorted(maps.Keys(people)), slices.Sorted(maps.Keys(roster)); !slices.Equal(got, want) {
		t.Fatalf("clusters for %v, want %v", got, want)
	}
	given := map[string]string{}
	for email, p := range people {
		given[email] = p.ClusterID
		if p.Outcome != "created" || !p.Managed || p.NotifiedAt == nil || p.Cluster == "" || !strings.Contains(p.URL, p.ClusterID) {
			t.Errorf("%s has %+v", email, p)
		}
	}
	if got := workspace(s); !maps.Equal(got, given) {
		t.Errorf("the workspace has %v, the output says %v", got, given)
	}

	a.must(t, 0, append([]string{"plan", "-detailed-exitcode"}, a.flags...)...) // 0: nothing to do
	a.write(t, "users.yaml", strings.ReplaceAll(read(t, filepath.Join(a.path, "users.yaml")), "chen.wei@", "Chen.Wei@"))
	a.must(t, 0, append([]string{"plan", "-detailed-exitcode"}, a.flags...)...) // nor is he another person

	gone := slices.Sorted(maps.Keys(roster))[0]
	delete(roster, gone)
	delete(given, gone)
	smaller, err := yaml.Marshal(roster)
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, "users.yaml", string(smaller))
	if said := a.apply(t); !strings.Contains(said, "0 added, 0 changed, 1 destroyed") {
		t.Errorf("taking %s off the roster touched somebody else:\n%s", gone, said)
	}
	if got := workspace(s); !maps.Equal(got, given) {
		t.Errorf("without %s the workspace has %v, want %v", gone, got, given)
	}

	a.must(t, 0, append([]string{"destroy", "-auto-approve"}, a.flags...)...)
	if got := workspace(s); len(got) != 0 {
		t.Errorf("destroy left %v", got)
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
		if p.Outcome != "created" || p.NotifiedAt == nil {
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
		"an unknown thing":        {"ana@example.com: {yacht: {}}", `ana@example.com has the unknown key "yacht": there is single_user_cluster.`},
		"not an e-mail":           {"ana: {}", `"ana" is not an e-mail address`},
		"the same person":         {"ana@example.com: {}\nAna@example.com: {}", "Ana@example.com and ana@example.com are one person"},
		"the same line":           {"ana@example.com: {}\nbo@example.com: {}\nana@example.com: {}", "ana@example.com stands there 2 times"},
		"the same, in quotes":     {"ana@example.com: # Ana\n  single_user_cluster: {}\n\"ana@example.com\": {}\n'ana@example.com' : {}", "ana@example.com stands there 3 times"},
		"the same, indented":      {"\ufeff---\n  o'brien@example.com: {}\r\n  o'brien@example.com: {}\r\n", "o'brien@example.com stands there 2 times"},
		"the same, as JSON":       {`{"ana@example.com":{},"ana@example.com":{}}`, "ana@example.com stands there 2 times"},
		"nothing below":           {"ana@example.com:\nbo@example.com: {}", "ana@example.com has nothing below it: write single_user_cluster: {} or take the person off the roster"},
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
	if said, status := a.plan(t, "users.yaml", "-var=at_least=4"); status != 1 || !strings.Contains(said, "It has fewer people (3) than at_least (4)") {
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
