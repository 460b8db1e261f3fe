package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

// binary is the folder of the provider's binary, built once for all tests of this file.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "provisioner")
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", filepath.Join(dir, "terraform-provider-provisioner"), "../..")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	closeAWSSandboxes()
	if dir, err := binary(); err == nil && os.Getenv("TF_ACC") != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// project is a folder with a configuration, driven by the real CLI and the real provider binary.
type project struct {
	t   *testing.T
	dir string
	env []string
}

const oneCluster = `
terraform {
  required_providers {
    provisioner = { source = "data-access/provisioner" }
  }
}
resource "provisioner_single_user_cluster" "test" {
  user_email    = "ana.diaz@example.com"
  defaults_json = jsonencode(` + settings + `)
}
`

func newProject(t *testing.T, w *world, config string) *project {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: this test starts a CLI")
	}
	overrides, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := &project{t: t, dir: t.TempDir()}
	p.write("main.tf", config)
	p.write("cli.tfrc", fmt.Sprintf("provider_installation {\n dev_overrides {\n \"data-access/provisioner\" = %q\n }\n direct {}\n}\n", overrides))
	p.env = append(w.Environ(os.Environ()), "TF_CLI_CONFIG_FILE="+filepath.Join(p.dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	return p
}

func (p *project) write(name, content string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) command(env []string, arguments ...string) (*exec.Cmd, *bytes.Buffer) {
	cli := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if cli == "" {
		cli = "terraform"
	}
	command := exec.CommandContext(context.Background(), cli, arguments...)
	var out bytes.Buffer
	command.Dir, command.Env, command.Stdout, command.Stderr = p.dir, slices.Concat(p.env, env), &out, &out
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command, &out
}

// apply must succeed; it returns what was printed.
func (p *project) apply(env ...string) string {
	p.t.Helper()
	command, out := p.command(env, "apply", "-auto-approve", "-no-color", "-input=false")
	if err := command.Run(); err != nil {
		p.t.Fatalf("apply: %v\n%s", err, out)
	}
	return out.String()
}

// cluster are the cluster's attributes in the state; nil when the state has none.
func (p *project) cluster() map[string]any {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "terraform.tfstate"))
	if err != nil || len(text) == 0 { // opened, and then killed
		return nil
	}
	var state struct {
		Resources []struct {
			Instances []struct {
				Status     string
				Attributes map[string]any
			}
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		p.t.Fatal(err)
	}
	if len(state.Resources) == 0 {
		return nil
	}
	instance := state.Resources[0].Instances[0]
	instance.Attributes["status"] = instance.Status
	return instance.Attributes
}

// eventually waits until something is so.
func (w *world) eventually(what string, so func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	err := await.Until(ctx, await.RealClock{}, await.Pace{Min: 20 * time.Millisecond, Max: 20 * time.Millisecond}, func(context.Context) (bool, error) { return so(), nil })
	if err != nil {
		w.t.Fatalf("it never came to this: %s", what)
	}
}

func (w *world) runs() bool {
	clusters := w.Databricks.Clusters()
	return len(clusters) == 1 && clusters[0].State == compute.StateRunning
}

// inTheMiddle is an apply whose cluster runs, and whose libraries will not be there for long.
func (p *project) inTheMiddle(w *world) (*exec.Cmd, *bytes.Buffer) {
	p.t.Helper()
	slow := quick
	slow.Library = time.Hour
	w.Databricks.SetTimings(slow)
	command, out := p.command(nil, "apply", "-auto-approve", "-no-color", "-input=false")
	if err := command.Start(); err != nil {
		p.t.Fatal(err)
	}
	w.eventually("the cluster runs", w.runs)
	return command, out
}

func TestKilledApplyIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newProject(t, w, oneCluster)
	command, _ := p.inTheMiddle(w)
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // Terraform and the provider, in the middle of the warm-up
	_ = command.Wait()
	if p.cluster() != nil {
		t.Fatal("the state knows of the cluster, so this test would prove nothing")
	}
	w.Databricks.SetTimings(quick)
	_ = os.Remove(filepath.Join(p.dir, ".terraform.tfstate.lock.info")) // what a killed CLI leaves behind
	p.apply()
	if c := p.cluster(); c["outcome"] != "created" || c["warm_up_status"] != "succeeded" || c["cluster_id"] != w.only().ClusterId {
		t.Errorf("the state has %v", c)
	}
	if state := w.only().State; state != compute.StateTerminated {
		t.Errorf("the cluster was left %s", state)
	}
}

func TestInterruptedApplyStopsTheClusterAndIsResumed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newProject(t, w, oneCluster)
	command, out := p.inTheMiddle(w)
	_ = syscall.Kill(command.Process.Pid, syscall.SIGINT) // Ctrl-C
	_ = command.Wait()
	if c := p.cluster(); c == nil || c["status"] != "" || c["warm_up_status"] != "interrupted" {
		t.Fatalf("the state has %v; Terraform said\n%s", c, out)
	}
	w.eventually("the cluster rests", func() bool { return w.only().State == compute.StateTerminated })
	w.Databricks.SetTimings(quick)
	p.apply()
	if c := p.cluster(); c["outcome"] != "created" || c["warm_up_status"] != "succeeded" || c["cluster_id"] != w.only().ClusterId {
		t.Errorf("the next apply came to %v", c)
	}
}

func TestLostReplyMakesOneCluster(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newProject(t, w, oneCluster)
	if err := w.Wire.AddFault(wire.Fault{Vendor: "databricks", Path: "/api/2.1/clusters/create", Kind: wire.ResetAfter}); err != nil {
		t.Fatal(err)
	}
	p.apply()
	if c := p.cluster(); c["outcome"] != "created" || c["cluster_id"] != w.only().ClusterId {
		t.Errorf("the state has %v", c)
	}
}

