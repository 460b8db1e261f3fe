package databricks

import (
	"io"
	"net/http"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"
)

// Control is the workspace's back door, for a person or a script: every scenario as a small JSON body, checked as
// strictly as the API's own. Durations are written as 4m or 45s.
func (f *Fake) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /timings", control(func(body struct {
		Start   string `json:"start,omitempty"`
		Stop    string `json:"stop,omitempty"`
		Library string `json:"library,omitempty"`
	},
	) (any, error) {
		f.mu.Lock()
		timings := f.timings
		f.mu.Unlock()
		for _, t := range []struct {
			given string
			into  *time.Duration
		}{{body.Start, &timings.Start}, {body.Stop, &timings.Stop}, {body.Library, &timings.Library}} {
			if t.given == "" {
				continue // what is not given stays
			}
			d, err := duration(t.given)
			if err != nil {
				return nil, err
			}
			*t.into = d
		}
		f.SetTimings(timings)
		return nil, nil
	}))
	mux.HandleFunc("POST /fail-library", control(func(body struct {
		Name    string `json:"name"`
		Message string `json:"message"`
	},
	) (any, error) {
		f.FailLibrary(body.Name, body.Message)
		return nil, nil
	}))
	mux.HandleFunc("POST /fail-start", control(func(body struct {
		Match      string                        `json:"match"`
		Code       compute.TerminationReasonCode `json:"code"`
		Type       compute.TerminationReasonType `json:"type"`
		Parameters map[string]string             `json:"parameters,omitempty"`
	},
	) (any, error) {
		f.FailStart(body.Match, string(body.Code), string(body.Type), body.Parameters)
		return nil, nil
	}))
	type match struct {
		Match string `json:"match"`
	}
	mux.HandleFunc("POST /die-during-libraries", control(func(body match) (any, error) {
		f.DieDuringLibraries(body.Match)
		return nil, nil
	}))
	mux.HandleFunc("POST /go-to-error", control(func(body match) (any, error) {
		f.GoToError(body.Match)
		return nil, nil
	}))
	mux.HandleFunc("POST /heal", control(func(struct{}) (any, error) {
		f.Heal()
		return nil, nil
	}))
	mux.HandleFunc("POST /list-lag", control(func(body struct {
		Duration string `json:"duration"`
	},
	) (any, error) {
		d, err := duration(body.Duration)
		if err != nil {
			return nil, err
		}
		f.HideFromList(d)
		return nil, nil
	}))
	mux.HandleFunc("POST /policy", control(func(body compute.Policy) (any, error) {
		return nil, f.setPolicy(body)
	}))
	mux.HandleFunc("POST /caller", control(func(body struct {
		UserName string `json:"user_name"`
		Admin    bool   `json:"admin"`
	},
	) (any, error) {
		f.SetCaller(body.UserName, body.Admin)
		return nil, nil
	}))
	mux.HandleFunc("POST /user", control(func(body iam.User) (any, error) {
		f.SetUser(body)
		return nil, nil
	}))
	mux.HandleFunc("POST /remove-user", control(func(body struct {
		UserName string `json:"user_name"`
	},
	) (any, error) {
		f.RemoveUser(body.UserName)
		return nil, nil
	}))
	mux.HandleFunc("POST /purge", control(func(body struct {
		ClusterID string `json:"cluster_id"`
	},
	) (any, error) {
		if err := f.Purge(body.ClusterID); err != nil {
			return nil, notFound("%v", err)
		}
		return nil, nil
	}))
	mux.HandleFunc("POST /seed", control(func(body struct {
		Cluster compute.CreateCluster `json:"cluster"`
		Creator string                `json:"creator"`
	},
	) (any, error) {
		return map[string]any{"cluster_id": f.Seed(body.Cluster, body.Creator)}, nil
	}))
	mux.HandleFunc("POST /reset", control(func(struct{}) (any, error) {
		f.Reset()
		return nil, nil
	}))
	mux.HandleFunc("GET /clusters", func(w http.ResponseWriter, _ *http.Request) {
		write(w, map[string]any{"clusters": f.Clusters()}, nil)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		write(w, nil, notFound("No control found for '%s %s'", r.Method, r.URL.Path))
	})
	return mux
}

// control reads a strict body for one scenario; no body at all counts as {}.
func control[T any](apply func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		document, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
		if err != nil {
			write(w, nil, malformed("Could not read the request: %v", err))
			return
		}
		if len(document) == 0 {
			document = []byte("{}")
		}
		body, err := decode[T](document)
		if err != nil {
			write(w, nil, err)
			return
		}
		reply, err := apply(body)
		write(w, reply, err)
	}
}

func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, invalidParameter("Invalid duration %q: write it as 4m or 45s.", text)
	}
	return d, nil
}
