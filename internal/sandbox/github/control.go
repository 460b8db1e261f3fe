package github

import (
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control serves POST /people (a Person) and /remove ({"login": …}); /outage ({"status": 503}, 0 ends it); /limit
// ({"left": 0, "status": 403}); /approve ({"user_code": …, "login": …}) and /deny ({"user_code": …}) of a device login.
func (f *Fake) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /people", on(func(p Person) error { f.Put(p); return nil }))
	mux.HandleFunc("POST /remove", on(func(body struct {
		Login string `json:"login"`
	},
	) error {
		f.Remove(body.Login)
		return nil
	}))
	mux.HandleFunc("POST /outage", on(func(body struct {
		Status int `json:"status"`
	},
	) error {
		f.SetOutage(body.Status)
		return nil
	}))
	mux.HandleFunc("POST /limit", on(func(body struct {
		Left   int `json:"left"`
		Status int `json:"status"`
	},
	) error {
		f.Limit(body.Left, body.Status)
		return nil
	}))
	mux.HandleFunc("POST /approve", on(func(body struct {
		UserCode string `json:"user_code"`
		Login    string `json:"login"`
	},
	) error {
		return f.Approve(body.UserCode, body.Login)
	}))
	mux.HandleFunc("POST /deny", on(func(body struct {
		UserCode string `json:"user_code"`
	},
	) error {
		return f.Deny(body.UserCode)
	}))
	return mux
}

func on[T any](do func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := control.Decode[T](w, r)
		if !ok {
			return
		}
		if err := do(body); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		control.Done(w)
	}
}
