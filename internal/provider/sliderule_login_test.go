package provider_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/github"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

const anasGitHubToken = "github_pat_SECRET0123456789"

// ana is a member of the organization, and of the team dev.
func (w *slideruleWorld) addAna(change ...func(*github.Person)) {
	person := github.Person{Login: "Ana", Token: anasGitHubToken, Role: "member", Teams: []string{"dev"}, Scopes: []string{"read:org"}}
	for _, c := range change {
		c(&person)
	}
	w.GitHub.Put(person)
}

const anasLogin = `ephemeral "provisioner_sliderule_login" "ana" {
  github_token = "` + anasGitHubToken + `"
}
`

// echoed shows what the ephemeral resource gives, which no state of its own has.
func echoed(s *resource.TestStep) {
	s.ProtoV6ProviderFactories["echo"] = echoprovider.NewProviderServer()
	s.Config += "provider \"echo\" {\n data = ephemeral.provisioner_sliderule_login.ana\n}\nresource \"echo\" \"ana\" {}\n"
}

func echoes(attribute string, check knownvalue.Check) func(*resource.TestStep) {
	return func(s *resource.TestStep) {
		s.ConfigStateChecks = append(s.ConfigStateChecks, statecheck.ExpectKnownValue("echo.ana", tfjsonpath.New("data").AtMapKey(attribute), check))
	}
}

func TestSlideruleLogin(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.addAna()
	w.run(w.onAWS(anasLogin, echoed,
		echoes("account", knownvalue.StringExact("Ana")), echoes("level", knownvalue.StringExact("organization member")),
		echoes("allowed_clusters", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("ana"), knownvalue.StringExact("dev")})),
		echoes("jwt_user", knownvalue.StringFunc(func(token string) error {
			caller, err := w.region().Identify(context.Background(), token)
			return errorOr(err, same("Ana", caller.Account))
		})),
		echoes("expires_at", knownvalue.StringFunc(func(text string) error {
			at, err := time.Parse(time.RFC3339, text)
			if left := at.Sub(w.clock.Now()); err == nil && (left < 11*time.Hour || left > 12*time.Hour) {
				err = fmt.Errorf("it ends in %s", left)
			}
			return err
		}))))
	w.addAna(func(p *github.Person) { p.Role, p.Teams = "", nil })
	w.run(w.onAWS(anasLogin, echoed, echoes("level", knownvalue.StringExact("github member")), echoes("allowed_clusters", knownvalue.ListSizeExact(0))))
}

func errorOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// What cannot be answered clearly is an error that names the remedy and not the token.
func TestSlideruleLoginsThatFail(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.addAna()
	w.run(
		w.onAWS(anasLogin, echoed, first(func() { w.GitHub.Remove("Ana") }), fails("GitHub does not accept the token", "Make a new personal access token")),
		w.onAWS(anasLogin, echoed, first(func() { w.addAna(func(p *github.Person) { p.Forbidden = true }) }), fails("The login did not succeed", "GitHub does not let the token ask", "read:org")),
		w.onAWS(anasLogin, echoed, first(func() { w.addAna(); w.GitHub.SetOutage(503) }), fails("The login did not succeed", "GitHub gave no usable answer", "503")),
		w.onAWS(anasLogin, echoed, first(func() { w.GitHub.SetOutage(0); w.GitHub.Limit(0, 403) }), fails("The login did not succeed", "rate limit is used up", "Try again after")),
		w.onAWS(strings.Replace(anasLogin, "github_token ", "github_token_source = \"env:NONE\"\n github_token ", 1), echoed, fails("Invalid Attribute Combination", "github_token")),
		w.onAWS(strings.Replace(anasLogin, "github_token = \""+anasGitHubToken+"\"", "github_token_source = \""+anasGitHubToken+"\"", 1), echoed, fails("does not say where a secret lives", "github_token_source")),
	)
	w.GitHub.Reset()
	w.addAna()
	if err := w.region().RemoveFoundation(context.Background(), sliderule.DefaultFoundation); err != nil {
		t.Fatal(err)
	}
	w.run(w.onAWS(anasLogin, echoed, fails("The login did not succeed", "there is no stack sliderule-foundation", "provisioner_sliderule_foundation")))
}

// Without any token nobody is asked for anything.
func TestSlideruleLoginWithoutAToken(t *testing.T) {
	t.Setenv("SLIDERULE_GITHUB_TOKEN", "")
	bare := strings.Replace(anasLogin, "github_token = \""+anasGitHubToken+"\"", "", 1)
	resource.Test(t, resource.TestCase{Steps: []resource.TestStep{{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"provisioner": func() (tfprotov6.ProviderServer, error) { return provider.Server("0.0.0-test")(), nil },
			"echo":        echoprovider.NewProviderServer(),
		},
		Config:      bare + "provider \"echo\" {\n data = ephemeral.provisioner_sliderule_login.ana\n}\nresource \"echo\" \"ana\" {}\n",
		ExpectError: inThisOrder("There is no GitHub token", "github_token", "github_token_source", "SLIDERULE_GITHUB_TOKEN"),
	}}})
}

