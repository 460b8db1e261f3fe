package provider

import (
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
)

// How a cluster stands, and what an apply makes of it, in one place: the plan, its warnings and the tests ask the same
// questions.

// standing is how a cluster stands by what the last look wrote into the state.
type standing int

const (
	isUp        standing = iota // it runs, or sleeps, and has its end
	isEndless                   // it runs, and nothing will end it
	isOnItsWay                  // CloudFormation is at work on it
	isDownEarly                 // it was rolled back, or is being deleted, before its end
	hasEnded                    // its end has come
)

// clocksDiffer is how much before its end a cluster may vanish by it: the clocks of AWS and of this machine differ.
const clocksDiffer = 5 * time.Minute

// hasExpired reports whether the end of a cluster has come.
func (m *slideruleClusterModel) hasExpired(now time.Time) bool {
	end, err := time.Parse(time.RFC3339, m.ExpiresAt.ValueString())
	return err == nil && hasCome(end, now)
}

func hasCome(end, now time.Time) bool { return !now.Before(end.Add(-clocksDiffer)) }

func (m *slideruleClusterModel) standing(now time.Time) standing {
	switch sliderule.State(m.Status.ValueString()) {
	case sliderule.Running:
		if m.ExpiresAt.IsNull() {
			return isEndless
		}
		return isUp
	case sliderule.Deploying:
		return isOnItsWay
	}
	if m.hasExpired(now) {
		return hasEnded
	}
	return isDownEarly
}

// isMoving: CloudFormation is still at work on it.
func (m *slideruleClusterModel) isMoving() bool {
	return strings.HasSuffix(m.StackStatus.ValueString(), "_IN_PROGRESS")
}

// difference is what a plan wants otherwise than the state has it.
type difference struct {
	wish  []string // that somebody wants the cluster to run: its size, how long, and renew
	shape bool     // of anything else that AWS has to do with and can change in place
	fixed []string // what a cluster that is deployed cannot change
}

func (d difference) any() bool { return len(d.wish) > 0 || d.shape || len(d.fixed) > 0 }

func (m *slideruleClusterModel) differs(state *slideruleClusterModel) (d difference) {
	if !m.NodeCapacity.Equal(state.NodeCapacity) {
		d.wish = append(d.wish, "node_capacity")
	}
	if !state.isImported() {
		if !m.TimeToLive.Equal(state.TimeToLive) {
			d.wish = append(d.wish, "time_to_live")
		}
		if !m.Renew.Equal(state.Renew) {
			d.wish = append(d.wish, "renew")
		}
	}
	if !state.isImported() || !state.AvailabilityZones.IsNull() && !m.AvailabilityZones.IsNull() {
		if !m.AvailabilityZones.Equal(state.AvailabilityZones) { // a subnet in another zone clashes with the one that it is to replace
			d.fixed = append(d.fixed, "availability_zones")
		}
	}
	d.shape = !m.sameShape(state)
	if !m.IsPublic.Equal(state.IsPublic) {
		d.fixed = append(d.fixed, "is_public")
	}
	if !m.Version.Equal(state.Version) {
		d.fixed = append(d.fixed, "version")
	}
	return d
}

// deed is what an apply does to a cluster.
type deed int

const (
	leaves   deed = iota // nothing: what changed is only what we do with it, or waits for its next deployment
	renews               // the end anew, and in place whatever else changed
	remakes              // what is left of it is cleared away, and it is made anew
	replaces             // it is destroyed, and another one is made
)

// isUnbidden: a cluster would be made anew because its configuration says so for good, and not because anybody wants it
// now.
func (m *slideruleClusterModel) isUnbidden(state *slideruleClusterModel, d difference, now time.Time) bool {
	return m.deed(state, d, now) == remakes && state.standing(now) == hasEnded && len(d.wish) == 0
}

// deed decides. An expired cluster comes back by somebody's wish alone: whatever else changes in a configuration that a
// pipeline applies is remembered for that day.
func (m *slideruleClusterModel) deed(state *slideruleClusterModel, d difference, now time.Time) deed {
	switch standing := state.standing(now); {
	case standing == hasEnded && (len(d.wish) > 0 || m.WhenExpired.ValueString() == redeploy):
		return remakes
	case standing == hasEnded:
		return leaves
	case standing == isDownEarly && state.isMoving() && !m.Wait.ValueBool() && !d.any():
		return leaves // it cannot be made anew before that has ended, and nobody wants to wait
	case standing == isDownEarly:
		return remakes
	case len(d.fixed) > 0:
		return replaces
	case d.any(), standing == isEndless, standing == isOnItsWay && m.Wait.ValueBool():
		return renews
	}
	return leaves
}
