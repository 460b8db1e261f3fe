package sandbox

import (
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// control serves the control address: health, reset, the recorder's part, and each vendor's part below its name.
func (s *Sandbox) control() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s.Wire.Control())
	for _, v := range s.vendors {
		if v.control != nil {
			mux.Handle("/"+v.name+"/", http.StripPrefix("/"+v.name, v.control))
		}
	}
	mux.Handle("/runs/", s.runsControl())
	mux.HandleFunc("/healthz", only(http.MethodGet, s.healthz))
	mux.HandleFunc("/reset", only(http.MethodPost, func(w http.ResponseWriter, r *http.Request) {
		if err := s.Reset(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		control.Done(w)
	}))
	return mux
}

func (s *Sandbox) healthz(w http.ResponseWriter, _ *http.Request) {
	if s.moto != nil {
		select {
		case <-s.moto.Done():
			http.Error(w, "moto has ended", http.StatusServiceUnavailable)
			return
		default:
		}
	}
	control.Done(w)
}

// only is needed beside a handler for "/": the mux would hand the wrong method to that one.
func only(method string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method {
			w.Header().Set("Allow", method)
			http.Error(w, "this address takes "+method+" only", http.StatusMethodNotAllowed)
			return
		}
		next(w, r)
	}
}
