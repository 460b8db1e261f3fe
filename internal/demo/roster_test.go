package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestARosterIsReadInItsOrder(t *testing.T) {
	got, err := parseRoster([]byte("# all\nclusters:\n  people:\n    B@x.org: {single_user_cluster: {warm_up: false}, dataproc_template: }\n    a@x.org:\n      personal_notebook: {warm_up: true}\n      spark_session_template: {}\n"))
	if want := []entry{{email: "b@x.org", cluster: true, cold: true, template: true}, {email: "a@x.org", notebook: true, session: true}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, nobody := range []string{"", "people: {}\n", "- a@x.org\n", "a: 1\n", "\t"} {
		if got, err := parseRoster([]byte(nobody)); err == nil {
			t.Errorf("%q has %v", nobody, got)
		}
	}
}

func TestTakingOnePersonOffLeavesAllOtherLinesAlone(t *testing.T) {
	document, err := os.ReadFile("testdata/checkout/examples/complete/users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const (
		head    = "# Who has what. Taking a line out takes it away.\n"
		hers    = "ana.diaz@example.com: { single_user_cluster: {} }\n"
		his     = "# Works from abroad.\njürgen.müller@example.com:\n  single_user_cluster: {}\n  personal_notebook: {}\n  dataproc_template: {}\n"
		another = "li.wei@example.com: { personal_notebook: { labels: { team: oceans } }, spark_session_template: {} } # until June\n"
		last    = "\nnora.holm@example.com:\n  sliderule_cluster:\n    cluster: tide\n    node_capacity: 2\n    time_to_live: 120\n"
	)
	cases := map[string]struct{ left, struck string }{
		ana:                         {head + "\n" + his + "\n" + another + last, hers},
		"JÜRGEN.müller@example.com": {head + hers + "\n" + another + last, his},
		li:                          {head + hers + "\n" + his + last, another},
	}
	for email, want := range cases {
		left, struck, err := strike(document, email)
		if err != nil || string(left) != want.left || strings.Join(struck, "") != want.struck {
			t.Errorf("without %s: %v, struck %q, left\n%s", email, err, struck, left)
		}
	}
}

func TestRostersOfOtherShapes(t *testing.T) {
	cases := map[string]struct{ document, left string }{
		"indented, with a folded text": {
			"people:\n  a@x.org:\n    note: >\n      two\n\n      lines\n  # about b\n  b@x.org: {}\nother: 1\n",
			"people:\n  # about b\n  b@x.org: {}\nother: 1\n",
		},
		"no line end at the end": {"b@x.org: {}\na@x.org: {}", "b@x.org: {}\n"},
		"quoted, and Windows":    {"\"a@x.org\": {}\r\nb@x.org: {}\r\n", "b@x.org: {}\r\n"},
	}
	for name, c := range cases {
		if left, _, err := strike([]byte(c.document), "a@x.org"); err != nil || string(left) != c.left {
			t.Errorf("%s: %v\n%s", name, err, left)
		}
	}
}

func TestAnEditThatWouldTakeMoreIsRefused(t *testing.T) {
	for document, email := range map[string]string{
		"{a@x.org: {}, b@x.org: {}}\n": "a@x.org", // on one line
		"a@x.org: {}\nb@x.org: {}\n":   "c@x.org",
	} {
		if left, _, err := strike([]byte(document), email); err == nil {
			t.Errorf("%q became %q", document, left)
		}
	}
}

func TestOneLabelIsEdited(t *testing.T) {
	document, err := os.ReadFile("testdata/checkout/examples/complete/users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed, label, line, err := relabel(document, "Li.Wei@example.com", "planning")
	if err != nil || label != "team" || !strings.Contains(line.was, "team: oceans } }") || !strings.Contains(line.is, "team: planning } }") {
		t.Fatalf("got %q, %+v, %v", label, line, err)
	}
	if want := strings.Replace(string(document), "oceans", "planning", 1); string(changed) != want {
		t.Errorf("got\n%s\nwant\n%s", changed, want)
	}
	roster, err := parseRoster(document)
	if got := idler(document, roster); err != nil || got != li {
		t.Errorf("the first with a label is %q (%v)", got, err)
	}
	for email, document := range map[string]string{
		"b@x.org": "a@x.org: {personal_notebook: {labels: {team: a}}}\n",
		"a@x.org": "a@x.org: {personal_notebook: {labels: {team: \"a b\"}}}\n",
		"c@x.org": "c@x.org: {personal_notebook: {labels: {}}}\n",
		"d@x.org": "d@x.org: {personal_notebook: , single_user_cluster: {labels: {team: a}}}\n",
	} {
		if changed, _, _, err := relabel([]byte(document), email, "x"); err == nil {
			t.Errorf("%q became %q", document, changed)
		}
	}
}

func TestALineIsAdded(t *testing.T) {
	document, err := os.ReadFile("testdata/checkout/examples/complete/users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed, line, err := insert(document, nora, "sliderule_cluster", "renew: once more")
	if err != nil || line.was != "" || line.is != "    renew: once more" {
		t.Fatalf("got %+v, %v", line, err)
	}
	if want := strings.Replace(string(document), "tide\n", "tide\n    renew: once more\n", 1); string(changed) != want {
		t.Errorf("got\n%s\nwant\n%s", changed, want)
	}
	changed, line, err = reword(changed, "Nora.Holm@example.com", "3", "sliderule_cluster", "node_capacity")
	roster, readErr := parseRoster(changed)
	if err != nil || readErr != nil || line.was != "    node_capacity: 2" || line.is != "    node_capacity: 3" || roster[3] != (entry{email: nora, sliderule: "tide", nodes: 3}) {
		t.Errorf("got %+v, %+v, %v, %v", roster, line, err, readErr)
	}
	for email, document := range map[string]string{
		"a@x.org": "a@x.org: {sliderule_cluster: {cluster: a}}\n",
		"b@x.org": "a@x.org: {}\n",
		"c@x.org": "c@x.org:\n  sliderule_cluster:\n    budget:\n      limit_usd: 1\n",
		"d@x.org": "d@x.org:\n  sliderule_cluster:\n    renew: before\n",
		"e@x.org": "e@x.org:\n  sliderule_cluster:\n    cluster: >\n      folded\n",
	} {
		if changed, _, err := insert([]byte(document), email, "sliderule_cluster", "renew: x"); err == nil {
			t.Errorf("%q became %q", document, changed)
		}
	}
}

func TestWhoHasMostToLoseLeaves(t *testing.T) {
	a, b, c := entry{email: "a@x.org", cluster: true}, entry{email: "b@x.org", cluster: true}, entry{email: "c@x.org", cluster: true}
	if got := leaver([]entry{a, b, c}); got != b {
		t.Errorf("of equals the one in the middle leaves, not %v", got)
	}
	c.notebook = true
	if got := leaver([]entry{a, b, c}); got != c {
		t.Errorf("got %v", got)
	}
}
