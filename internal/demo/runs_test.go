package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

func TestHowAFileOfRunsDiffers(t *testing.T) {
	first, second := runsDocument("tide", 1), runsDocument("tide", 2)
	if added := differing("", first); len(added) != strings.Count(first, "\n") || added[0] != `  + resource "provisioner_sliderule_test" "v5_6_0" {` || !slices.Contains(added, "  +") {
		t.Errorf("got\n%s", strings.Join(added, "\n"))
	}
	if got := differing(first, second); !slices.Equal(got, []string{`  -   triggers   = { night = "1" }`, `  +   triggers   = { night = "2" }`}) {
		t.Errorf("got %q", got)
	}
}

func TestAnErrorIsCutShort(t *testing.T) {
	detail := "It ended as failed.\nSuites: ams.\nThe end of its log:\none\n  two\nthree\nThe whole log: s3://l/run.log"
	for most, want := range map[int][]string{
		2: {"  It ended as failed.", "  Suites: ams.", "  The end of its log:", "    (… and 1 before, left out here)", "      two", "    three", "  The whole log: s3://l/run.log"},
		3: {"  It ended as failed.", "  Suites: ams.", "  The end of its log:", "    one", "      two", "    three", "  The whole log: s3://l/run.log"},
	} {
		if got := excerpt(detail, most); !slices.Equal(got, want) {
			t.Errorf("%d: got\n%s", most, strings.Join(got, "\n"))
		}
	}
	if got := excerpt("It left no log.", 2); !slices.Equal(got, []string{"  It left no log."}) {
		t.Errorf("got %q", got)
	}
}

func TestOnlyOneErrorIsExpected(t *testing.T) {
	ended := errors.New("ended with status 1")
	one := diagnostic{Summary: "The test did not pass"}
	if got, err := failure(result{errors: []diagnostic{one}}, ended); err != nil || got != one {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := failure(result{}, nil); err == nil {
		t.Error("an apply that succeeds passes for one that failed")
	}
	if _, err := failure(result{errors: []diagnostic{one, one}}, ended); !errors.Is(err, ended) {
		t.Errorf("got %v", err)
	}
}

func TestErrorsAreHeard(t *testing.T) {
	var r result
	r.take(parseEvent(`{"type":"diagnostic","diagnostic":{"severity":"error","summary":"The test did not pass"}}`))
	r.take(parseEvent(`{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"x"}}`))
	if len(r.errors) != 1 || r.errors[0].Summary != "The test did not pass" || len(r.warnings) != 1 {
		t.Errorf("got %+v", r)
	}
}

func TestTablesOfRuns(t *testing.T) {
	suites := strings.Join(suiteTable(but(tested(), in("python", script.Suite{Status: "failed", Passed: 1, Failed: 2, Skipped: 3, Errors: 4, Seconds: 5.5}))).render(0, strings.ToUpper), "\n")
	for _, line := range []string{"  python    failed        1       2        3       4      5.5", "  node      passed       21       0        0       0        0"} {
		if !strings.Contains(suites, line) {
			t.Errorf("%q is not in\n%s", line, suites)
		}
	}
	if python, node := strings.Index(suites, "python"), strings.Index(suites, "node"); python > node {
		t.Errorf("they are not in the order in which they ran:\n%s", suites)
	}
	images := imageTable(runWords{Images: map[string]string{"sliderule": "sha256:2", "ams": "sha256:1"}}).render(0, strings.ToUpper)
	if len(images) != 3 || images[1] != "  ams:v5.6.0        sha256:1" {
		t.Errorf("got\n%s", strings.Join(images, "\n"))
	}
}

func TestRunsComeFromTheState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "terraform.tfstate")
	write(t, path, `{"version": 4, "resources": [{"type": "provisioner_sliderule_test", "instances": [{"status": "tainted", "attributes": {
		"run_id": "test-1", "status": "failed", "spot": true, "suites": {"ams": {"status": "failed", "passed": 19, "failed": 2, "skipped": 0, "errors": 0, "seconds": 1.5}}}}]}]}`)
	got, err := inState[runWords](path, testKind)
	if err != nil || len(got) != 1 || got[0].ID != "test-1" || !got[0].Spot || got[0].Suites["ams"] != (script.Suite{Status: "failed", Passed: 19, Failed: 2, Seconds: 1.5}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := inState[runWords](path, releaseKind); err != nil || len(got) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