// The other ways to give a token.
func TestSlideruleLoginFromElsewhere(t *testing.T) {
	w := newFoundedWorld(t)
	w.addAna()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(anasGitHubToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SLIDERULE_GITHUB_TOKEN", anasGitHubToken)
	account := echoes("account", knownvalue.StringExact("Ana"))
	w.run(
		w.onAWS(strings.Replace(anasLogin, "github_token = \""+anasGitHubToken+"\"", "", 1), echoed, account),
		w.onAWS(strings.Replace(anasLogin, "github_token = \""+anasGitHubToken+"\"", "github_token_source = \"file:"+file+"\"", 1), echoed, account),
	)
}

// as is a provider that acts with Ana's login, beside the one that logs her in.
const as = `provider "provisioner" {
  alias     = "ana"
  sliderule = { jwt_user = ephemeral.provisioner_sliderule_login.ana.jwt_user }
}
`

func anasCluster(name string, nodes, minutes int) string {
	return fmt.Sprintf("resource \"provisioner_sliderule_cluster\" \"test\" {\n provider = provisioner.ana\n cluster = %q\n node_capacity = %d\n time_to_live = %d\n}\n", name, nodes, minutes)
}

// With a login, its limits hold at plan.
func TestLimitsOfALoginHoldAtPlan(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.addAna()
	plan := func(body string, more ...func(*resource.TestStep)) resource.TestStep {
		step := w.bare("provider \"provisioner\" {}\n"+anasLogin+as+body, more...)
		step.PlanOnly = true
		return step
	}
	narrow := strings.Replace(as, "jwt_user =", "limits = { organization_member = { node_capacity = 3 } }, jwt_user =", 1)
	narrowed := w.bare("provider \"provisioner\" {}\n"+anasLogin+narrow+anasCluster("dev", 4, 60), fails("node_capacity", "4 exceeds 3 for organization member"))
	w.run(
		plan(anasCluster("dev", 51, 60), fails("node_capacity", "51 exceeds 50 for organization member")),
		plan(anasCluster("dev", 2, 721), fails("time_to_live", "721 exceeds 720 for organization member")),
		plan(anasCluster("others", 2, 60), fails("others")),
		narrowed,
		plan(anasCluster("dev", 50, 720), func(s *resource.TestStep) { s.ExpectNonEmptyPlan = true }),
	)
	if n := w.acted("CreateStack"); n != 0 {
		t.Errorf("%d stacks were made", n)
	}
}

// A login that is none is refused at the provider's attribute, before anything is planned.
func TestLoginsThatAreNone(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.addAna()
	made, err := w.region().Login(context.Background(), sliderule.LoginRequest{Token: anasGitHubToken, GitHubURL: w.GitHubURL})
	if err != nil {
		t.Fatal(err)
	}
	given := func(token string, more ...func(*resource.TestStep)) resource.TestStep {
		step := w.onAWSAs("default", fmt.Sprintf("jwt_user = %q", token), based(""), more...)
		step.PlanOnly = true
		return step
	}
	parts := strings.Split(made.Token, ".")
	changed := parts[0] + "." + parts[1][:len(parts[1])-4] + "AAAA." + parts[2]
	w.run(
		given("nonsense", fails("The SlideRule login cannot be used", "jwt_user", "the token is not valid", "Log in again")),
		given(changed, fails("The SlideRule login cannot be used", "jwt_user", "the token is not valid", "Log in again")),
		given(made.Token, first(func() { w.pass(13 * time.Hour) }), fails("The SlideRule login cannot be used", "jwt_user", "the token has expired", "Log in again")),
	)
}

// Neither the GitHub token nor the login is in a log, a plan or a state.
func TestLoginsStayOutOfLogsStateAndPlan(t *testing.T) {
	t.Parallel()
	w := newFoundedWorld(t)
	w.addAna()
	p := newProject(t, w.world, `terraform {
  required_providers {
    provisioner = { source = "data-access/provisioner" }
  }
}
provider "provisioner" {
  aws = { region = "`+slideruleRegion+`" }
}
ephemeral "provisioner_sliderule_login" "ana" {}
provider "provisioner" {
  alias     = "ana"
  aws       = { region = "`+slideruleRegion+`" }
  sliderule = { jwt_user = ephemeral.provisioner_sliderule_login.ana.jwt_user }
}
data "provisioner_sliderule_cluster" "dev" {
  provider = provisioner.ana
  cluster  = "dev"
}
resource "provisioner_sliderule_foundation" "test" {
  domain              = "`+slideruleDomain+`"
  certificate_source  = "s3://`+slideruleBucket+`/cf/`+slideruleDomain+`.pem"
  registry            = "registry.example.org"
  github_organization = "`+slideruleOrg+`"
  log_retention_days  = 30
}
`)
	if err := w.AWS().SetSpeed(context.Background(), 3600); err != nil { // this provider waits by the machine's clock
		t.Fatal(err)
	}
	env := []string{"SLIDERULE_GITHUB_TOKEN=" + anasGitHubToken, "TF_LOG=TRACE"}
	plan, out := p.command(env, "plan", "-out=plan.bin", "-no-color", "-input=false")
	if err := plan.Run(); err != nil {
		t.Fatalf("plan: %v\n%.3000s", err, out)
	}
	texts := map[string]string{"the plan": mustRead(t, p, "plan.bin"), "the log": out.String() + p.apply(env...), "the state": mustRead(t, p, "terraform.tfstate")}
	if !strings.Contains(texts["the log"], "stack event") || !strings.Contains(texts["the log"], "UPDATE_COMPLETE") {
		t.Error("the log does not tell what becomes of the stack")
	}
	if !strings.Contains(texts["the log"], "/orgs/"+slideruleOrg+"/memberships/Ana") || !strings.Contains(texts["the log"], "action=GetPublicKey") {
		t.Error("the log does not tell of the calls, so this test would prove nothing")
	}
	for what, content := range texts {
		for _, secret := range []string{anasGitHubToken, "eyJhbGciOiJSUzI1NiIs"} {
			if strings.Contains(content, secret) {
				t.Errorf("%s has %s…", what, secret[:10])
			}
		}
	}
}
