package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestARosterIsReadInItsOrder(t *testing.T) {
	got, err := parseRoster([]byte("# all\nclusters:\n  people:\n    B@x.org: {warm_up: false}\n    a@x.org:\n      permissions: {warm_up: true}\n"))
	if want := []entry{{"b@x.org", true}, {"a@x.org", false}}; err != nil || !slices.Equal(got, want) {
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
	const head = "# Who has a cluster. Taking a line out takes the cluster away.\n"
	cases := map[string]struct{ left, struck string }{
		ana: {
			head + "\n# Works from abroad.\njürgen.müller@example.com:\n  team: oceans\n\nli.wei@example.com: {} # until June\n",
			"ana.diaz@example.com: {}\n",
		},
		"JÜRGEN.müller@example.com": {
			head + "ana.diaz@example.com: {}\n\nli.wei@example.com: {} # until June\n",
			"# Works from abroad.\njürgen.müller@example.com:\n  team: oceans\n",
		},
		li: {
			head + "ana.diaz@example.com: {}\n\n# Works from abroad.\njürgen.müller@example.com:\n  team: oceans\n",
			"li.wei@example.com: {} # until June\n",
		},
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
