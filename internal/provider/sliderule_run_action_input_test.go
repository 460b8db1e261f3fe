package provider_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// Whatever is wrong with an action is one error, before anything is asked of AWS. Defect 12.
func TestBadInputForRunActionsIsRefused(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	a := newActor(w, "")
	test := fields{"cluster": "dev", "version": "main"}
	release := fields{"cluster": "dev", "version": "v5.5.1"}
	for name, c := range map[string]struct {
		action string
		config fields
		want   []string // all of them in one error; none: it is accepted
	}{
		"a plain test":               {testAction, test, nil},
		"a plain release":            {releaseAction, release, nil},
		"a version only apply tells": {testAction, test.with("version", later{}), nil},
		"a version for a shell":      {testAction, test.with("version", "x$(id)"), []string{"version", "x$(id)"}},
		"a version with a newline":   {testAction, test.with("version", "main\n"), []string{"version", `main\n`}},
		"a version like an option":   {testAction, test.with("version", "--upload-pack=id"), []string{"version", "--upload-pack=id"}},
		"a release of latest":        {releaseAction, release.with("version", "latest"), []string{"version", "latest", "move_latest"}},
		"a release of a branch":      {releaseAction, release.with("version", "feature/x"), []string{"version", "feature/x"}},
		"a name with _":              {testAction, test.with("cluster", "my_team"), []string{"cluster", "my_team"}},
		"hardly any time":            {testAction, test.with("time_limit", 9), []string{"time_limit 9", "10"}},
		"no time":                    {testAction, test.with("time_limit", 0), []string{"time_limit", "leave time_limit out"}},
		"a day":                      {releaseAction, release.with("time_limit", 1440), []string{"time_limit 1440", "720"}},
		"many retries":               {testAction, test.with("retries", 6), []string{"retries 6", "0 to 5"}},
		"fewer retries than none":    {testAction, test.with("retries", -1), []string{"retries -1"}},
		"a small disk":               {testAction, test.with("volume_gb", 10), []string{"volume_gb 10", "20"}},
		"an unknown processor":       {testAction, test.with("architecture", "riscv"), []string{"architecture", "riscv", "arm64"}},
		"a release for Intel":        {releaseAction, release.with("architecture", "x86_64"), []string{"architecture", "x86_64"}},
		"machines of Intel's":        {testAction, test.with("instance_types", []any{"m7i.2xlarge"}), []string{"instance_types", "m7i.2xlarge", "arm64"}},
		"an empty machine":           {testAction, test.with("instance_types", []any{""}), []string{"instance_types"}},
		"no zone":                    {testAction, test.with("zones", []any{"west"}), []string{"zones", "west", "us-west-2a"}},
		"no subnet":                  {testAction, test.with("subnets", []any{"mine"}), []string{"subnets", "mine", "subnet-"}},
		"no security group":          {testAction, test.with("security_group", "open"), []string{"security_group", "open", "sg-"}},
		"a repository with a token":  {testAction, test.with("repository", "https://me:secret@host/x.git"), []string{"repository", "token"}},
		"an image with a tag":        {releaseAction, release.with("image_names", []any{"ilb:v1"}), []string{"image_names", "ilb:v1"}},
		"a timeout without a unit":   {testAction, test.with("timeouts", fields{"invoke": "90"}), []string{"timeouts", "invoke"}},
	} {
		said := a.validates(c.action, c.config)
		if len(said) != min(len(c.want), 1) {
			t.Errorf("%s: %d errors: %v", name, len(said), said)
			continue
		}
		if c.want == nil {
			continue
		}
		if err := contains(said[0], append(c.want, "ERROR")...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if calls := w.Wire.Calls(); len(calls) != 0 {
		t.Errorf("AWS was asked: %v", calls)
	}
}

// Runs are an administrator's: a member is told so in the plan, once, and again by whoever does without one.
func TestRunActionsAreForAdministrators(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	login, err := w.region().Login(t.Context(), sliderule.LoginRequest{Token: w.Env()["SLIDERULE_GITHUB_TOKEN"], GitHubURL: w.GitHubURL, HTTP: http.DefaultClient})
	w.must(err)
	a := newActor(w, login.Token)
	for action, config := range map[string]fields{testAction: {"cluster": "dev", "version": "main"}, releaseAction: {"cluster": "dev", "version": "v5.5.1"}} {
		if said := a.plans(action, config); strings.Count(said, "ERROR") != 1 || !strings.Contains(said, "administrator") {
			t.Errorf("%s: the plan says %s", action, said)
		}
		if _, said := a.invokes(t.Context(), action, config, nil); !strings.Contains(said, "ERROR: The ") || !strings.Contains(said, "administrator") {
			t.Errorf("%s: it says %s", action, said)
		}
	}
	if n := w.acted("RunInstances"); n != 0 {
		t.Errorf("%d machines were started", n)
	}
	if said := newActor(w, "").plans(testAction, fields{"cluster": "dev", "version": "main"}); said != "" {
		t.Errorf("an administrator is told %s", said)
	}
}

// What the configuration alone does not show is refused before anything is applied, and where AWS cannot be reached a
// plan does without it.
func TestRunActionsPlanWithoutAWS(t *testing.T) {
	t.Parallel()
	w := newSlideruleWorld(t)
	a := newActor(w, "")
	config := fields{"cluster": "dev", "version": "main"}
	if said := a.plans(testAction, config); said != "" {
		t.Errorf("the plan says %s", said)
	}
	_, said := a.invokes(t.Context(), testAction, config, nil)
	if err := contains(said, "ERROR: The test run could not be started: ", "sliderule-foundation", "does not exist"); err != nil {
		t.Error(err)
	}
}

// Every action is described, has an example and a page.
func TestSchemasOfActions(t *testing.T) {
	t.Parallel()
	p := newProtocol(t, newWorld(t))
	if len(p.schemas.ActionSchemas) != 2 {
		t.Errorf("there are %d actions", len(p.schemas.ActionSchemas))
	}
	for name, action := range p.schemas.ActionSchemas {
		walk(t, name, action.Schema.Block)
		if !strings.Contains(action.Schema.Block.Description, "Terraform 1.14") {
			t.Errorf("%s does not say which Terraform it needs", name)
		}
		wantFiles(t, filepath.Join("../../examples/actions", name, "action.tf"), filepath.Join("../../docs/actions", strings.TrimPrefix(name, "provisioner_")+".md"))
	}
}
