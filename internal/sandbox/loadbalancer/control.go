package loadbalancer

import (
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control serves POST /orders (an [Order]).
func (f *Fake) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		order, ok := control.Decode[Order](w, r)
		if !ok {
			return
		}
		if err := f.Order(order); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		control.Done(w)
	})
	return mux
}
