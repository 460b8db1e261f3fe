package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/github"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/ticker"
)

// githubMember is who is there from the beginning: a member of the organisation, of the team named in their teams.
var githubMember = github.Person{Login: "sandbox-member", Token: "sandbox-github-token", Role: "member", Teams: []string{"dev"}, Scopes: []string{"read:org"}}

// AWS is the running emulator, whose failures and speed a test may order; nil: without AWS.
func (s *Sandbox) AWS() *moto.Server { return s.moto }

// awsClock is the emulator's clock; plain moto has none, so that only the ticker's moves.
type awsClock struct {
	server *moto.Server
	plain  bool

	mu     sync.Mutex
	offset time.Duration
}

func (c *awsClock) Now(ctx context.Context) (time.Time, error) {
	if !c.plain {
		return c.server.Now(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return await.RealClock{}.Now().Add(c.offset), nil
}

func (c *awsClock) Advance(ctx context.Context, by time.Duration) error {
	if !c.plain {
		return c.server.Advance(ctx, by)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += by
	return nil
}

func (c *awsClock) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = 0
}

// startTicker makes the ticker, which goes past the recorder: the list of calls is the product's own.
func (s *Sandbox) startTicker() *awsClock {
	clock := &awsClock{server: s.moto, plain: s.options.PlainAWS}
	options := ticker.Options{Endpoint: s.moto.URL, Clock: clock}
	if !s.options.PlainAWS {
		options.Actions = s.scheduledActions
	}
	s.Ticker = ticker.New(options)
	return clock
}

// scheduledActions are those of Auto Scaling groups, as the ticker lists them.
func (s *Sandbox) scheduledActions(ctx context.Context) ([]ticker.Firing, error) {
	actions, err := s.moto.Actions(ctx)
	if err != nil {
		return nil, err
	}
	fired := make([]ticker.Firing, len(actions))
	for i, a := range actions {
		sizes, err := json.Marshal(a.Sizes)
		if err != nil {
			return nil, err
		}
		fired[i] = ticker.Firing{
			At: a.At, Region: a.Region, Schedule: a.Group + "/" + a.Action, Target: "autoscaling:scheduledAction",
			Input: string(sizes), Attempt: 1, Status: http.StatusOK, Problem: a.Problem,
		}
	}
	return fired, nil
}

// awsControl serves the ticker's addresses (POST /clock and /tick, GET /fired) and GET /clock, POST /speed
// ({"speed": 60}), POST /failures (a moto.Failure) and POST /costs
// ({"cluster": "dev", "days": [{"date": "2026-08-01", "usd": 12.5}]}), which Cost Explorer then knows.
func (s *Sandbox) awsControl() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.Ticker.Control())
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, r *http.Request) {
		clock, err := s.moto.Clock(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		control.Answer(w, clock)
	})
	mux.HandleFunc("POST /speed", ordered(func(ctx context.Context, body struct {
		Speed float64 `json:"speed"`
	},
	) error {
		return s.moto.SetSpeed(ctx, body.Speed)
	}))
	mux.HandleFunc("POST /failures", ordered(s.moto.Fail))
	mux.HandleFunc("POST /costs", ordered(func(ctx context.Context, body struct {
		Cluster string     `json:"cluster"`
		Days    []moto.Day `json:"days"`
	},
	) error {
		return s.moto.SetCosts(ctx, "cluster-"+body.Cluster, body.Days)
	}))
	return mux
}

func ordered[T any](do func(context.Context, T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := control.Decode[T](w, r)
		if !ok {
			return
		}
		if err := do(r.Context(), body); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		control.Done(w)
	}
}
