// Package pool works out how many nodes people's requests for capacity add up to, and when that changes.
//
// A request is one person's wish for some nodes until some moment. Of each person the largest live one counts, and what
// counts is summed: people share a cluster, but not each other's nodes. Everything here is a pure function of the
// requests and the time.
package pool

import (
	"fmt"
	"slices"
	"time"
)

// The shortest and the longest life of a request, in minutes.
const (
	MinMinutes = 15
	MaxMinutes = 720
)

// Request is one person's wish for nodes. Zero nodes keep the load balancer and the monitor, and no more.
type Request struct {
	User    string // GitHub login, exact
	Nodes   int
	Expires time.Time // dead from then on
}

// New is a request made now for some minutes. It fails for a number of nodes below 0 or a life outside 15 to 720.
func New(user string, nodes, minutes int, now time.Time) (Request, error) {
	switch {
	case user == "":
		return Request{}, fmt.Errorf("a request for nodes needs a user")
	case nodes < 0:
		return Request{}, fmt.Errorf("a request for %d nodes: ask for 0 or more", nodes)
	case minutes < MinMinutes || minutes > MaxMinutes:
		return Request{}, fmt.Errorf("a request for %d minutes: ask for %d to %d", minutes, MinMinutes, MaxMinutes)
	}
	return Request{User: user, Nodes: nodes, Expires: now.Add(time.Duration(minutes) * time.Minute)}, nil
}

// Live reports whether a request still counts.
func (r Request) Live(now time.Time) bool { return r.Expires.After(now) }

// same compares by whole seconds: that is how finely the older clients tell times apart.
func (r Request) same(other Request) bool {
	return r.User == other.User && r.Nodes == other.Nodes && r.Expires.Unix() == other.Expires.Unix()
}

// Bounds is what a target is clamped to, both ends included.
type Bounds struct {
	Min, Max int
}

// Check refuses bounds that are no range.
func (b Bounds) Check() error {
	if b.Min < 0 || b.Max < b.Min {
		return fmt.Errorf("min_nodes %d and max_nodes %d: the first must be 0 or more, the second no less than the first", b.Min, b.Max)
	}
	return nil
}

// Pool are the requests for one cluster, in any order.
type Pool []Request

// Live are the requests that still count, in their order.
func (p Pool) Live(now time.Time) Pool {
	return slices.DeleteFunc(slices.Clone(p), func(r Request) bool { return !r.Live(now) })
}

// Asleep reports whether nobody asks for anything and nothing has to run: the cluster may go until the next request.
// A live request for 0 nodes is a request.
func (p Pool) Asleep(b Bounds, now time.Time) bool { return b.Min == 0 && len(p.Live(now)) == 0 }

// Redundant reports whether a live request is in the pool already, to the second.
func (p Pool) Redundant(request Request, now time.Time) bool {
	return slices.ContainsFunc(p.Live(now), request.same)
}

// Target is the number of nodes that should run now: the sum over users of each one's largest live request, clamped.
// Where the bounds contradict each other, Max holds: it limits what is paid.
func (p Pool) Target(b Bounds, now time.Time) int {
	largest := map[string]int{}
	for _, r := range p {
		if r.Live(now) {
			largest[r.User] = max(largest[r.User], r.Nodes)
		}
	}
	sum := 0
	for _, nodes := range largest {
		sum += min(nodes, max(b.Max-sum, 0)) // never past Max, so that no number of requests can overflow
	}
	return min(max(sum, b.Min), b.Max)
}

// Step is a target and the moment from which it holds.
type Step struct {
	From  time.Time
	Nodes int
}

// Course is the target from now on, if nobody asks for anything else: each step differs from the one before.
func (p Pool) Course(b Bounds, now time.Time) []Step {
	course := []Step{{From: now, Nodes: p.Target(b, now)}}
	var ends []time.Time
	for _, r := range p.Live(now) {
		ends = append(ends, r.Expires)
	}
	slices.SortFunc(ends, time.Time.Compare)
	for _, end := range ends {
		if nodes := p.Target(b, end); nodes != course[len(course)-1].Nodes {
			course = append(course, Step{From: end, Nodes: nodes})
		}
	}
	return course
}

// NextChange is the moment at which the target or the sleep changes by itself. It says false when nothing will.
func (p Pool) NextChange(b Bounds, now time.Time) (at time.Time, ok bool) {
	nodes, asleep := p.Target(b, now), p.Asleep(b, now)
	for _, r := range p.Live(now) {
		if (ok && !r.Expires.Before(at)) || (p.Target(b, r.Expires) == nodes && p.Asleep(b, r.Expires) == asleep) {
			continue
		}
		at, ok = r.Expires, true
	}
	return at, ok
}
