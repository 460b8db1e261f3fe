package singleuser_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// Whatever happens to the answer of a create, there is exactly one cluster in the end, and no second call is made
// while the first may have happened.
func TestCreateIsSafeAgainstLostReplies(t *testing.T) {
	cases := map[string]struct {
		losses  []loss
		lag     time.Duration
		creates int
	}{
		"connection reset after the effect":        {losses: []loss{lostAfter}, creates: 1},
		"connection closed after the effect":       {losses: []loss{endedAfter}, creates: 1},
		"503 after the effect":                     {losses: []loss{answeredAfter(503, `{"error_code":"TEMPORARILY_UNAVAILABLE","message":"try later"}`)}, creates: 1},
		"500 after the effect":                     {losses: []loss{answeredAfter(500, `{"error_code":"INTERNAL_ERROR","message":"oops"}`)}, creates: 1},
		"504 after the effect":                     {losses: []loss{answeredAfter(504, `{"error_code":"DEADLINE_EXCEEDED","message":"late"}`)}, creates: 1},
		"400 that is a time-out, after the effect": {losses: []loss{answeredAfter(400, `{"error_code":"BAD_REQUEST","message":"context deadline exceeded"}`)}, creates: 1},
		"an answer without an id":                  {losses: []loss{answeredAfter(200, `{}`)}, creates: 1},
		"lost, and the list lags behind":           {losses: []loss{lostAfter}, lag: 20 * time.Second, creates: 1},
		"connection reset before the effect":       {losses: []loss{lostBefore}, creates: 2},
		"503 without effect":                       {losses: []loss{answered(503, `{"error_code":"TEMPORARILY_UNAVAILABLE","message":"try later"}`)}, creates: 2},
		"throttled":                                {losses: []loss{answered(429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}`, "Retry-After", "7")}, creates: 2},
		"lost before, then lost after":             {losses: []loss{lostBefore, lostAfter}, creates: 2},
		// The list lags longer than we look: the second call makes a second cluster, which this run takes back.
		"lost, and the list lags for very long": {losses: []loss{lostAfter}, lag: 45 * time.Second, creates: 2},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			ws := newWorkspace(t)
			ws.HideFromList(c.lag)
			ws.lose["POST create"] = c.losses
			got := ws.ensured(wanted(t))
			if got.Outcome != singleuser.Created || got.WarmUp != singleuser.Succeeded || got.ID != ws.only().ClusterId {
				t.Errorf("the answer is %+v", got)
			}
			if n := ws.count("POST create"); n != c.creates {
				t.Errorf("%d creates, want %d", n, c.creates)
			}
		})
	}
}

func TestCreateHonoursRetryAfter(t *testing.T) {
	ws := newWorkspace(t)
	ws.lose["POST create"] = []loss{answered(429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}`, "Retry-After", "7")}
	start := ws.clock.Now()
	ws.ensured(wanted(t, cold))
	if waited := ws.clock.Now().Sub(start); waited < 7*time.Second {
		t.Errorf("waited %s", waited)
	}
}

func TestCreateTellsARefusal(t *testing.T) {
	ws := newWorkspace(t)
	ws.lose["POST create"] = []loss{answered(400, `{"error_code":"INVALID_PARAMETER_VALUE","message":"Validation failed for custom_tags, team must be present; "}`)}
	_, err := ws.fleet().Ensure(t.Context(), wanted(t))
	for _, text := range []string{"creating the cluster ana", "ana.diaz@example.com", "team must be present", "policy"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("the error does not say %q: %v", text, err)
		}
	}
	if n := ws.count("POST create"); n != 1 {
		t.Errorf("a refusal was repeated: %d creates", n)
	}
}

func TestErrorsNameTheRemedy(t *testing.T) {
	for status, remedy := range map[int]string{
		http.StatusUnauthorized: "Check the token", http.StatusForbidden: "Give the provider's identity the right",
	} {
		ws := newWorkspace(t)
		ws.lose["POST create"] = []loss{answered(status, `{"message":"no"}`)}
		if _, err := ws.fleet().Ensure(t.Context(), wanted(t)); err == nil || !strings.Contains(err.Error(), remedy) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// Every call but create may be repeated: a lost answer costs a pause, not the cluster.
func TestOtherLostRepliesAreRepeated(t *testing.T) {
	for _, call := range []string{"PATCH permissions", "POST install", "GET get", "GET cluster-status", "POST delete", "POST update", "GET list"} {
		for kind, lost := range map[string]loss{"before": lostBefore, "after": lostAfter, "503": answered(503, `{"message":"later"}`)} {
			t.Run(call+" "+kind, func(t *testing.T) {
				ws := newWorkspace(t)
				ws.lose[call] = []loss{lost}
				c := ws.ensured(wanted(t))
				if c.Outcome != singleuser.Created || c.WarmUp != singleuser.Succeeded || ws.only().State != compute.StateTerminated {
					t.Errorf("the answer is %+v", c)
				}
			})
		}
	}
}
