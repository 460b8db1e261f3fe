package pool_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/pool"
)

var start = time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)

func at(minutes float64) time.Time { return start.Add(time.Duration(minutes * float64(time.Minute))) }

func request(user string, nodes int, minutes float64) pool.Request {
	return pool.Request{User: user, Nodes: nodes, Expires: at(minutes)}
}

// The golden vectors of the older system, and what follows from them.
func TestTheCourseOfATarget(t *testing.T) {
	wide := pool.Bounds{Max: 10}
	a, b := "ana", "bob"
	cases := []struct {
		name   string
		pool   pool.Pool
		bounds pool.Bounds
		want   string // nodes@minute
	}{
		{"golden: one user, rising", pool.Pool{request(a, 1, 30), request(a, 2, 20), request(a, 3, 15)}, wide, "3@0 2@15 1@20 0@30"},
		{"golden: one user, two requests", pool.Pool{request(a, 1, 20), request(a, 2, 15)}, wide, "2@0 1@15 0@20"},
		{"golden: two users", pool.Pool{request(a, 2, 30), request(a, 3, 15), request(b, 1, 20)}, pool.Bounds{Max: 4}, "4@0 3@15 2@20 0@30"},
		{"the order does not matter", pool.Pool{request(b, 1, 20), request(a, 3, 15), request(a, 2, 30)}, wide, "4@0 3@15 2@20 0@30"},
		{"a smaller one that ends first changes nothing", pool.Pool{request(a, 3, 30), request(a, 2, 15)}, wide, "3@0 0@30"},
		{"clamped from above", pool.Pool{request(a, 8, 30), request(b, 8, 20)}, wide, "10@0 8@20 0@30"},
		{"clamped from below", pool.Pool{request(a, 1, 20)}, pool.Bounds{Min: 2, Max: 10}, "2@0"},
		{"and back to the least", pool.Pool{request(a, 5, 20)}, pool.Bounds{Min: 2, Max: 10}, "5@0 2@20"},
		{"empty", nil, wide, "0@0"},
		{"empty with a least", nil, pool.Bounds{Min: 3, Max: 10}, "3@0"},
		{"dead on the second", pool.Pool{request(a, 4, 0)}, wide, "0@0"},
		{"zero nodes", pool.Pool{request(a, 0, 30)}, wide, "0@0"},
		{"ends at one moment", pool.Pool{request(a, 2, 20), request(b, 3, 20)}, wide, "5@0 0@20"},
		{"hostile numbers", pool.Pool{request(a, math.MaxInt, 20), request(b, math.MaxInt, 20), request("c", math.MinInt, 30)}, wide, "10@0 0@20"},
		{"bounds upside down: the most holds", pool.Pool{request(a, 9, 20)}, pool.Bounds{Min: 5, Max: 2}, "2@0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, step := range c.pool.Course(c.bounds, start) {
				got = append(got, fmt.Sprintf("%d@%g", step.Nodes, step.From.Sub(start).Minutes()))
				if target := c.pool.Target(c.bounds, step.From); target != step.Nodes {
					t.Errorf("the course says %d at %s, the target is %d", step.Nodes, step.From, target)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

func TestARequestIsDeadWhenItExpires(t *testing.T) {
	p := pool.Pool{request("ana", 3, 20)}
	for minute, want := range map[float64]int{0: 3, 19.99: 3, 20: 0, 21: 0} {
		if got := p.Target(pool.Bounds{Max: 10}, at(minute)); got != want {
			t.Errorf("at minute %g: %d nodes, want %d", minute, got, want)
		}
	}
	if live := p.Live(at(20)); len(live) != 0 || len(p) != 1 {
		t.Errorf("live %v of %v", live, p)
	}
}

func TestRedundant(t *testing.T) {
	first := request("ana", 3, 20)
	p := pool.Pool{first}
	for name, c := range map[string]struct {
		request pool.Request
		now     time.Time
		want    bool
	}{
		"the same":                 {first, start, true},
		"within the second":        {pool.Request{User: "ana", Nodes: 3, Expires: first.Expires.Add(999 * time.Millisecond)}, start, true},
		"a second later":           {pool.Request{User: "ana", Nodes: 3, Expires: first.Expires.Add(time.Second)}, start, false},
		"more nodes":               {request("ana", 4, 20), start, false},
		"another user":             {request("bob", 3, 20), start, false},
		"the first has died":       {first, at(20), false},
		"the same in another zone": {pool.Request{User: "ana", Nodes: 3, Expires: first.Expires.In(time.FixedZone("", 3600))}, start, true},
	} {
		if got := p.Redundant(c.request, c.now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestNextChange(t *testing.T) {
	wide := pool.Bounds{Max: 10}
	for name, c := range map[string]struct {
		pool   pool.Pool
		bounds pool.Bounds
		want   float64 // minutes; below zero: never
	}{
		"the first end that matters":   {pool.Pool{request("ana", 3, 30), request("ana", 2, 15), request("bob", 1, 20)}, wide, 20},
		"whatever the order":           {pool.Pool{request("bob", 1, 20), request("ana", 2, 15), request("ana", 3, 30)}, wide, 20},
		"hidden by the most":           {pool.Pool{request("ana", 10, 30), request("bob", 1, 15)}, wide, 30},
		"hidden by the least":          {pool.Pool{request("ana", 1, 30)}, pool.Bounds{Min: 2, Max: 10}, -1},
		"none":                         {nil, wide, -1},
		"all dead":                     {pool.Pool{request("ana", 1, 0)}, wide, -1},
		"from zero nodes to sleep":     {pool.Pool{request("ana", 0, 30)}, wide, 30},
		"from zero nodes to the least": {pool.Pool{request("ana", 0, 30)}, pool.Bounds{Min: 1, Max: 10}, -1},
	} {
		got, ok := c.pool.NextChange(c.bounds, start)
		if ok != (c.want >= 0) || (ok && !got.Equal(at(c.want))) {
			t.Errorf("%s: %s, %v; want minute %g", name, got, ok, c.want)
		}
	}
}

func TestSleepAndWake(t *testing.T) {
	p := pool.Pool{request("ana", 0, 30)}
	if p.Asleep(pool.Bounds{Max: 10}, start) {
		t.Error("zero nodes keep the load balancer and the monitor: that is no sleep")
	}
	if !p.Asleep(pool.Bounds{Max: 10}, at(30)) {
		t.Error("nobody asks for anything, and it does not sleep")
	}
	if p.Asleep(pool.Bounds{Min: 1, Max: 10}, at(30)) {
		t.Error("it sleeps below its least")
	}
}

func TestNew(t *testing.T) {
	for _, c := range []struct {
		user           string
		nodes, minutes int
		ok             bool
	}{
		{"ana", 0, 15, true},
		{"ana", 3, 720, true},
		{"", 1, 60, false},
		{"ana", -1, 60, false},
		{"ana", 1, 14, false},
		{"ana", 1, 721, false},
		{"ana", 1, 0, false},
		{"ana", 1, -5, false},
	} {
		r, err := pool.New(c.user, c.nodes, c.minutes, start)
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
		if err == nil && (r.User != c.user || r.Nodes != c.nodes || !r.Expires.Equal(at(float64(c.minutes)))) {
			t.Errorf("%+v became %+v", c, r)
		}
	}
	for bounds, ok := range map[pool.Bounds]bool{{}: true, {Max: 10}: true, {Min: 2, Max: 2}: true, {Min: -1, Max: 2}: false, {Min: 3, Max: 2}: false} {
		if err := bounds.Check(); (err == nil) != ok {
			t.Errorf("%+v: %v", bounds, err)
		}
	}
}

func FuzzTarget(f *testing.F) {
	f.Add(1, 30, 2, 20, 3, 15, 0, 10)
	f.Add(math.MaxInt, 30, math.MaxInt, 20, math.MinInt, 15, 0, math.MaxInt)
	f.Fuzz(func(t *testing.T, n1, t1, n2, t2, n3, t3, least, most int) {
		b := pool.Bounds{Min: least, Max: most}
		if b.Check() != nil {
			return
		}
		clip := func(m int) float64 { return float64(m % 1000) }
		p := pool.Pool{request("a", n1, clip(t1)), request("a", n2, clip(t2)), request("b", n3, clip(t3))}
		got := p.Target(b, start)
		if got < least || got > most {
			t.Fatalf("target %d is outside %+v", got, b)
		}
		if next, ok := p.NextChange(b, start); ok && !next.After(start) {
			t.Fatalf("the next change, %s, is not to come", next)
		}
	})
}
