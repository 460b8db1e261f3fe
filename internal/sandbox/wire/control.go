package wire

import (
	"io"
	"net/http"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control serves GET and DELETE /calls, POST /faults (one or a list) and POST /latency ({"ms": 20}).
func (r *Recorder) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /calls", func(w http.ResponseWriter, _ *http.Request) {
		control.Answer(w, r.Calls())
	})
	mux.HandleFunc("DELETE /calls", func(w http.ResponseWriter, _ *http.Request) {
		r.Forget()
		control.Done(w)
	})
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, req *http.Request) {
		document, err := io.ReadAll(req.Body)
		var faults []Fault
		if err == nil {
			faults, err = ParseFaults(document)
		}
		if err == nil {
			err = r.AddFault(faults...)
		}
		if err != nil {
			http.Error(w, "cannot use these faults: "+err.Error(), http.StatusBadRequest)
			return
		}
		control.Done(w)
	})
	mux.HandleFunc("POST /latency", func(w http.ResponseWriter, req *http.Request) {
		latency, ok := control.Decode[struct {
			MS int `json:"ms"`
		}](w, req)
		switch {
		case !ok:
		case latency.MS < 0:
			http.Error(w, "ms is a number of milliseconds, 0 or more", http.StatusBadRequest)
		default:
			r.SetLatency(time.Duration(latency.MS) * time.Millisecond)
			control.Done(w)
		}
	})
	return mux
}
