package storage

import (
	"io"
	"net/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Control is the back door, for what somebody else does to a bucket: GET and POST /buckets (a bucket as the JSON API
// has it), GET /objects?bucket=B with their contents, POST /objects to write one, PATCH /objects to change its
// metadata, DELETE /objects?bucket=B&name=N, and POST /reset.
func (f *Fake) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /buckets", func(w http.ResponseWriter, _ *http.Request) {
		control.Answer(w, f.Buckets())
	})
	mux.HandleFunc("POST /buckets", func(w http.ResponseWriter, r *http.Request) {
		document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
		if err == nil {
			err = f.createBucket(document)
		}
		done(w, err)
	})
	mux.HandleFunc("GET /objects", func(w http.ResponseWriter, r *http.Request) {
		control.Answer(w, f.Objects(r.URL.Query().Get("bucket")))
	})
	mux.HandleFunc("POST /objects", change(f.PutObject))
	mux.HandleFunc("PATCH /objects", change(f.EditObject))
	mux.HandleFunc("DELETE /objects", func(w http.ResponseWriter, r *http.Request) {
		done(w, f.DeleteObject(r.URL.Query().Get("bucket"), r.URL.Query().Get("name")))
	})
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) {
		f.Reset()
		control.Done(w)
	})
	return mux
}

// change reads an object, does something with it and answers with what became of it.
func change(do func(Object) (Object, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		object, ok := control.Decode[Object](w, r)
		if !ok {
			return
		}
		changed, err := do(object)
		if err != nil {
			done(w, err)
			return
		}
		control.Answer(w, changed)
	}
}

func done(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), refusal(err).status)
		return
	}
	control.Done(w)
}
