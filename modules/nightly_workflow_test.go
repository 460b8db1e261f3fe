package modules_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const nightlyWorkflow = "examples/nightly/.github/workflows/nightly.yml"

// workflow is what matters about one: what it may, when it gives up, and what it does at the end.
type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	Concurrency struct {
		Cancel bool `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Jobs map[string]struct {
		Timeout int            `yaml:"timeout-minutes"`
		Steps   []workflowStep `yaml:"steps"`
	} `yaml:"jobs"`
}

type workflowStep struct {
	ID      string         `yaml:"id"`
	Name    string         `yaml:"name"`
	If      string         `yaml:"if"`
	Run     string         `yaml:"run"`
	Uses    string         `yaml:"uses"`
	Timeout int            `yaml:"timeout-minutes"`
	With    map[string]any `yaml:"with"`
}

func nightly(t *testing.T) workflow {
	t.Helper()
	var w workflow
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join("..", nightlyWorkflow))), &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// step is the one of an id or a name.
func (w workflow) step(t *testing.T, name string) workflowStep {
	t.Helper()
	steps := w.Jobs["test"].Steps
	i := slices.IndexFunc(steps, func(s workflowStep) bool { return s.ID == name || s.Name == name })
	if i < 0 {
		t.Fatalf("there is no step %s", name)
	}
	return steps[i]
}

// actionlint is the linter of the repository's own workflows, which does not look into examples.
func actionlint(t *testing.T, path string) string {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/go.mod", "actionlint", "-shellcheck=", "-pyflakes=", path)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "..", &out, &out
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		t.Fatal(err)
	}
	return out.String()
}

func TestTheNightlyWorkflowIsValid(t *testing.T) {
	t.Parallel()
	if said := actionlint(t, nightlyWorkflow); said != "" {
		t.Error(said)
	}
}

// Nothing that can happen before it keeps the destroy from running, and no limit of the job cuts it off.
func TestTheNightlyWorkflowAlwaysDestroys(t *testing.T) {
	t.Parallel()
	w := nightly(t)
	job := w.Jobs["test"]
	last := job.Steps[len(job.Steps)-1]
	if !strings.Contains(last.Run, "terraform destroy") || !strings.HasPrefix(last.If, "always() && ") {
		t.Errorf("the last step is %+v", last)
	}
	credentials, renewed := w.step(t, "aws"), job.Steps[len(job.Steps)-2]
	if renewed.Uses != credentials.Uses || renewed.If != "always()" {
		t.Errorf("before the destroy, the credentials are not made anew: %+v", renewed)
	}
	steps := 0
	for _, s := range job.Steps {
		if s.Run != "" && s.Timeout == 0 {
			t.Errorf("the step %q may go on for ever", s.Run)
		}
		steps += s.Timeout
	}
	if steps >= job.Timeout {
		t.Errorf("the steps may take %d minutes, the job %d: a job that times out destroys nothing", steps, job.Timeout)
	}
	if seconds, _ := credentials.With["role-duration-seconds"].(int); seconds < 60*w.step(t, "apply").Timeout {
		t.Errorf("the credentials last for %d seconds, less than the apply", seconds)
	}
	if w.Concurrency.Cancel {
		t.Error("a night that runs would be cancelled, and not destroy its cluster")
	}
	for _, s := range job.Steps {
		if s.Uses != "" && !regexp.MustCompile(`@[0-9a-f]{40}$`).MatchString(s.Uses) {
			t.Errorf("%s is not pinned", s.Uses)
		}
	}
}
