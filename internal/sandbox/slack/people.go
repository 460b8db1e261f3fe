package slack

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"strings"

	"golang.org/x/time/rate"
)

const (
	teamID    = "T0SANDBOX"
	botID     = "B0SANDBOX"
	botUserID = "U0SANDBOX"
)

// state is what Reset forgets. People are keyed by their address in lower case.
type state struct {
	unknown, disabled, closed map[string]bool
	members                   map[string]bool   // channel id → whether the bot is in it
	people                    map[string]string // user id → address, of those looked up
	conversations             map[string]string // direct message id → address, of those opened
	messages                  []Message
	limiters                  map[string]*rate.Limiter
}

func newState() state {
	return state{
		unknown: map[string]bool{}, disabled: map[string]bool{}, closed: map[string]bool{},
		members: map[string]bool{}, people: map[string]string{}, conversations: map[string]string{},
		limiters: map[string]*rate.Limiter{},
	}
}

// Unknown makes somebody a stranger to the workspace.
func (f *Fake) Unknown(email string) { f.change(func() { f.unknown[normalize(email)] = true }) }

// Disabled makes somebody a deactivated member: found, but marked deleted, and not to be written to.
func (f *Fake) Disabled(email string) { f.change(func() { f.disabled[normalize(email)] = true }) }

// CloseDMs lets messages to somebody be refused, as where the app's Messages tab is off.
func (f *Fake) CloseDMs(email string) { f.change(func() { f.closed[normalize(email)] = true }) }

// AddChannel makes a channel, with or without the bot in it.
func (f *Fake) AddChannel(id string, member bool) { f.change(func() { f.members[id] = member }) }

func (f *Fake) change(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
}

func normalize(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// idOf is stable: the same person has the same id in every run.
func idOf(kind, email string) string {
	sum := sha256.Sum256([]byte(email))
	return kind + base32.StdEncoding.EncodeToString(sum[:])[:10]
}

func (f *Fake) lookupByEmail(form url.Values) reply {
	email := normalize(form.Get("email"))
	if email == "" {
		return failed("invalid_arguments", "[ERROR] missing required field: email")
	}
	name, _, isAddress := strings.Cut(email, "@")
	if !isAddress || f.unknown[email] {
		return failed("users_not_found")
	}
	id := idOf("U", email)
	f.people[id] = email
	return reply{"user": map[string]any{
		"id": id, "team_id": teamID, "name": name, "deleted": f.disabled[email], "is_bot": false,
		"profile": map[string]any{"email": email},
	}}
}

func (f *Fake) openConversation(form url.Values) reply {
	if wrong := notBoolean(form, "return_im", "prevent_creation"); wrong != nil {
		return wrong
	}
	users := form.Get("users")
	switch {
	case users == "" && form.Get("channel") == "":
		return failed("users_list_not_supplied")
	case users == "":
		return f.reopen(form.Get("channel"))
	case strings.Contains(users, ","):
		return failed("not_emulated", "the sandbox opens conversations with one person only")
	}
	email, known := f.people[users]
	switch {
	case !known || f.unknown[email]:
		return failed("user_not_found")
	case f.disabled[email]:
		return failed("user_disabled")
	}
	id := idOf("D", email)
	_, already := f.conversations[id]
	f.conversations[id] = email
	return opened(id, already)
}

func (f *Fake) reopen(id string) reply {
	if _, known := f.conversations[id]; !known {
		return failed("channel_not_found")
	}
	return opened(id, true)
}

func opened(id string, already bool) reply {
	return reply{"no_op": already, "already_open": already, "channel": map[string]any{"id": id}}
}

func notBoolean(form url.Values, names ...string) reply {
	for _, name := range names {
		switch form.Get(name) {
		case "", "true", "false", "1", "0":
		default:
			return failed("invalid_arguments", "[ERROR] "+name+" must be a boolean")
		}
	}
	return nil
}
