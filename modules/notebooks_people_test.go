package modules_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	fake "github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

// The letters are those under which the defects of the published deployer are listed.

var (
	legalName    = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	legalCluster = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,49}[a-z0-9])?$`)
)

// A: names were the prefix and the raw part before the @, illegal for some and equal for others.
func TestDefectAOrdinaryAddressesGetNames(t *testing.T) {
	t.Parallel()
	people := []string{"Ann.Lee@a.com", "ann@a.com", "ann@b.com", "ann+data@a.com", "ANN_LEE@a.com", "o'brien@a.com", "1@a.com"}
	for environment, c := range map[string]struct {
		module string
		has    func(given) map[string]one
	}{
		"workbench":        {managedModule, func(g given) map[string]one { return g.Notebooks }},
		"managed":          {managedModule, func(g given) map[string]one { return g.Notebooks }},
		"dataproc_hub":     {userManagedModule, func(g given) map[string]one { return g.People }},
		"session_template": {userManagedModule, func(g given) map[string]one { return g.People }},
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			p.asks(t, c.module, users(people...), fmt.Sprintf("environment = %q", environment))
			p.apply(t)
			has := c.has(p.gives(t, "notebooks"))
			names := map[string]string{}
			for _, email := range people {
				n := has[strings.ToLower(email)]
				if !legalName.MatchString(n.Name) || names[n.Name] != "" || n.Outcome != "created" {
					t.Errorf("%s has %+v, and %q has that name", email, n, names[n.Name])
				}
				names[n.Name] = email
			}
			there := p.things()
			for name := range names {
				if !slices.ContainsFunc(slices.Collect(maps.Keys(there)), func(id string) bool { return strings.HasSuffix(id, "/"+name) }) {
					t.Errorf("there is no %s in %v", name, there)
				}
			}

			p.settled(t) // names are stable,
			people := slices.Clone(people)
			for i := range people {
				people[i] = strings.ToUpper(people[i])
			}
			p.asks(t, c.module, users(people...), fmt.Sprintf("environment = %q", environment))
			p.settled(t) // and another case is no other person
		})
	}
}

// A: bad input failed at apply, or never.
func TestDefectABadAddressesAreRefusedAtPlan(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, module := range []string{managedModule, userManagedModule} {
		for bad, c := range map[string]struct{ list, refusal string }{
			"no address":         {users("ana@example.com", "bo"), `notebook_users_list has "bo": write each person's plain e-mail address`},
			"a display name":     {users("Bo <bo@example.com>"), `notebook_users_list has "Bo <bo@example.com>": write each`},
			"one person, twice":  {users("ana@example.com", "Ana@Example.com"), "one person twice, as Ana@Example.com and ana@example.com: case does not tell"},
			"spaces around them": {users("ana@example.com", " ana@example.com"), "one person twice, as  ana@example.com and ana@example.com"},
		} {
			t.Log(module, bad)
			p.asks(t, module, c.list)
			p.refuses(t, strings.Join(strings.Fields(c.refusal), " "))
		}
	}
	if there := p.things(); len(there) > 0 {
		t.Errorf("a plan made %v", there)
	}
}

// B: the hub names its clusters after the notebook and the e-mail, and nobody checked what comes of that.
func TestDefectBEveryHubCanNameItsCluster(t *testing.T) {
	t.Parallel()
	people := []string{"Bo@example.com", "bartholomew.q.featherstonehaugh@example.com", strings.Repeat("m", 28) + "@example.com", "Ann.Lee+data@example.com"}
	p := newProject(t)
	long := "a-prefix-of-as-many-as-forty-characters-" // and of 13 more, of which each instance has its own
	var blocks []string
	for name, prefix := range map[string]string{"short": "h", "published": "user-managed-instance", "one": long + "thirteen-chra", "other": long + "thirteen-chrb"} {
		blocks = append(blocks, instance(name, userManagedModule, users(people...), `environment = "dataproc_hub"`, fmt.Sprintf("user_managed_instance_prefix = %q", prefix)))
	}
	p.holds(t, blocks...)
	p.apply(t)
	hubs, seen := p.google.Google.LegacyInstances(), map[string]bool{}
	for _, hub := range hubs {
		name := hub.Name[strings.LastIndex(hub.Name, "/")+1:]
		local, _, _ := strings.Cut(hub.Metadata["proxy-user-mail"], "@")
		cluster := "hub-" + name + "-" + regexp.MustCompile(`[^a-zA-Z0-9=]`).ReplaceAllString(local, "-")
		if !legalCluster.MatchString(cluster) || seen[cluster] {
			t.Errorf("the hub %s of %s names its cluster %s, of %d characters", name, hub.Metadata["proxy-user-mail"], cluster, len(cluster))
		}
		seen[cluster] = true
	}
	if len(hubs) != 4*len(people) {
		t.Errorf("there are %d hubs", len(hubs))
	}
	p.settled(t)
}

