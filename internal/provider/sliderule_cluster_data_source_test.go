package provider_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/loadbalancer"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

const slideruleData = "data.provisioner_sliderule_cluster.test"

// newAskedWorld is a founded world whose load balancers the provider asks. The way there is in the environment, so that
// these tests run one after the other.
func newAskedWorld(t *testing.T) *slideruleWorld {
	t.Helper()
	w := newFoundedWorld(t)
	t.Setenv("PROVISIONER_SLIDERULE_URL", w.SlideRuleURL)
	return w
}

// deployTwoNodes makes the cluster dev, of two nodes, past the provider.
func (w *slideruleWorld) deployTwoNodes(version string, public bool) *sliderule.Cluster {
	w.t.Helper()
	made, err := w.region().Deploy(context.Background(), sliderule.Wanted{
		Cluster: "dev", IsPublic: public, NodeCapacity: 2, MaxNodes: 4, TimeToLive: 2 * time.Hour, Version: version,
		Nodes: sliderule.Nodes{InstanceTypes: []string{sliderule.DefaultInstanceType}, VolumeGB: sliderule.DefaultVolumeGB},
	}, true)
	if err != nil || made.Problem != nil {
		w.t.Fatalf("got %+v, %v", made, err)
	}
	return made
}

// order has a load balancer behave otherwise.
func (w *slideruleWorld) order(o loadbalancer.Order) {
	w.t.Helper()
	if err := w.SlideRule.Order(o); err != nil {
		w.t.Fatal(err)
	}
}

func reading(cluster, more string) string {
	return fmt.Sprintf("data \"provisioner_sliderule_cluster\" \"test\" {\n  cluster = %q\n%s\n}\n", cluster, more)
}

func saying(texts ...string) knownvalue.Check {
	return knownvalue.StringRegexp(inThisOrder(texts...))
}

func TestSlideruleClusterDataSource(t *testing.T) {
	w := newAskedWorld(t)
	unasked := []any{"up", knownvalue.Null(), "server_version", knownvalue.Null(), "registered_nodes", knownvalue.Null(), "message", knownvalue.Null()}
	absent := []any{
		"status", "not running", "current_nodes", knownvalue.Int64Exact(0), "stack_id", knownvalue.Null(), "node_capacity", knownvalue.Null(),
		"is_public", knownvalue.Null(), "expires_at", knownvalue.Null(), "managed_by", knownvalue.Null(),
	}
	there := []any{
		"status", "running", "is_public", knownvalue.Bool(false), "node_capacity", knownvalue.Int64Exact(2), "min_nodes", knownvalue.Int64Exact(0), "max_nodes", knownvalue.Int64Exact(4),
		"version", "v5.4.3", "endpoint", "https://dev.example.org", "ilb_address", knownvalue.NotNull(), "group_name", "dev-asg", "current_nodes", knownvalue.Int64Exact(2),
		"hourly_cost_usd", knownvalue.NotNull(), "accrued_cost_usd", knownvalue.Null(), "stack_id", knownvalue.NotNull(), "stack_status", "CREATE_COMPLETE",
		"reason", knownvalue.Null(), "ami", saying("ami-"), "managed_by", "default", "expires_at", knownvalue.NotNull(),
	}
	with := func(pairs ...any) func(*resource.TestStep) { return holds(slideruleData, pairs...) }
	before := func(do func()) func(*resource.TestStep) {
		return func(s *resource.TestStep) { s.PreConfig = do }
	}
	asked := reading("dev", "probe = true")
	w.run(
		w.onAWS(reading("dev", ""), with(absent...), with(unasked...)),
		w.onAWS(asked, with(absent...), with("up", knownvalue.Bool(false), "registered_nodes", knownvalue.Null(), "message", saying("dev is down: it has no stack", "apply its", "renew"))),
		w.onAWS(reading("dev", ""), before(func() { w.deployTwoNodes("v5.4.3", false) }), with(there...), with(unasked...)),
		// Anybody's cluster can be read.
		w.onAWSAs("other", "", reading("dev", ""), with(there...), with(unasked...)),
		w.onAWS(asked, with(there...), with(
			"up", knownvalue.Bool(true), "server_version", knownvalue.Null(), "registered_nodes", knownvalue.Int64Exact(2), "message", saying("dev is up: version not known, 2 nodes", "set jwt_user"),
		)),
		w.onAWS(asked, before(func() { w.order(loadbalancer.Order{Cluster: "dev", Registered: new(int)}) }), with(
			"status", "running", "up", knownvalue.Bool(false), "registered_nodes", knownvalue.Int64Exact(0), "message", saying("is down, although", "no node has registered"),
		)),
		w.onAWS(asked, before(func() { w.order(loadbalancer.Order{Cluster: "dev", HangUp: true}) }), with(
			"status", "running", "up", knownvalue.Bool(false), "registered_nodes", knownvalue.Null(), "message", saying("is down, although", "closed the connection"),
		)),
		w.onAWS(asked, before(func() { w.order(loadbalancer.Order{Cluster: "dev", Status: 502}) }), with("up", knownvalue.Bool(false), "message", saying("it answers 502"))),
	)
	if n := w.acted("CreateStack") + w.acted("DeleteStack") + w.acted("UpdateStack"); n != 0 {
		t.Errorf("who only reads has changed something %d times", n)
	}
}

