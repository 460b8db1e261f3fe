package script_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

const (
	region   = "us-west-2"
	bucket   = "the-logs"
	registry = "123456789012.dkr.ecr.us-west-2.amazonaws.com"
)

func test() script.Inputs {
	return script.Inputs{
		Kind: script.Test, RunID: "test-20260801-a1b2", Cluster: "dev", Domain: "example.org", Version: "v5.5.0",
		Repository: "https://github.com/SlideRuleEarth/sliderule.git", Registry: registry, Region: region, Bucket: bucket, Prefix: "runs", Limit: 12 * time.Hour,
	}
}

func release() script.Inputs {
	in := test()
	in.Kind, in.RunID, in.Cluster, in.Domain = script.Release, "release-20260801-a1b2", "", ""
	return in
}

func rendered(t *testing.T, in script.Inputs) string {
	t.Helper()
	text, err := script.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// full has every input.
func full(in script.Inputs) script.Inputs {
	in.Organization, in.TokenParameter, in.DataBucket, in.DataFolder = "dev-org", "/sliderule-foundation/runs/x", "project", "cf"
	in.Images, in.Overwrite, in.MoveLatest = []string{"sliderule", "monitor-agent"}, true, true
	return in
}

func TestProgramsAreValidShell(t *testing.T) {
	for name, in := range map[string]script.Inputs{"test": full(test()), "release": full(release())} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name+".sh")
			if err := os.WriteFile(path, []byte(rendered(t, in)), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.CommandContext(t.Context(), "bash", "-n", path).CombinedOutput(); err != nil {
				t.Errorf("bash -n: %v\n%s", err, out)
			}
			checker, err := exec.LookPath("shellcheck")
			if err != nil {
				t.Skip("shellcheck is not on the PATH: Debian has it as a package of that name")
			}
			if out, err := exec.CommandContext(t.Context(), checker, path).CombinedOutput(); err != nil {
				t.Errorf("shellcheck: %v\n%s", err, out)
			}
		})
	}
}

// The end of the machine is armed before anything can fail, and values stand in the table only, each one quoted word.
func TestTheFormOfAProgram(t *testing.T) {
	for _, in := range []script.Inputs{full(test()), full(release())} {
		text := rendered(t, in)
		if !strings.HasPrefix(text, "#!/bin/bash\nshutdown -h +720 || poweroff") || !strings.Contains(text, "\nset -euo pipefail\n") {
			t.Errorf("%s begins with %.80q", in.Kind, text)
		}
		if len(text) > 16<<10 || regexp.MustCompile(`@[A-Z_]+@`).MatchString(text) {
			t.Errorf("%s has %d bytes", in.Kind, len(text))
		}
		table := regexp.MustCompile(`(?m)^([A-Z_]+)='([^'\n]*)'$`)
		values := map[string]string{}
		for _, line := range table.FindAllStringSubmatch(text, -1) {
			values[line[1]] = line[2]
		}
		for name, want := range map[string]string{"VERSION": in.Version, "RUN_ID": in.RunID, "REPOSITORY": in.Repository, "REGISTRY": in.Registry, "REGION": in.Region, "BUCKET": in.Bucket, "PREFIX": in.Prefix, "LIMIT_MINUTES": "720"} {
			if values[name] != want {
				t.Errorf("%s: %s is %q, want %q", in.Kind, name, values[name], want)
			}
		}
		if rest := table.ReplaceAllString(text, ""); strings.Contains(rest, in.Version) || strings.Contains(rest, in.RunID) {
			t.Errorf("%s has a value outside its table", in.Kind)
		}
	}
}

// Defect 12: what a shell would run is refused by name, whichever input it is in.
func TestDefect12HostileValuesAreRefused(t *testing.T) {
	hostile := []string{
		"main; id #", "x$(id)", "x`id`", "x; id", "x' ; id #", `x"id`, "x\nid", "main\n", "x id", "x\\", "-x", "--upload-pack=id", "../x", "x|id", "x&id",
		"x>y", "${x}", "@VERSION@", "é", "\x00",
	}
	for input, set := range map[string]func(*script.Inputs, string){
		"run id":       func(in *script.Inputs, v string) { in.RunID = v },
		"version":      func(in *script.Inputs, v string) { in.Version = v },
		"cluster":      func(in *script.Inputs, v string) { in.Cluster = v },
		"domain":       func(in *script.Inputs, v string) { in.Domain = v },
		"organization": func(in *script.Inputs, v string) { in.Organization = v },
		"repository":   func(in *script.Inputs, v string) { in.Repository = "https://example.org/" + v },
		"registry":     func(in *script.Inputs, v string) { in.Registry = v },
		"region":       func(in *script.Inputs, v string) { in.Region = v },
		"bucket":       func(in *script.Inputs, v string) { in.Bucket = v },
		"prefix":       func(in *script.Inputs, v string) { in.Prefix = v },
		"token parameter": func(in *script.Inputs, v string) {
			in.TokenParameter = v
		},
		"data bucket": func(in *script.Inputs, v string) { in.DataBucket = v },
		"data folder": func(in *script.Inputs, v string) { in.DataFolder = v },
		"image":       func(in *script.Inputs, v string) { in.Images = []string{"sliderule", v} },
	} {
		t.Run(input, func(t *testing.T) {
			for _, value := range hostile {
				in := test()
				if input == "image" {
					in = release()
				}
				set(&in, value)
				text, err := script.Render(in)
				var refused *script.InputError
				if text != "" || !errors.As(err, &refused) || refused.Input != input || refused.Remedy == "" || strings.ContainsAny(err.Error(), "\n\x00") {
					t.Errorf("%q: %v", value, err)
				}
			}
		})
	}
}

