package runner

import (
	"context"
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control serves GET /machines and /calls, POST /suites ({"name": "python", "result": {"failed": 2}}), /orders (an
// [Order]), /capacity (a [Shortage]) and /interruptions ({"instance": "i-…"}).
func (r *Runner) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /machines", func(w http.ResponseWriter, _ *http.Request) { control.Answer(w, r.Machines()) })
	mux.HandleFunc("GET /calls", func(w http.ResponseWriter, _ *http.Request) { control.Answer(w, r.Calls()) })
	mux.HandleFunc("POST /suites", ordered(func(_ context.Context, body struct {
		Name   string `json:"name"`
		Result Result `json:"result"`
	},
	) error {
		r.Suite(body.Name, body.Result)
		return nil
	}))
	mux.HandleFunc("POST /orders", ordered(func(_ context.Context, o Order) error {
		r.Order(o)
		return nil
	}))
	mux.HandleFunc("POST /capacity", ordered(r.Lack))
	mux.HandleFunc("POST /interruptions", ordered(func(ctx context.Context, body struct {
		Instance string `json:"instance"`
	},
	) error {
		return r.Interrupt(ctx, body.Instance)
	}))
	return mux
}

// ordered does what a body asks for.
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
