// Package slack is a fake of the part of Slack's Web API that tells one person something.
package slack

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Options of a fake.
type Options struct {
	Clock      await.Clock // default: the machine's
	Token      string      // the one token that is valid; empty: any
	RateLimits bool        // looking up people and opening conversations about 50 times a minute each, as Slack's tier 3
}

// Fake is a workspace where everybody is known, whatever their address, unless a test says otherwise.
// It serves below /api/ and is safe for concurrent use.
type Fake struct {
	options Options
	methods map[string]method

	mu sync.Mutex
	state
}

// A method answers one call. The caller holds the lock.
type method func(url.Values) reply

// reply is what Slack answers; "ok" is added on the way out.
type reply map[string]any

func failed(code string, messages ...string) reply {
	answer := reply{"error": code}
	if len(messages) > 0 {
		answer["response_metadata"] = map[string]any{"messages": messages}
	}
	return answer
}

// New is a workspace with no messages.
func New(o Options) *Fake {
	if o.Clock == nil {
		o.Clock = await.RealClock{}
	}
	f := &Fake{options: o, state: newState()}
	f.methods = map[string]method{
		"auth.test":           f.authTest,
		"users.lookupByEmail": f.lookupByEmail,
		"conversations.open":  f.openConversation,
		"chat.postMessage":    f.postMessage,
	}
	return f
}

// Reset forgets people, channels and messages.
func (f *Fake) Reset() { f.change(func() { f.state = newState() }) }

const largestForm = 1 << 20

// ServeHTTP answers as https://slack.com/api/ does: 200 even for failures, but for rate limits.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, "/api/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestForm)
	answer, wait := f.call(name, r)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		w.WriteHeader(http.StatusTooManyRequests)
	}
	_, refused := answer["error"]
	answer["ok"] = !refused
	_ = json.NewEncoder(w).Encode(answer) // a client that left needs no answer
}

func (f *Fake) authTest(url.Values) reply {
	return reply{
		"url": "https://sandbox.slack.com/", "team": "Sandbox", "team_id": teamID,
		"user": "provisioner", "user_id": botUserID, "bot_id": botID,
	}
}
