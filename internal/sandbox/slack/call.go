package slack

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// tier3 holds the methods that Slack counts, apart from each other, at about 50 calls a minute.
var tier3 = map[string]bool{"users.lookupByEmail": true, "conversations.open": true}

const tier3PerMinute = 50

// call checks what all methods have in common. A wait above zero is a refusal for the rate limit.
func (f *Fake) call(name string, r *http.Request) (answer reply, wait time.Duration) {
	method, known := f.methods[name]
	if !known {
		return failed("unknown_method"), 0
	}
	if kind := r.Header.Get("Content-Type"); r.Method == http.MethodPost && !strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		return failed("invalid_post_type"), 0
	}
	if err := r.ParseForm(); err != nil {
		return failed("invalid_form_data"), 0
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	token = cmp.Or(token, r.Form.Get("token"))
	switch {
	case token == "":
		return failed("not_authed"), 0
	case f.options.Token != "" && token != f.options.Token:
		return failed("invalid_auth"), 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if wait := f.overLimit(name); wait > 0 {
		return failed("ratelimited"), wait
	}
	return method(r.Form), 0
}

func (f *Fake) overLimit(name string) time.Duration {
	if !f.options.RateLimits || !tier3[name] {
		return 0
	}
	limiter, known := f.limiters[name]
	if !known {
		limiter = rate.NewLimiter(rate.Every(time.Minute/tier3PerMinute), tier3PerMinute)
		f.limiters[name] = limiter
	}
	now := f.options.Clock.Now()
	reserved := limiter.ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}
