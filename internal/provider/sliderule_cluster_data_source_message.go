package provider

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/probe"
)

// slideruleReport is what there is to say to people about a cluster.
type slideruleReport struct {
	cluster *sliderule.Cluster
	answer  *probe.Answer // nil: it was not asked
	client  string        // version of the client that people use; "" for none
}

type slideruleWarning struct{ summary, detail string }

// message is everything in one text; "" when there is nothing to say.
func (r slideruleReport) message() string {
	var parts []string
	if r.answer != nil {
		parts = append(parts, r.standing())
	}
	if fit := r.fit(); fit != "" {
		parts = append(parts, fit)
	}
	return strings.Join(parts, " ")
}

// warnings are what people should not overlook.
func (r slideruleReport) warnings() (all []slideruleWarning) {
	if r.answer != nil && !r.answer.Up {
		all = append(all, slideruleWarning{"A SlideRule cluster is not up", r.standing()})
	}
	if probe.Compatible(r.client, r.server()) == probe.Differs {
		all = append(all, slideruleWarning{"A client is of another version than its SlideRule cluster", r.fit()})
	}
	return all
}

const (
	bringUp    = "apply its provisioner_sliderule_cluster, with a changed renew if its end has come, or deploy it in the way that it is usually deployed."
	deployTime = "up to 20 minutes"
)

// standing says whether a cluster that was asked is up, what keeps it, and how to bring it up.
func (r slideruleReport) standing() string {
	c, a := r.cluster, r.answer
	name := "The cluster " + c.Name
	switch {
	case a.Up:
		return joined(fmt.Sprintf("%s is up: version %s, %s registered.", name, cmp.Or(a.Version, "not known"), counted(a.Nodes)), a.Problem)
	case c.StackID == "":
		return fmt.Sprintf("%s is down: it has no stack. To bring it up, %s", name, bringUp)
	case c.State == sliderule.NotRunning:
		return joined(fmt.Sprintf("%s is down: its stack is %s.", name, c.StackStatus), because(c), "To clear that away and bring it up, "+bringUp)
	case c.State == sliderule.Destroying:
		return joined(fmt.Sprintf("%s is down: it is being destroyed, its stack is %s.", name, c.StackStatus), because(c), "To bring it up again once that is over, "+bringUp)
	case c.State == sliderule.Deploying:
		return joined(fmt.Sprintf("%s is not up yet: it is being deployed, which takes %s; its stack is %s.", name, deployTime, c.StackStatus), a.Problem, "Look again later.")
	case a.NodesKnown && a.Nodes == 0 && c.CurrentNodes == 0:
		return name + " has no nodes now: it sleeps, or was scaled down to none. Its load balancer answers. It serves again when it wakes, or when people's requests scale it up."
	}
	return joined(name+" is down, although its stack is "+c.StackStatus+".", a.Problem, because(c),
		"Its machines may still be starting, for "+deployTime+", or its name may be stale, for 5 to 15 minutes after it was deployed anew. "+
			"Should it stay so, destroy it and deploy it again: apply its provisioner_sliderule_cluster with -replace.")
}

// because is why a cluster's stack is not as it should be.
func because(c *sliderule.Cluster) string {
	if c.Reason == "" {
		return ""
	}
	return ended("The reason is " + c.Reason)
}

func counted(nodes int) string {
	if nodes == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes", nodes)
}

// joined are the sentences that there are.
func joined(sentences ...string) string {
	var said []string
	for _, sentence := range sentences {
		if sentence != "" {
			said = append(said, sentence)
		}
	}
	return strings.Join(said, " ")
}

// server is the version that a cluster tells, or the one that it was deployed with.
func (r slideruleReport) server() string {
	if r.answer != nil && r.answer.Version != "" {
		return r.answer.Version
	}
	return r.cluster.Version
}

// fit says whether the client and the server go together; "" when there is nobody to compare, or nothing to say.
func (r slideruleReport) fit() string {
	server := r.server()
	if r.client == "" || r.cluster.StackID == "" {
		return ""
	}
	switch probe.Compatible(r.client, server) {
	case probe.Same:
		return ""
	case probe.Differs:
		ours, _ := probe.Major(r.client)
		theirs, _ := probe.Major(server)
		return fmt.Sprintf("The client %s and the server %s are of different major versions, and may not understand each other. Install a client of version %d, or deploy a cluster of version %d.",
			strings.TrimSpace(r.client), server, theirs, ours)
	}
	remedy := ""
	if r.answer == nil {
		remedy = " Set probe to ask it."
	}
	return fmt.Sprintf("Whether the client %s and the server go together is not known: the server's version is %s.%s", strings.TrimSpace(r.client), cmp.Or(server, "not known"), remedy)
}
