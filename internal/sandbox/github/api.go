package github

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (f *Fake) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /user", f.as(f.user))
	mux.HandleFunc("GET /user/teams", f.as(f.teams, "read:org", "repo", "user"))
	mux.HandleFunc("GET /user/memberships/orgs/{org}", f.as(f.ownMembership, "read:org"))
	mux.HandleFunc("GET /orgs/{org}/memberships/{login}", f.as(f.membership, "read:org"))
	mux.HandleFunc("GET /rate_limit", f.rateLimit)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
	return mux
}

// as checks what all calls have in common: the rate limit, the token, and one of the scopes that the call accepts.
func (f *Fake) as(next func(http.ResponseWriter, *http.Request, Person), accepted ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := tokenOf(r)
		who, known := f.behind(token)
		if f.overLimit(w, token) {
			return
		}
		switch {
		case token == "":
			refuse(w, http.StatusUnauthorized, "Requires authentication")
			return
		case !known:
			refuse(w, http.StatusUnauthorized, "Bad credentials")
			return
		}
		w.Header().Set("X-Oauth-Scopes", strings.Join(who.Scopes, ", "))
		w.Header().Set("X-Accepted-Oauth-Scopes", strings.Join(accepted, ", "))
		if len(accepted) > 0 && !slices.ContainsFunc(who.Scopes, func(has string) bool { return covers(has, accepted) }) {
			refuse(w, http.StatusForbidden, "You need at least read:org scope to see this.")
			return
		}
		next(w, r, who)
	}
}

// covers says whether a scope is one of those accepted, or holds one of them.
func covers(has string, accepted []string) bool {
	holds := map[string]string{"admin:org": "read:org", "write:org": "read:org"}
	return slices.Contains(accepted, has) || slices.Contains(accepted, holds[has])
}

// tokenOf takes a token as GitHub does: "token X" and "Bearer X" are the same.
func tokenOf(r *http.Request) string {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "token") && !strings.EqualFold(kind, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func (f *Fake) user(w http.ResponseWriter, _ *http.Request, who Person) {
	answer(w, http.StatusOK, account(who.Login, "User"))
}

// membership is told to members, of members: to anybody else the organisation is not there.
func (f *Fake) membership(w http.ResponseWriter, r *http.Request, who Person) {
	f.tell(w, r.PathValue("org"), who, r.PathValue("login"))
}

func (f *Fake) ownMembership(w http.ResponseWriter, r *http.Request, who Person) {
	f.tell(w, r.PathValue("org"), who, who.Login)
}

func (f *Fake) tell(w http.ResponseWriter, organization string, asks Person, login string) {
	if asks.Forbidden {
		refuse(w, http.StatusForbidden, fmt.Sprintf("`%s` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.", organization))
		return
	}
	i := f.find(login)
	if !strings.EqualFold(organization, f.options.Organization) || i < 0 || f.people[i].Role == "" || asks.Role == "" {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	state := "active"
	if f.people[i].Pending {
		state = "pending"
	}
	answer(w, http.StatusOK, object{
		"url":   fmt.Sprintf("https://api.github.com/orgs/%s/memberships/%s", f.options.Organization, f.people[i].Login),
		"state": state, "role": f.people[i].Role, "organization": account(f.options.Organization, "Organization"), "user": account(f.people[i].Login, "User"),
	})
}

// teams come in pages of 30, or as many as asked for up to 100; the Link header tells of the next.
func (f *Fake) teams(w http.ResponseWriter, r *http.Request, who Person) {
	size, page := number(r, "per_page", 30, 100), number(r, "page", 1, 1<<30)
	from := min((page-1)*size, len(who.Teams))
	to := min(from+size, len(who.Teams))
	list := []object{}
	for _, name := range who.Teams[from:to] {
		list = append(list, f.team(name))
	}
	if to < len(who.Teams) {
		next := *r.URL
		query := next.Query()
		query.Set("page", strconv.Itoa(page+1))
		next.RawQuery = query.Encode()
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s>; rel="next"`, r.Host, next.RequestURI()))
	}
	answer(w, http.StatusOK, list)
}

func number(r *http.Request, name string, otherwise, most int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 1 {
		return otherwise
	}
	return min(n, most)
}

const (
	hourly          = 5000
	hourlyAnonymous = 60
)

func limitOf(token string) int {
	if token == "" {
		return hourlyAnonymous
	}
	return hourly
}

// Limit leaves every token this many calls until the next full hour; each call after them is answered with status, 403
// or 429.
func (f *Fake) Limit(left, status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused = status
	f.left = map[string]int{"": left}
	for _, p := range f.people {
		f.left[p.Token] = left
	}
}

// SetOutage makes everything answer with a status such as 503; 0 ends that.
func (f *Fake) SetOutage(status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outage = status
}

// overLimit counts a call and answers one too many.
func (f *Fake) overLimit(w http.ResponseWriter, token string) bool {
	limit := limitOf(token)
	left, counted := f.left[token]
	if !counted {
		left = limit
	}
	refused := counted && left <= 0
	if !refused && (counted || f.options.RateLimits) {
		f.left[token] = left - 1
	}
	left = max(left-1, 0)
	reset := f.options.Clock.Now().Truncate(time.Hour).Add(time.Hour)
	for name, value := range map[string]int64{"Limit": int64(limit), "Remaining": int64(left), "Used": int64(limit - left), "Reset": reset.Unix()} {
		w.Header().Set("X-Ratelimit-"+name, strconv.FormatInt(value, 10))
	}
	w.Header().Set("X-Ratelimit-Resource", "core")
	if refused {
		refuse(w, f.refused, "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include the request ID.")
	}
	return refused
}

// rateLimit tells how many calls are left, and is not one of them.
func (f *Fake) rateLimit(w http.ResponseWriter, r *http.Request) {
	limit := limitOf(tokenOf(r))
	left, counted := f.left[tokenOf(r)]
	if !counted {
		left = limit
	}
	reset := f.options.Clock.Now().Truncate(time.Hour).Add(time.Hour).Unix()
	core := object{"limit": limit, "remaining": max(left, 0), "used": limit - max(left, 0), "reset": reset}
	answer(w, http.StatusOK, object{"resources": object{"core": core}, "rate": core})
}