// loggedIn is the token of the fake GitHub's member, whose team is called dev.
func (w *slideruleWorld) loggedIn() string {
	w.t.Helper()
	made, err := w.region().Login(context.Background(), sliderule.LoginRequest{Token: w.Env()["SLIDERULE_GITHUB_TOKEN"], GitHubURL: w.GitHubURL})
	if err != nil {
		w.t.Fatal(err)
	}
	return made.Token
}

func TestSlideruleClusterDataSourceWithALogin(t *testing.T) {
	w := newAskedWorld(t)
	w.deployTwoNodes("latest", false)
	jwt := fmt.Sprintf("jwt_user = %q", w.loggedIn())
	w.run(
		w.onAWSAs("default", jwt, reading("dev", "probe = true"), holds(slideruleData, "up", knownvalue.Bool(true), "server_version", "v5.5.0", "message", "The cluster dev is up: version v5.5.0, 2 nodes registered.")),
		w.onAWSAs("default", jwt, reading("dev-two", "probe = true"), fails("The cluster could not be read", "dev-two is not among the clusters of organization member", "Name one of: dev")),
	)
}

func TestSlideruleClusterDataSourceRefuses(t *testing.T) {
	w := newAskedWorld(t)
	fault := func(f wire.Fault) func(*resource.TestStep) {
		return func(s *resource.TestStep) {
			s.PreConfig = func() {
				w.Wire.Reset()
				if err := w.Wire.AddFault(f); err != nil {
					t.Error(err)
				}
			}
		}
	}
	w.run(
		w.onAWS(reading("my_team", ""), fails("cannot be the name of a cluster", `The value of cluster is "my_team"`, `"my-team"`)),
		w.onAWS(reading("9lab", ""), fails("cannot be the name of a cluster", `"9lab"`)),
		w.onAWS(reading("login", ""), fails("cannot be the name of a cluster", "reserved")),
		w.onAWS(reading("sliderule", ""), fails("cannot be the name of a cluster", "real name", "sliderule-20260801090000")),
		w.onAWS(reading("dev", `client_version = "abc"`), fails("not the version of a client", `The value of client_version is "abc"`, "v5.2.1")),
		w.onAWS(reading("dev", `timeouts = { read = "soon" }`), fails("soon")),
		w.onAWS(reading("sliderule-20260801090000", ""), holds(slideruleData, "status", "not running")),
		w.onAWS(reading("dev", ""), fault(wire.Fault{Vendor: "aws", Path: "DescribeStacks", Kind: wire.Status, Status: 403, Times: -1}), fails("The cluster could not be read", "Looking at the cluster dev")),
	)
	w.Wire.Reset()
	w.deployTwoNodes("latest", true)
	t.Setenv("PROVISIONER_SLIDERULE_URL", "127.0.0.1:80")
	w.run(w.onAWS(reading("dev", "probe = true"), fails("The cluster could not be asked", "no address", "PROVISIONER_SLIDERULE_URL")))
}

// read reads the data source by the protocol, which tells warnings too.
func (p *protocol) read(dataSource string, config map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	p.t.Helper()
	reply, err := p.ReadDataSource(context.Background(), &tfprotov6.ReadDataSourceRequest{
		TypeName: dataSource, Config: p.dynamic(object(p.schemas.DataSourceSchemas[dataSource].ValueType(), config)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return reply.Diagnostics
}

func TestSlideruleClusterDataSourceWarns(t *testing.T) {
	w := newAskedWorld(t)
	w.deployTwoNodes("latest", true)
	ask := func(cluster, client string) []*tfprotov6.Diagnostic {
		t.Helper()
		p := protocolOf(t, w.world, provider.Server("0.0.0-test", w.options()...)())
		return p.read("provisioner_sliderule_cluster", map[string]tftypes.Value{"cluster": text(cluster), "probe": tftypes.NewValue(tftypes.Bool, true), "client_version": text(client)})
	}
	if got := ask("dev", "v5.2.1"); len(got) != 0 {
		t.Errorf("all is well, and it says %s", told(got))
	}
	for want, c := range map[string]struct{ cluster, client string }{
		"A SlideRule cluster is not up: The cluster dev-two is down":                                              {"dev-two", "v5.2.1"},
		"A client is of another version than its SlideRule cluster: The client v4.20.0 and the server v5.5.0 are": {"dev", "v4.20.0"},
	} {
		got := ask(c.cluster, c.client)
		if len(got) != 1 || got[0].Severity != tfprotov6.DiagnosticSeverityWarning || !strings.Contains(told(got), want) {
			t.Errorf("%+v: got %s", c, told(got))
		}
	}
	if calls := w.Wire.Calls(); !regexp.MustCompile(`sliderule.*/source/version`).MatchString(fmt.Sprint(calls)) {
		t.Errorf("the cluster was never asked: %v", calls)
	}
}
