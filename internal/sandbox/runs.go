package sandbox

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/runner"
)

// startRuns has the machines of runs executed, in front of the emulated AWS. It goes past the recorder: the list of
// calls is the product's own. Where machines cannot be executed there are none, and all else works.
func (s *Sandbox) startRuns(aws vendor) vendor {
	if s.moto == nil {
		return aws
	}
	r, err := runner.New(runner.Options{Endpoint: s.moto.URL, Speed: s.options.Speed, Asleep: true})
	if err != nil {
		s.noRuns = err
		return aws
	}
	s.Runner = r
	reset := aws.reset
	aws.reset = func(ctx context.Context) error {
		defer r.Reset() // after the emulator's: until then, every machine of it would be met again
		return reset(ctx)
	}
	aws.serves = wakes(r, aws.serves)
	return aws
}

// wakes has the runner look for machines once somebody starts one: who uses no machines pays for no looks.
func wakes(r *runner.Runner, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost && strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
			body, err := io.ReadAll(req.Body)
			_ = req.Body.Close()
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			req.Body = io.NopCloser(bytes.NewReader(body))
			if bytes.Contains(body, []byte("Action=RunInstances")) {
				defer r.Wake()
			}
		}
		next.ServeHTTP(w, req)
	})
}

// runsControl serves the runner's addresses below /runs/.
func (s *Sandbox) runsControl() http.Handler {
	if s.Runner != nil {
		return http.StripPrefix("/runs", s.Runner.Control())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reason := errWithoutAWS
		if s.noRuns != nil {
			reason = s.noRuns
		}
		http.Error(w, reason.Error(), http.StatusNotImplemented)
	})
}

func (s *Sandbox) closeRuns() {
	if s.Runner != nil {
		s.Runner.Close()
	}
}
