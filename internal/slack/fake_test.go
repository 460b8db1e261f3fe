package slack_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

const (
	found  = `{"ok":true,"user":{"id":"U1","team_id":"T1","name":"ana","deleted":false,"is_bot":false,"profile":{"email":"ana@example.com"}}}`
	opened = `{"ok":true,"no_op":false,"already_open":false,"channel":{"id":"D1"}}`
	posted = `{"ok":true,"channel":"D1","ts":"1767000000.000100","message":{"text":"x"}}`

	lookupMethod = "users.lookupByEmail"
	openMethod   = "conversations.open"
	postMethod   = "chat.postMessage"
)

// reply is one answer of the fake. The zero reply stands for the method's success.
type reply struct {
	status int
	after  string // Retry-After
	body   string
	lost   bool // the request is taken in and the connection breaks before the answer
}

func refusal(code string) reply { return reply{body: `{"ok":false,"error":"` + code + `"}`} }

// fake is a Slack that answers each method from a script, and with success when the script has ended.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	scripts map[string][]reply
	forms   map[string][]url.Values // what was asked, by method
}

func newFake(t *testing.T, scripts map[string][]reply) *fake {
	t.Helper()
	f := &fake{scripts: scripts, forms: map[string][]url.Values{}}
	f.Server = httptest.NewServer(f)
	f.Config.ErrorLog = nil
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	answer := f.next(method, r.PostForm)
	if answer.lost {
		panic(http.ErrAbortHandler)
	}
	if answer.after != "" {
		w.Header().Set("Retry-After", answer.after)
	}
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	_, _ = io.WriteString(w, answer.body)
}

func (f *fake) next(method string, form url.Values) reply {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forms[method] = append(f.forms[method], form)
	answer := reply{}
	if script := f.scripts[method]; len(script) > 0 {
		answer, f.scripts[method] = script[0], script[1:]
	}
	if answer == (reply{}) {
		answer.body = map[string]string{lookupMethod: found, openMethod: opened, postMethod: posted}[method]
	}
	return answer
}

// asked lists the forms of every call of a method.
func (f *fake) asked(method string) []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]url.Values(nil), f.forms[method]...)
}

// times repeats a reply.
func times(n int, r reply) []reply {
	all := make([]reply, n)
	for i := range all {
		all[i] = r
	}
	return all
}
