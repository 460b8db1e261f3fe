package databricks

import (
	"strconv"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// retention is how long the vendor keeps a terminated cluster that nobody pinned.
const retention = 30 * 24 * time.Hour

// step is the next thing that happens to a cluster by itself.
type step struct {
	at time.Time
	do func(at time.Time)
}

// advance brings a cluster to now, one step after another, each at its own moment.
func (f *Fake) advance(c *cluster, now time.Time) {
	for {
		next, found := f.next(c)
		if !found || next.at.After(now) {
			return
		}
		next.do(next.at)
	}
}

// next is what happens to a cluster when nobody touches it:
//
//	PENDING, RESTARTING → RUNNING, or TERMINATING or ERROR when that was asked for
//	RESIZING            → RUNNING
//	RUNNING             → the next library, then TERMINATING after the minutes of inactivity
//	TERMINATING         → TERMINATED
//	TERMINATED          → purged after 30 days, unless pinned
func (f *Fake) next(c *cluster) (step, bool) {
	if c.purged {
		return step{}, false
	}
	switch c.state {
	case compute.StatePending, compute.StateRestarting:
		return step{c.since.Add(f.scaled(f.timings.Start)), func(at time.Time) { f.finishStart(c, at) }}, true
	case compute.StateTerminating:
		return step{c.since.Add(f.scaled(f.timings.Stop)), func(at time.Time) {
			message := c.message
			c.enter(compute.StateTerminated, at)
			c.message = message
		}}, true
	case compute.StateTerminated:
		last := c.since
		if c.unpinned.After(last) {
			last = c.unpinned
		}
		return step{last.Add(retention), func(time.Time) { c.purged = true }}, !c.pinned
	case compute.StateRunning, compute.StateResizing:
		return f.nextWhileLive(c)
	default: // ERROR stays
		return step{}, false
	}
}

func (f *Fake) nextWhileLive(c *cluster) (step, bool) {
	var steps []step
	if c.state == compute.StateResizing {
		steps = append(steps, step{c.since.Add(f.scaled(f.timings.Start)), func(at time.Time) {
			c.enter(compute.StateRunning, at)
			c.record(compute.EventTypeUpsizeCompleted, at, nil)
		}})
	}
	took := f.scaled(f.timings.Library)
	switch l := c.inProgress(); {
	case l != nil && f.scenarios.dies(c):
		steps = append(steps, step{c.installing.Add(took / 2), func(at time.Time) { f.loseDriver(c, at) }})
	case l != nil:
		steps = append(steps, step{c.installing.Add(took), func(at time.Time) { f.finishLibrary(c, l, at) }})
	case c.state == compute.StateRunning && autotermination(c) > 0:
		steps = append(steps, step{c.active.Add(autotermination(c)), func(at time.Time) { f.terminateInactive(c, at) }})
	}
	if len(steps) == 0 {
		return step{}, false
	}
	soonest := steps[0]
	for _, s := range steps[1:] {
		if s.at.Before(soonest.at) {
			soonest = s
		}
	}
	return soonest, true
}

// enter puts a cluster into a state. A reason stays with it while it ends, and goes when it starts.
func (c *cluster) enter(state compute.State, at time.Time) {
	c.state, c.since, c.message = state, at, ""
	switch state {
	case compute.StatePending, compute.StateRestarting:
		c.message = "Finding instances for new nodes, acquiring more instances if necessary"
		c.reason = nil
	case compute.StateTerminated:
		c.terminated = at
	}
}

// restart replaces the driver: RUNNING → RESTARTING → RUNNING.
func (c *cluster) restart(now time.Time, by string) {
	c.enter(compute.StateRestarting, now)
	c.resetLibraries()
	c.restarted = now
	c.record(compute.EventTypeRestarting, now, &compute.EventDetails{User: by})
}

// finishStart ends a start the way the scenarios want it to end; by default the driver is up, and its libraries begin.
func (f *Fake) finishStart(c *cluster, at time.Time) {
	if reason, fails := f.scenarios.failsToStart(c); fails {
		f.terminate(c, at, "The cluster could not be started: "+string(reason.Code), reason)
		return
	}
	if f.scenarios.errs(c) {
		c.enter(compute.StateError, at)
		c.message = "Unexpected failure while starting the cluster"
		return
	}
	c.enter(compute.StateRunning, at)
	c.drivers++
	c.active, c.installing = at, at
	if scripts, _ := c.attributes["init_scripts"].([]any); len(scripts) > 0 {
		c.record(compute.EventTypeInitScriptsStarted, at, nil)
		c.record(compute.EventTypeInitScriptsFinished, at, nil)
	}
	c.record(compute.EventTypeRunning, at, nil)
	c.record(compute.EventTypeDriverHealthy, at, nil)
}

func (f *Fake) terminate(c *cluster, at time.Time, message string, reason compute.TerminationReason) {
	if l := c.inProgress(); l != nil {
		l.status = f.statusOf(c, l, at) // statuses freeze where they are
	}
	c.enter(compute.StateTerminating, at)
	c.message, c.reason = message, &reason
	// Only what a person did bears the person's name.
	c.record(compute.EventTypeTerminating, at, &compute.EventDetails{User: reason.Parameters["username"], Reason: &reason})
}

// loseDriver is a cloud that takes the machine back.
func (f *Fake) loseDriver(c *cluster, at time.Time) {
	f.terminate(c, at, "The cloud provider shut the driver down", compute.TerminationReason{
		Code:       compute.TerminationReasonCodeCloudProviderShutdown,
		Type:       compute.TerminationReasonTypeCloudFailure,
		Parameters: map[string]string{"instance_id": "i-0123456789abcdef0"},
	})
}

func (f *Fake) terminateInactive(c *cluster, at time.Time) {
	minutes := strconv.Itoa(int(autotermination(c) / time.Minute))
	f.terminate(c, at, "Inactive cluster terminated (inactive for "+minutes+" minutes).", compute.TerminationReason{
		Code:       compute.TerminationReasonCodeInactivity,
		Type:       compute.TerminationReasonTypeSuccess,
		Parameters: map[string]string{"inactivity_duration_min": minutes},
	})
}

// autotermination is zero for a cluster that never stops by itself. It is the customer's own wish, so no Speed
// shortens it.
func autotermination(c *cluster) time.Duration {
	minutes, _ := c.attributes["autotermination_minutes"].(float64)
	return time.Duration(minutes) * time.Minute
}