// Whoever gives an installation another name is told what that lets go, and how to take it back.
func TestARenamedInstallationIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := strings.Replace(oneCluster, "jsonencode("+settings+")", "jsonencode("+settings+")\n  warm_up = false", 1)
	p := newProject(t, w, config)
	p.apply()
	p.write("main.tf", config+"provider \"provisioner\" {\n  installation = \"prod\"\n}\n")
	out := strings.Join(strings.Fields(strings.ReplaceAll(p.apply(), "│", "")), " ")
	for _, text := range []string{"A cluster is no longer this installation's", `managed by "default"`, `installation is "prod"`, `set on_existing to "adopt"`} {
		if !strings.Contains(out, text) {
			t.Errorf("nobody was told %q: %s", text, out)
		}
	}
	p.write("main.tf", strings.Replace(config, "warm_up = false", "warm_up = false\n  on_existing = \"adopt\"", 1)+"provider \"provisioner\" {\n  installation = \"prod\"\n}\n")
	p.apply()
	if by := w.only().CustomTags["provisioner_managed_by"]; by != "prod" {
		t.Errorf("the cluster is managed by %q", by)
	}
}

// A pipeline needs no stored secret: its own identity token is exchanged at the workspace, by the SDK's chain.
func TestWorkloadIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := newProject(t, w, strings.Replace(oneCluster, "jsonencode("+settings+")", "jsonencode("+settings+")\n  warm_up = false", 1))
	p.env = slices.DeleteFunc(p.env, func(variable string) bool { return strings.HasPrefix(variable, "DATABRICKS_TOKEN=") })
	p.apply("DATABRICKS_CLIENT_ID=11111111-2222-3333-4444-555555555555", "DATABRICKS_OIDC_TOKEN=eyJhbGciOiJub25lIn0.e30.x", "DATABRICKS_AUTH_TYPE=env-oidc")
	if c := p.cluster(); c["outcome"] != "created" {
		t.Errorf("the state has %v", c)
	}
	if n := w.calls("/oidc/v1/token"); n == 0 {
		t.Error("no token was exchanged")
	}
}

// A token is read by reference or by OAuth, and is in no log, state, plan or user agent.
func TestSecretsStayOutOfLogsStateAndPlan(t *testing.T) { //nolint:tparallel // the two share one workspace and one person
	t.Parallel()
	w := newWorld(t)
	var agents sync.Map
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		agents.Store(r.UserAgent(), true)
		w.Databricks.ServeHTTP(rw, r)
	}))
	defer front.Close()
	databricksToken, slackToken, clientSecret := w.Env()["DATABRICKS_TOKEN"], w.Env()["SLACK_BOT_TOKEN"], "oauth-secret-0123456789"
	for name, access := range map[string]string{
		"token by reference": `token_source = "file:TOKEN"`,
		"OAuth":              `client_id = "11111111-2222-3333-4444-555555555555", client_secret_source = "file:SECRET"`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			access = strings.NewReplacer("TOKEN", filepath.Join(dir, "token"), "SECRET", filepath.Join(dir, "secret")).Replace(access)
			for file, secret := range map[string]string{"token": databricksToken, "secret": clientSecret, "slack": slackToken} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(secret+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p := newProject(t, w, oneCluster+`
provider "provisioner" {
  databricks = { host = "`+front.URL+`", `+access+` }
  slack      = { token_source = "file:`+filepath.Join(dir, "slack")+`" }
}`)
			p.write("main.tf", strings.Replace(mustRead(t, p, "main.tf"), "jsonencode("+settings+")", "jsonencode("+settings+")\n  warm_up = false\n  notification = {}", 1))
			for i, variable := range p.env { // only the references are left to find them by
				if strings.HasPrefix(variable, "DATABRICKS_TOKEN=") || strings.HasPrefix(variable, "SLACK_BOT_TOKEN=") {
					p.env[i] = "UNUSED_" + strings.SplitN(variable, "_", 2)[0] + "="
				}
			}
			plan, out := p.command([]string{"TF_LOG=TRACE"}, "plan", "-out=plan.bin", "-no-color", "-input=false")
			if err := plan.Run(); err != nil {
				t.Fatalf("plan: %v\n%.3000s", err, out)
			}
			log := out.String() + p.apply("TF_LOG=TRACE")
			if !strings.Contains(log, "/api/2.1/clusters/create") {
				t.Error("the log does not tell of the calls, so this test would prove nothing")
			}
			if c := p.cluster(); c["notified_at"] == nil {
				t.Errorf("the Slack token was not used: %v", c)
			}
			for what, text := range map[string]string{"the log": log, "the state": mustRead(t, p, "terraform.tfstate"), "the plan": mustRead(t, p, "plan.bin")} {
				for _, secret := range []string{databricksToken, slackToken, clientSecret} {
					if strings.Contains(text, secret) {
						t.Errorf("%s has the secret %s…", what, secret[:6])
					}
				}
			}
			destroy, out := p.command(nil, "destroy", "-auto-approve", "-no-color")
			if err := destroy.Run(); err != nil {
				t.Errorf("destroy: %v\n%s", err, out)
			}
		})
	}
	known := false
	agents.Range(func(agent, _ any) bool {
		known = known || strings.Contains(agent.(string), "terraform-provider-provisioner/")
		return true
	})
	if !known {
		t.Error("no request said whose it is")
	}
}

func mustRead(t *testing.T, p *project, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