func TestDefectBWhoCanHaveNoHubIsToldAtPlan(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	tooLong := strings.Repeat("m", 36) + "@example.com"
	p.asks(t, userManagedModule, users("ana@example.com", tooLong), `environment = "dataproc_hub"`)
	p.refuses(t, "notebook_users_list has "+tooLong, "at most 35 characters before the @", `environment = "workbench"`)
	p.asks(t, userManagedModule, users("ana-@example.com"), `environment = "dataproc_hub"`)
	p.refuses(t, "notebook_users_list has ana-@example.com", "the last a letter or a digit")
	p.asks(t, userManagedModule, users("ana@example.com"), `environment = "dataproc_hub"`, `names = { "ana@example.com" = "a-name-of-exactly-forty-four-characters-1234" }`)
	p.refuses(t, "The hub's clusters would have a name that Dataproc refuses", "hub-a-name-of-exactly-forty-four-characters-1234-ana")
	p.asks(t, userManagedModule, users(tooLong)) // a Workbench notebook they can have
	p.plan(t)
}

// K: a literal service account and a literal bucket allowed one instance a project, and one project in the world.
func TestDefectKTwoInstancesOfEachModuleInOneProject(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	everybody := users("ana@example.com", "bo@example.com")
	p.holds(t,
		instance("m1", managedModule, everybody),
		instance("m2", managedModule, everybody, `managed_instance_prefix = "second"`),
		instance("u1", userManagedModule, everybody, `environment = "dataproc_hub"`),
		instance("u2", userManagedModule, everybody, `environment = "dataproc_hub"`, `user_managed_instance_prefix = "second-hub"`),
	)
	if said := p.apply(t); !strings.Contains(said, "18 added, 0 changed, 0 destroyed") {
		t.Error(said)
	}
	p.settled(t)
	if n := len(p.google.Storage.Buckets()); n != 2 {
		t.Errorf("there are %d buckets", n)
	}
	for _, b := range p.google.Storage.Buckets() {
		if b.Name == "personal_dataproc_notebooks" || !strings.HasPrefix(b.Name, "data-access-") {
			t.Errorf("a bucket is called %s", b.Name)
		}
	}
	if n := len(p.google.Google.ServiceAccounts()); n != 2 {
		t.Errorf("there are %d service accounts", n)
	}
	p.must(t, 0, "destroy", "-auto-approve")
	same(t, p.things(), map[string]string{})
}

// N: the owner of a runtime cannot be changed, and the plan said that it would.
func TestDefectNAnotherOwnerIsAReplacement(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	ask := func(email string) {
		p.asks(t, managedModule, users(email), `environment = "managed"`, fmt.Sprintf("names = { %q = \"of-the-team\" }", email))
	}
	ask("ana@example.com")
	p.apply(t)
	p.settled(t)

	// Somebody else changed it by hand: what is there is not Ana's.
	runtime := p.google.Google.Runtimes()[0].Name
	if err := p.google.Google.Edit(fake.Runtime, runtime, map[string]any{"accessConfig": map[string]any{"runtimeOwner": "bo@example.com"}}); err != nil {
		t.Fatal(err)
	}
	contains(t, p.plan(t), `"ana@example.com"] must be replaced`, "1 to add, 0 to change, 1 to destroy")
	p.apply(t)
	if owner := p.google.Google.Runtimes()[0].AccessConfig.RuntimeOwner; owner != "ana@example.com" {
		t.Errorf("the notebook is %s's", owner)
	}

	ask("bo@example.com") // the same notebook for another person is another notebook too
	contains(t, p.plan(t), "1 to add, 0 to change, 1 to destroy")
}

// A provider block inside each module forbade all of these.
func TestModulesTakeCountForEachAndDependsOn(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.holds(t, `
locals {
  teams = { red = ["ana@example.com"], blue = ["ana@example.com", "bo@example.com"] }
}

module "managed" {
  source                  = "../modules/personal-managed-notebook"
  for_each                = local.teams
  depends_on              = [module.hubs]
  project_id              = "data-access"
  notebook_users_list     = each.value
  managed_instance_prefix = each.key
}

module "hubs" {
  source                       = "../modules/personal-user-managed-notebook"
  for_each                     = local.teams
  project_id                   = "data-access"
  environment                  = "dataproc_hub"
  notebook_users_list          = each.value
  user_managed_instance_prefix = "hub-${each.key}"
}

module "sessions" {
  source              = "../modules/personal-user-managed-notebook"
  count               = 1
  project_id          = "data-access"
  environment         = "session_template"
  notebook_users_list = ["ana@example.com"]
}
`)
	contains(t, p.apply(t), "15 added, 0 changed, 0 destroyed")
	p.settled(t)
}

// Who leaves takes their own things along, and nobody else's.
func TestRemovingAPersonRemovesTheirThingsAlone(t *testing.T) {
	t.Parallel()
	for environment, c := range map[string]struct {
		module string
		goes   int
	}{
		"workbench":        {userManagedModule, 3},
		"dataproc_hub":     {userManagedModule, 3},
		"session_template": {userManagedModule, 1},
		"managed":          {managedModule, 1},
	} {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			ask := func(emails ...string) {
				p.asks(t, c.module, users(emails...), fmt.Sprintf("environment = %q", environment))
			}
			ask("ann@a.com", "ann@b.com", "annie@a.com")
			p.apply(t)
			before := p.things()
			anns := "ann-emaq2vhh" // ann@a.com's, in every name
			after := without(before, anns, "emaq2vhh-ann")
			if len(before)-len(after) != c.goes {
				t.Fatalf("of\n%v\nthese are not hers:\n%v", before, after)
			}

			ask("ann@b.com", "annie@a.com")
			contains(t, p.apply(t), fmt.Sprintf("%d destroyed", c.goes))
			same(t, p.things(), after)
			p.settled(t)
		})
	}
}
