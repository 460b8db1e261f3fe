package provider

import (
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/probe"
)

// reported is a running one with two nodes; changes make another of it.
func reported(changes ...func(*sliderule.Cluster)) *sliderule.Cluster {
	c := &sliderule.Cluster{
		Name: "dev", StackID: "arn:aws:cloudformation:us-west-2:123456789012:stack/dev-cluster/1", State: sliderule.Running, StackStatus: "CREATE_COMPLETE",
		CurrentNodes: 2, NodeCapacity: 2, MaxNodes: 2, Version: "v5.4.3", HourlyUSD: 1, Endpoint: "https://dev.example.org",
	}
	for _, change := range changes {
		change(c)
	}
	return c
}

func inState(state sliderule.State, status, reason string) func(*sliderule.Cluster) {
	return func(c *sliderule.Cluster) { c.State, c.StackStatus, c.Reason = state, status, reason }
}

func TestWhatIsSaidOfACluster(t *testing.T) {
	t.Parallel()
	absent := &sliderule.Cluster{Name: "dev", State: sliderule.NotRunning}
	serving := &probe.Answer{Up: true, Version: "v5.5.0", Nodes: 2, NodesKnown: true}
	silent := &probe.Answer{Problem: "Asked for /discovery/status, dev.example.org: nothing listens there."}
	empty := &probe.Answer{NodesKnown: true, Problem: "No node has registered."}
	for name, c := range map[string]struct {
		report   slideruleReport
		warnings int
		said     []string // in this order; none: nothing at all
	}{
		"not asked":            {slideruleReport{cluster: reported()}, 0, nil},
		"not asked and absent": {slideruleReport{cluster: absent}, 0, nil},
		"up":                   {slideruleReport{cluster: reported(), answer: serving}, 0, []string{"The cluster dev is up: version v5.5.0, 2 nodes registered."}},
		"up with one node":     {slideruleReport{cluster: reported(), answer: &probe.Answer{Up: true, Version: "v5.5.0", Nodes: 1, NodesKnown: true}}, 0, []string{"1 node registered."}},
		"up and private": {
			slideruleReport{cluster: reported(), answer: &probe.Answer{Up: true, Nodes: 2, NodesKnown: true, Problem: "It does not tell."}},
			0,
			[]string{"up: version not known, 2 nodes registered. It does not tell."},
		},
		"absent":       {slideruleReport{cluster: absent, answer: &probe.Answer{}}, 1, []string{"down: it has no stack.", "apply its provisioner_sliderule_cluster", "renew"}},
		"rolled back":  {slideruleReport{cluster: reported(inState(sliderule.NotRunning, "ROLLBACK_COMPLETE", "no address is left")), answer: &probe.Answer{}}, 1, []string{"down: its stack is ROLLBACK_COMPLETE. The reason is no address is left.", "apply its"}},
		"going":        {slideruleReport{cluster: reported(inState(sliderule.Destroying, "DELETE_IN_PROGRESS", "")), answer: &probe.Answer{}}, 1, []string{"being destroyed, its stack is DELETE_IN_PROGRESS. To bring it up again once that is over"}},
		"coming":       {slideruleReport{cluster: reported(inState(sliderule.Deploying, "CREATE_IN_PROGRESS", "")), answer: &probe.Answer{}}, 1, []string{"not up yet", "CREATE_IN_PROGRESS. Look again later."}},
		"does not say": {slideruleReport{cluster: reported(), answer: silent}, 1, []string{"is down, although its stack is CREATE_COMPLETE. Asked for", "nothing listens there. Its machines may", "-replace"}},
		"asleep": {
			slideruleReport{cluster: reported(func(c *sliderule.Cluster) { c.CurrentNodes = 0 }), answer: empty},
			1,
			[]string{"has no nodes now: it sleeps", "when it wakes"},
		},
		"not registered yet": {slideruleReport{cluster: reported(), answer: empty}, 1, []string{"is down, although", "No node has registered."}},

		"the same major":         {slideruleReport{cluster: reported(), answer: serving, client: "v5.2.1"}, 0, []string{"up: version v5.5.0, 2 nodes registered."}},
		"another major":          {slideruleReport{cluster: reported(), answer: serving, client: "4.20.0"}, 1, []string{"2 nodes registered. The client 4.20.0 and the server v5.5.0", "client of version 5, or deploy a cluster of version 4."}},
		"another, not asked":     {slideruleReport{cluster: reported(), client: "v4.20.0"}, 1, []string{"The client v4.20.0 and the server v5.4.3"}},
		"another, and down":      {slideruleReport{cluster: reported(), answer: silent, client: "v4.20.0"}, 2, []string{"is down", "and the server v5.4.3"}},
		"latest, not asked":      {slideruleReport{cluster: reported(func(c *sliderule.Cluster) { c.Version = "latest" }), client: "v5.2.1"}, 0, []string{"not known: the server's version is latest. Set probe to ask it."}},
		"latest, and not told":   {slideruleReport{cluster: reported(func(c *sliderule.Cluster) { c.Version = "latest" }), answer: silent, client: "v5.2.1"}, 1, []string{"the server's version is latest."}},
		"a client and nobody":    {slideruleReport{cluster: absent, client: "v5.2.1"}, 0, nil},
		"a client of nobody now": {slideruleReport{cluster: absent, answer: &probe.Answer{}, client: "v5.2.1"}, 1, []string{"it has no stack"}},
	} {
		said := c.report.message()
		if (said == "") != (len(c.said) == 0) {
			t.Errorf("%s: %q", name, said)
		}
		rest := said
		for _, part := range c.said {
			at := strings.Index(rest, part)
			if at < 0 {
				t.Errorf("%s: %q is not in %q", name, part, said)
				break
			}
			rest = rest[at+len(part):]
		}
		warnings := c.report.warnings()
		if len(warnings) != c.warnings {
			t.Errorf("%s: warnings %+v", name, warnings)
		}
		for _, w := range warnings {
			if !strings.Contains(said, w.detail) {
				t.Errorf("%s: the warning says %q, the message %q", name, w.detail, said)
			}
		}
		if strings.Contains(said, "  ") || strings.Contains(said, "..") || strings.Contains(said, "%!") {
			t.Errorf("%s: %q is not well written", name, said)
		}
	}
}

