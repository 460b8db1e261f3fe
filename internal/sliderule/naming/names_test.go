package naming_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		naming.ClusterStack("dev"):                            "dev-cluster",
		naming.UserStack("dev", "Ana-Diaz"):                   "dev-cluster-Ana-Diaz-asg",
		naming.Group("dev"):                                   "dev-asg",
		naming.Project("dev"):                                 "cluster-dev",
		naming.Endpoint("dev", "sr.test:8443"):                "https://dev.sr.test:8443",
		naming.Issuer("slideruleearth.io"):                    "https://login.slideruleearth.io",
		naming.Schedule(naming.ClusterStack("dev")):           "dev-cluster-auto-shutdown",
		naming.RetrySchedule(naming.ClusterStack("dev")):      "dev-cluster-auto-shutdown-retry",
		naming.Schedule(strings.Repeat("a", 40) + "-cluster"): strings.Repeat("a", 40) + "-cluster-auto-shutdown", // 62, as upstream
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Defect 11: long names, and logins with hyphens.
func TestLongAndAmbiguousNamesStayApart(t *testing.T) {
	stackForm := regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`)
	scheduleForm := regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}$`)
	c40, l39 := strings.Repeat("c", 40), strings.Repeat("l", 39)
	clusters := []string{"foo", "foo-cluster", "foo-cluster-x", "foo-clusterx", "foo-cluster-bar", "foo-asg", "foo-cluster-x-asg", c40, c40[:39] + "d", c40[:33]}
	logins := []string{
		"x", "bar", "bar-cluster-x", "cluster", "cluster-x", "asg", "cluster-asg", "x-cluster", "auto-shutdown", "ana_corp", "ana-", "-ana", "a--b",
		l39, l39[:38] + "m", strings.Repeat("l", 64),
	}
	seen := map[string]string{}
	claim := func(name, by string) {
		t.Helper()
		if other, taken := seen[name]; taken {
			t.Errorf("%s and %s share the name %s", by, other, name)
		}
		seen[name] = by
	}
	schedules := func(stack, by string) {
		t.Helper()
		for _, name := range []string{naming.Schedule(stack), naming.RetrySchedule(stack)} {
			if !scheduleForm.MatchString(name) {
				t.Errorf("%s: EventBridge does not take %q (%d characters)", by, name, len(name))
			}
			claim("schedule "+name, by)
		}
	}
	for _, cluster := range clusters {
		stack := naming.ClusterStack(cluster)
		claim(stack, cluster)
		schedules(stack, cluster)
		if read, ok := naming.ParseStack(stack); !ok || read != (naming.Stack{Cluster: cluster}) {
			t.Errorf("%s reads as %+v, %v", stack, read, ok)
		}
		for _, login := range logins {
			stack, by := naming.UserStack(cluster, login), cluster+"/"+login
			claim(stack, by)
			schedules(stack, by)
			read, ok := naming.ParseStack(stack)
			if !stackForm.MatchString(stack) || !ok || read.Cluster != cluster || !read.IsUser || (read.User != login && read.User != "") {
				t.Errorf("%s: %s reads as %+v, %v", by, stack, read, ok)
			}
		}
	}
	if read, _ := naming.ParseStack("dev-cluster-fix-it-asg"); read.User != "fix-it" {
		t.Errorf("a login with a hyphen reads as %q", read.User)
	}
}

// Defect 2: destroying foo must not reach foo-cluster-x or foo-clusterx.
func TestAStackBelongsToExactlyOneCluster(t *testing.T) {
	for stack, want := range map[string]naming.Stack{
		"foo-cluster":                 {Cluster: "foo"},
		"foo-cluster-ana-asg":         {Cluster: "foo", IsUser: true, User: "ana"},
		"foo-cluster-x-cluster":       {Cluster: "foo-cluster-x"},
		"foo-clusterx-cluster":        {Cluster: "foo-clusterx"},
		"foo-cluster-x-cluster-b-asg": {Cluster: "foo-cluster-x", IsUser: true, User: "b"},
		"foo-clusterx-cluster-b-asg":  {Cluster: "foo-clusterx", IsUser: true, User: "b"},
	} {
		if read, ok := naming.ParseStack(stack); !ok || read != want {
			t.Errorf("%s reads as %+v, %v; want %+v", stack, read, ok, want)
		}
	}
	for _, other := range []string{
		"", "foo", "dns", "testrunner", "sliderule-foundation", "-cluster", "Foo-cluster", "ps-cluster", "foo-cluster-", "foo-asg", "foo-cluster-asg", "-cluster-ana-asg",
		"foo-cluster--asg", "foo-cluster-a.b-asg", "foo-cluster\n", "foo-cluster-ana-asg\n", "login-cluster-ana-asg",
	} {
		if read, ok := naming.ParseStack(other); ok {
			t.Errorf("%q reads as %+v", other, read)
		}
	}
}

func FuzzParseStack(f *testing.F) {
	for _, seed := range []string{"foo-cluster", "foo-cluster-x-asg", "foo-cluster-cluster-x-asg", "a-cluster--aaaaaaaaaaaaa-asg", "\x00", "-cluster-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		read, ok := naming.ParseStack(name)
		if !ok {
			return
		}
		if naming.CheckCluster(read.Cluster) != nil {
			t.Fatalf("%q reads as the impossible cluster %q", name, read.Cluster)
		}
		if !read.IsUser && naming.ClusterStack(read.Cluster) != name {
			t.Fatalf("%q reads as another stack's cluster %q", name, read.Cluster)
		}
		if read.User != "" && name != read.Cluster+"-cluster-"+read.User+"-asg" {
			t.Fatalf("%q reads as %+v", name, read)
		}
	})
}

func FuzzUserStack(f *testing.F) {
	f.Add("foo", "cluster-x")
	f.Add("foo-cluster", "x")
	f.Fuzz(func(t *testing.T, cluster, login string) {
		if naming.CheckCluster(cluster) != nil || naming.CheckLogin(login) != nil {
			return
		}
		stack := naming.UserStack(cluster, login)
		if read, ok := naming.ParseStack(stack); !ok || read.Cluster != cluster || !read.IsUser || len(stack) > 128 || len(naming.RetrySchedule(stack)) > 64 {
			t.Fatalf("%s, %s: %s reads as %+v, %v", cluster, login, stack, read, ok)
		}
	})
}
