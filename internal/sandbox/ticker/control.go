package ticker

import (
	"context"
	"net/http"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control serves POST /clock ({"advance": "2h"}), POST /tick and GET /fired. The first two answer what they fired, and
// 409 with the reason when AWS would not have made a call.
func (t *Ticker) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /clock", func(w http.ResponseWriter, r *http.Request) {
		body, ok := control.Decode[struct {
			Advance string `json:"advance"`
		}](w, r)
		if !ok {
			return
		}
		by, err := time.ParseDuration(body.Advance)
		if err != nil || by < 0 {
			http.Error(w, "advance must be a duration such as 1h59m, and not below 0", http.StatusBadRequest)
			return
		}
		answer(w, func() ([]Firing, error) { return t.Advance(r.Context(), by) })
	})
	mux.HandleFunc("POST /tick", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func() ([]Firing, error) { return t.Tick(r.Context()) })
	})
	mux.HandleFunc("GET /fired", func(w http.ResponseWriter, r *http.Request) {
		answer(w, func() ([]Firing, error) { return t.look(r.Context()) })
	})
	return mux
}

// look is Fired, with what the emulator did since the last tick.
func (t *Ticker) look(ctx context.Context) ([]Firing, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := t.actions(ctx)
	return t.fired, err
}

func answer(w http.ResponseWriter, do func() ([]Firing, error)) {
	fired, err := do()
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	control.Answer(w, append([]Firing{}, fired...))
}