func TestWhatNobodyToldIsNull(t *testing.T) {
	t.Parallel()
	var m slideruleClusterDataModel
	m.saw(slideruleReport{cluster: &sliderule.Cluster{Name: "dev", State: sliderule.NotRunning}})
	if m.Status.ValueString() != "not running" || m.CurrentNodes.ValueInt64() != 0 || m.HourlyCostUSD.IsNull() ||
		!m.IsPublic.IsNull() || !m.NodeCapacity.IsNull() || !m.MinNodes.IsNull() || !m.MaxNodes.IsNull() || !m.StackID.IsNull() ||
		!m.AccruedCostUSD.IsNull() || !m.Up.IsNull() || !m.RegisteredNodes.IsNull() || !m.Message.IsNull() || !m.ExpiresAt.IsNull() {
		t.Errorf("got %+v", m)
	}
	end := time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)
	c := reported(func(c *sliderule.Cluster) {
		c.HourlyUSD, c.ExpiresAt, c.CostsKnown, c.ManagedBy = 0, end, true, "default"
	})
	m.saw(slideruleReport{cluster: c, answer: &probe.Answer{Problem: "It is silent."}})
	if !m.HourlyCostUSD.IsNull() || m.AccruedCostUSD.IsNull() || m.ExpiresAt.ValueString() != "2026-08-01T09:00:00Z" || m.ManagedBy.ValueString() != "default" ||
		m.IsPublic.IsNull() || m.MinNodes.IsNull() || m.MaxNodes.ValueInt64() != 2 ||
		m.Up.IsNull() || m.Up.ValueBool() || !m.RegisteredNodes.IsNull() || !m.ServerVersion.IsNull() {
		t.Errorf("got %+v", m)
	}
	m.saw(slideruleReport{cluster: c, answer: &probe.Answer{NodesKnown: true}})
	if m.RegisteredNodes.IsNull() {
		t.Error("none registered is not the same as not known")
	}
}
