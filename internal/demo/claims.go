package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// everyoneServed fails unless everybody who is to have one has exactly one cluster, at rest, and nobody else has any; and
// unless Terraform says so in the same words as the workspace.
func everyoneServed(roster []entry, w world) error {
	with := those(roster, hasCluster)
	for _, person := range with {
		email := person.email
		theirs, said := w.clusters[email], w.people[email]
		if len(theirs) != 1 {
			return fmt.Errorf("%s should have one cluster and has %d", email, len(theirs))
		}
		c := theirs[0]
		switch {
		case said.ClusterID != c.Details.ClusterId:
			return fmt.Errorf("Terraform gives %s the cluster %q, the workspace %q", email, said.ClusterID, c.Details.ClusterId)
		case said.Outcome != "created":
			return fmt.Errorf("the cluster of %s should be created, and its outcome is %q", email, said.Outcome)
		case c.Details.State != compute.StateTerminated || said.State != string(compute.StateTerminated):
			return fmt.Errorf("the cluster of %s should be at rest; the workspace says %s, Terraform %q", email, c.Details.State, said.State)
		case !mayUse(c, email):
			return fmt.Errorf("%s has no permission on their own cluster", email)
		}
	}
	if strangers := beyond(w.clusters, emails(with)); len(strangers) > 0 {
		return fmt.Errorf("nobody else should have a cluster, and these have: %s", strings.Join(strangers, ", "))
	}
	if strangers := beyond(w.people, emails(roster)); len(strangers) > 0 {
		return fmt.Errorf("Terraform also speaks of %s, who are not on the roster", strings.Join(strangers, ", "))
	}
	return nil
}

func mayUse(c cluster, email string) bool {
	return slices.ContainsFunc(c.Permissions, func(p compute.ClusterAccessControlResponse) bool {
		return strings.EqualFold(p.UserName, email)
	})
}

// beyond lists the keys that are not on the roster.
func beyond[T any](all map[string]T, roster []string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(email string) bool { return slices.Contains(roster, email) })
}

// librariesReady fails unless every cluster has every library: installed, or waiting where the roster wants no warm-up.
func librariesReady(roster []entry, w world, atLeast int) error {
	for _, person := range those(roster, hasCluster) {
		want := compute.LibraryInstallStatusInstalled
		if person.cold {
			want = compute.LibraryInstallStatusPending
		}
		for _, c := range w.clusters[person.email] {
			if n := len(c.Libraries); n < atLeast {
				return fmt.Errorf("the settings name %d libraries, and the cluster of %s has %d", atLeast, person.email, n)
			}
			for _, l := range c.Libraries {
				if l.Status != want {
					return fmt.Errorf("a library of %s should be %s, and is %s: %s", person.email, want, l.Status, strings.Join(l.Messages, "; "))
				}
			}
		}
		for _, l := range w.people[person.email].Libraries {
			if l.Status != string(want) {
				return fmt.Errorf("Terraform says that the library %s of %s is %s, and it is %s", l.Name, person.email, l.Status, want)
			}
		}
		if said := len(w.people[person.email].Libraries); said < atLeast {
			return fmt.Errorf("the settings name %d libraries, and Terraform speaks of %d for %s", atLeast, said, person.email)
		}
	}
	return nil
}

// toldOnce fails unless everybody got one message for each thing that is announced, and nobody else any.
func toldOnce(roster []entry, w world) error {
	all := 0
	for _, person := range roster {
		email := person.email
		if n := len(w.messagesTo(email)); n != person.messages() {
			return fmt.Errorf("%s should have %d Slack messages and has %d", email, person.messages(), n)
		}
		if person.cluster && w.people[email].NotifiedAt == "" {
			return fmt.Errorf("Terraform does not know that %s was told", email)
		}
		all += person.messages()
	}
	return nobodyTold(all, w)
}

// nobodyTold fails when there are other than so many messages.
func nobodyTold(so int, w world) error {
	if len(w.messages) != so {
		return fmt.Errorf("there should be %d Slack messages, and there are %d", so, len(w.messages))
	}
	return nil
}

// untouched fails unless what these people have is the same in everything that the clouds know of it.
func untouched(roster []entry, before, after world) error {
	for _, person := range roster {
		email := person.email
		was, is := before.clusters[email], after.clusters[email]
		if len(was) != len(is) {
			return fmt.Errorf("%s had %d clusters and now has %d", email, len(was), len(is))
		}
		for i := range was {
			if a, b := was[i].Details, is[i].Details; a.ClusterId != b.ClusterId || a.State != b.State {
				return fmt.Errorf("the cluster of %s was %s (%s) and now is %s (%s)", email, a.ClusterId, a.State, b.ClusterId, b.State)
			}
			if !same(was[i], is[i]) {
				return fmt.Errorf("the cluster %s of %s is no longer quite as it was", was[i].Details.ClusterId, email)
			}
		}
		if !same(before.google.of(email), after.google.of(email)) {
			return fmt.Errorf("what %s has on Google Cloud is no longer quite as it was", email)
		}
		if name := person.sliderule; name != "" && !same(before.aws.clusters[name], after.aws.clusters[name]) {
			return fmt.Errorf("the SlideRule cluster %s of %s is no longer quite as it was", name, email)
		}
	}
	return nil
}

// sameWords fails unless Terraform says of these people what it said before.
func sameWords(roster []entry, before, after world) error {
	for _, email := range emails(roster) {
		if was, is := before.people[email].lasting(), after.people[email].lasting(); !reflect.DeepEqual(was, is) {
			return fmt.Errorf("Terraform says something else of %s than before: %+v, not %+v", email, is, was)
		}
	}
	return nil
}

// lasting is what Terraform says of a person but for what a cluster has cost, which grows while it runs.
func (p personal) lasting() personal {
	if p.SlideRule != nil {
		words := *p.SlideRule
		words.AccruedCostUSD = nil
		p.SlideRule = &words
	}
	return p
}

// gone fails unless nothing is left of a person, what they started themselves included.
func gone(email string, w world) error {
	label := labelOf(email)
	for what, n := range map[string]int{
		"cluster": len(w.clusters[email]), "notebook": len(w.google.notebooks[email]), "cluster template": len(w.google.templates[email]),
		"session template": len(w.google.sessions[label]), "Dataproc cluster": len(w.google.clusters[label]),
	} {
		if n > 0 {
			return fmt.Errorf("%s should have no %s any more, and has %d", email, what, n)
		}
	}
	if _, there := w.people[email]; there {
		return fmt.Errorf("%s is still in Terraform's output", email)
	}
	return nil
}

// planned fails unless Terraform made just these changes.
func planned(want, got changes) error {
	if got.Add != want.Add || got.Change != want.Change || got.Remove != want.Remove || got.Import != want.Import {
		return fmt.Errorf("Terraform should add %d, change %d and destroy %d; it planned to add %d, change %d and destroy %d",
			want.Add, want.Change, want.Remove, got.Add, got.Change, got.Remove)
	}
	return nil
}