func TestInputsThatARunDoesNotTake(t *testing.T) {
	for name, c := range map[string]struct {
		in    script.Inputs
		set   func(*script.Inputs)
		input string
	}{
		"no kind":                 {test(), func(in *script.Inputs) { in.Kind = "bench" }, "kind"},
		"no version":              {test(), func(in *script.Inputs) { in.Version = "" }, "version"},
		"no cluster":              {test(), func(in *script.Inputs) { in.Cluster = "" }, "cluster"},
		"no time":                 {test(), func(in *script.Inputs) { in.Limit = 0 }, "time limit"},
		"little time":             {test(), func(in *script.Inputs) { in.Limit = 4 * time.Minute }, "time limit"},
		"half a minute":           {test(), func(in *script.Inputs) { in.Limit = 5*time.Minute + 30*time.Second }, "time limit"},
		"days":                    {test(), func(in *script.Inputs) { in.Limit = 25 * time.Hour }, "time limit"},
		"a repository with a key": {test(), func(in *script.Inputs) { in.Repository = "https://user:key@example.org/x.git" }, "repository"},
		"no https":                {test(), func(in *script.Inputs) { in.Repository = "ext::sh -c id" }, "repository"},
		"latest is no release":    {release(), func(in *script.Inputs) { in.Version = "latest" }, "version"},
		"a branch is no tag":      {release(), func(in *script.Inputs) { in.Version = "feature/x" }, "version"},
		"another registry":        {release(), func(in *script.Inputs) { in.Registry = "registry.example.org" }, "registry"},
		"an image twice":          {release(), func(in *script.Inputs) { in.Images = []string{"ilb", "ilb"} }, "image"},
	} {
		t.Run(name, func(t *testing.T) {
			c.set(&c.in)
			_, err := script.Render(c.in)
			var refused *script.InputError
			if !errors.As(err, &refused) || refused.Input != c.input {
				t.Errorf("got %v", err)
			}
		})
	}
	for name, set := range map[string]func(*script.Inputs){
		"a branch":                func(in *script.Inputs) { in.Version = "feature/x" },
		"a commit":                func(in *script.Inputs) { in.Version = strings.Repeat("0a", 20) },
		"the live public cluster": func(in *script.Inputs) { in.Cluster = "sliderule" },
		"a domain with a port":    func(in *script.Inputs) { in.Domain = "sr.test:8443" },
		"a registry of one's own": func(in *script.Inputs) { in.Registry = "registry.example.org:5000/images" },
	} {
		t.Run(name, func(t *testing.T) {
			in := test()
			set(&in)
			if _, err := script.Render(in); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestParseSummary(t *testing.T) {
	s, err := script.ParseSummary([]byte(`{"run_id":"x","kind":"test","version":"main","status":"failed","started":"2026-08-01T09:00:00Z","ended":"2026-08-01T10:00:00Z",
		"suites":{"python":{"status":"failed","passed":1,"failed":2,"skipped":3,"errors":4,"seconds":5}},"failure":{"step":"suites","words":"python: 2 failed"}}`))
	if err != nil || s.Suites["python"] != (script.Suite{Status: "failed", Passed: 1, Failed: 2, Skipped: 3, Errors: 4, Seconds: 5}) || s.Ended.Sub(s.Started) != time.Hour || s.Failure.Step != "suites" {
		t.Errorf("%+v, %v", s, err)
	}
	for _, text := range []string{
		"", "{", "{}", "null", `{"run_id":"x","kind":"test","status":"walking"}`, `{"kind":"test","status":"passed"}`, `{"run_id":"x","status":"passed"}`,
		`{"branch":"main","status":true}`,
	} {
		if _, err := script.ParseSummary([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
