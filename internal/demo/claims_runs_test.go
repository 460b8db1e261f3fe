package main

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// tested is a test run that passed, as Terraform tells it.
func tested() runWords {
	suites := map[string]script.Suite{}
	for _, name := range script.Suites() {
		suites[name] = script.Suite{Status: script.Passed, Passed: 21}
	}
	suites["manager"] = script.Suite{Status: script.Skipped}
	return runWords{ID: "test-1", Status: script.Passed, Instance: "i-9", Spot: true, LogURI: "s3://l/runs/test-1/run.log", SummaryURI: "s3://l/runs/test-1/summary.json", Suites: suites}
}

// but is a run with one thing changed.
func but(r runWords, change func(*runWords)) runWords {
	r.Suites = maps.Clone(r.Suites)
	change(&r)
	return r
}

func in(suite string, is script.Suite) func(*runWords) {
	return func(r *runWords) { r.Suites[suite] = is }
}

func TestClaimsAboutWhatARunCameTo(t *testing.T) {
	bad := but(tested(), func(r *runWords) {
		r.Status, r.Suites["ams"] = script.Failed, script.Suite{Status: script.Failed, Failed: 2}
	})
	release := runWords{ID: "release-1", Status: script.Passed, Images: map[string]string{"ilb": "sha256:1"}}
	for name, problem := range map[string]error{"a test": passed(tested()), "a release": passed(release), "one bad suite": failedIn("ams", bad)} {
		if problem != nil {
			t.Errorf("%s: %v", name, problem)
		}
	}
	for name, problem := range map[string]error{
		"it failed":             passed(bad),
		"a release that failed": passed(but(release, func(r *runWords) { r.Status = script.Failed })),
		"a suite that failed":   passed(but(tested(), in("node", script.Suite{Status: script.Errored}))),
		"a suite is missing":    passed(but(tested(), func(r *runWords) { delete(r.Suites, "build") })),
		"nothing failed":        failedIn("ams", tested()),
		"another suite failed":  failedIn("node", bad),
		"two suites failed":     failedIn("ams", but(bad, in("node", script.Suite{Status: script.Failed}))),
		"one did not come":      failedIn("ams", but(bad, in("manager", script.Suite{Status: script.Errored}))),
		"it is the same":        another(tested(), tested()),
		"it is another":         unchanged(tested(), bad),
	} {
		if problem == nil {
			t.Errorf("%s: that went unnoticed", name)
		}
	}
	anew := but(tested(), func(r *runWords) { r.ID, r.Instance = "test-2", "i-10" })
	if another(tested(), anew) != nil || unchanged(tested(), tested()) != nil {
		t.Error("runs are mixed up")
	}
}

func TestClaimsAboutTheMachineOfARun(t *testing.T) {
	was := runMachine{Run: "test-1", ID: "i-9", State: ec2types.InstanceStateNameTerminated, Spot: true}
	having := func(machines ...runMachine) world { return world{aws: onAWS{runs: machines}} }
	if err := ranOnce(having(was, runMachine{Run: "test-0"}), tested()); err != nil {
		t.Error(err)
	}
	other, works, dear := was, was, was
	other.ID, works.State, dear.Spot = "i-8", ec2types.InstanceStateNameRunning, false
	for name, problem := range map[string]error{
		"none": ranOnce(having(), tested()), "two": ranOnce(having(was, other), tested()), "another": ranOnce(having(other), tested()),
		"one that works": ranOnce(having(works), tested()), "one on demand": ranOnce(having(dear), tested()),
		"on demand, it says": ranOnce(having(was), but(tested(), func(r *runWords) { r.Spot = false })),
	} {
		if problem == nil {
			t.Errorf("%s: that went unnoticed", name)
		}
	}

	if err := nothingOfRuns(served(), served()); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*onAWS){
		"a schedule": func(a *onAWS) { a.ends = append(a.ends, "test-1-end") }, "a machine": func(a *onAWS) { a.machines = append(a.machines, "the machine i-9") },
		"a token": func(a *onAWS) { a.tokens = []string{"/x/runs/test-1/token"} }, "an end less": func(a *onAWS) { a.ends = a.ends[1:] },
	} {
		w := served()
		if change(&w.aws); nothingOfRuns(served(), w) == nil {
			t.Errorf("%s went unnoticed", name)
		}
	}
}

func TestClaimsAboutWhatARunLeaves(t *testing.T) {
	summary := func(change func(*script.Summary)) []byte {
		s := script.Summary{RunID: "test-1", Kind: script.Test, Version: candidate, Status: script.Passed, Suites: tested().Suites}
		change(&s)
		document, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	good := summary(func(*script.Summary) {})
	const log = "== suites\n== 10:00:00 passed\n"
	if err := summedUp(tested(), log, good); err != nil {
		t.Error(err)
	}
	for name, problem := range map[string]error{
		"no summary":      summedUp(tested(), log, []byte("{")),
		"another's":       summedUp(tested(), log, summary(func(s *script.Summary) { s.RunID = "test-2" })),
		"of another":      summedUp(tested(), log, summary(func(s *script.Summary) { s.Version = "v1.0.0" })),
		"it failed":       summedUp(tested(), log, summary(func(s *script.Summary) { s.Status = script.Failed })),
		"other results":   summedUp(tested(), log, summary(func(s *script.Summary) { s.Suites = nil })),
		"other images":    summedUp(tested(), log, summary(func(s *script.Summary) { s.Images = map[string]string{"ilb": "x"} })),
		"the log is torn": summedUp(tested(), "== suites\n", good),
		"a token in it":   summedUp(tested(), tokenStart+"J9\n"+log, good),
	} {
		if problem == nil {
			t.Errorf("%s: that went unnoticed", name)
		}
	}
}

func TestClaimsAboutARegistry(t *testing.T) {
	registry := map[string]string{}
	for _, image := range script.ClusterImages() {
		registry[image] = "sha256:" + image
	}
	release := runWords{Images: maps.Clone(registry)}
	if pushedAs(release, registry) != nil || sameDigests(registry, release.Images) != nil {
		t.Error("what is the same differs")
	}
	moved := maps.Clone(registry)
	moved["ams"] = "sha256:x"
	for name, problem := range map[string]error{
		"another image": pushedAs(release, moved), "none": pushedAs(release, nil), "none in words": pushedAs(runWords{}, registry), "none in either": pushedAs(runWords{}, nil),
		"latest moved": sameDigests(registry, moved), "nothing was looked at": sameDigests(nil, nil),
	} {
		if problem == nil {
			t.Errorf("%s: that went unnoticed", name)
		}
	}
}

func TestAnErrorTellsWhatFailed(t *testing.T) {
	detail := "It ended.\nSuites that did not pass: ams (2 failed, 0 errors, 19 passed).\nThe end of its log:\n== failed\nThe whole log: " + tested().LogURI
	if err := tells(diagnostic{Detail: detail}, "ams", tested()); err != nil {
		t.Error(err)
	}
	for _, without := range []string{"Suites that", "The end of its log", "run.log"} {
		if tells(diagnostic{Detail: strings.ReplaceAll(detail, without, "")}, "ams", tested()) == nil {
			t.Errorf("it went unnoticed that %q is missing", without)
		}
	}
	if tells(diagnostic{Detail: detail}, "node", tested()) == nil {
		t.Error("another suite passes for the one")
	}
}
