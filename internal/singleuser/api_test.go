package singleuser

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

type answers struct{}

func (answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK}, nil
}

// elapsed is how long so many calls take, by a clock that moves only while everybody waits.
func elapsed(t *testing.T, limits Limits, n int, method, path string) (took time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		transport := newPaced(answers{}, limits)
		start := time.Now()
		for range n {
			request, err := http.NewRequestWithContext(t.Context(), method, "https://workspace.example.com"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			reply, err := transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			if reply.Body != nil {
				_ = reply.Body.Close()
			}
		}
		took = time.Since(start)
	})
	return took
}

func TestThePaceIsTheVendors(t *testing.T) {
	const permissions, clusters = "/api/2.0/permissions/clusters/c", "/api/2.1/clusters/get"
	for name, c := range map[string]struct {
		limits         Limits
		method, path   string
		atLeast, under time.Duration
	}{
		"1,000 permission reads at 100 a second":  {Published, http.MethodGet, permissions, 9 * time.Second, 11 * time.Second},
		"1,000 permission changes at 30 a second": {Published, http.MethodPatch, permissions, 32 * time.Second, 35 * time.Second},
		"clusters have no published limit":        {Published, http.MethodGet, clusters, 0, time.Millisecond},
		"a limit of one's own":                    {Limits{Calls: 500}, http.MethodGet, clusters, 1700 * time.Millisecond, 2100 * time.Millisecond},
		"none at all":                             {Limits{}, http.MethodPatch, permissions, 0, time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			if took := elapsed(t, c.limits, 1000, c.method, c.path); took < c.atLeast || took > c.under {
				t.Errorf("1,000 calls take %s, want between %s and %s", took, c.atLeast, c.under)
			}
		})
	}
}
