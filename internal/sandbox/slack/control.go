package slack

import (
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control serves POST /unknown, /disabled and /close-dms ({"email": …}), POST /channels ({"id": …, "member": …})
// and GET /messages.
func (f *Fake) Control() http.Handler {
	mux := http.NewServeMux()
	for path, mark := range map[string]func(string){"/unknown": f.Unknown, "/disabled": f.Disabled, "/close-dms": f.CloseDMs} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			person, ok := control.Decode[struct {
				Email string `json:"email"`
			}](w, r)
			if ok {
				mark(person.Email)
				control.Done(w)
			}
		})
	}
	mux.HandleFunc("POST /channels", func(w http.ResponseWriter, r *http.Request) {
		channel, ok := control.Decode[struct {
			ID     string `json:"id"`
			Member bool   `json:"member"`
		}](w, r)
		if ok {
			f.AddChannel(channel.ID, channel.Member)
			control.Done(w)
		}
	})
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, _ *http.Request) {
		control.Answer(w, f.Messages())
	})
	return mux
}
