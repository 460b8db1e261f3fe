package github

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	deviceGrant  = "urn:ietf:params:oauth:grant-type:device_code"
	deviceLife   = 15 * time.Minute
	deviceSecond = 5 // between two questions whether somebody has logged in
)

// login is one under way: by a device code, or by the code that a browser brought back.
type login struct {
	userCode string // of a device
	scopes   []string
	until    time.Time
	interval int
	asked    time.Time // when last asked
	by       string    // who agreed; empty: nobody yet
	denied   bool
}

func (f *Fake) webRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login/device/code", f.deviceCode)
	mux.HandleFunc("POST /login/oauth/access_token", f.accessToken)
	return mux
}

// reply answers as the login does: with status 200 even for errors, as JSON when asked for it, as a form otherwise.
func reply(w http.ResponseWriter, r *http.Request, value object) {
	if strings.Contains(r.Header.Get("Accept"), "json") {
		answer(w, http.StatusOK, value)
		return
	}
	form := url.Values{}
	for name, item := range value {
		form.Set(name, fmt.Sprint(item))
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	_, _ = w.Write([]byte(form.Encode()))
}

func failed(w http.ResponseWriter, r *http.Request, code, description string) {
	reply(w, r, object{"error": code, "error_description": description, "error_uri": "https://docs.github.com/developers/apps/authorizing-oauth-apps"})
}

func (f *Fake) deviceCode(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != f.options.ClientID {
		answer(w, http.StatusNotFound, object{"error": "Not Found"})
		return
	}
	f.serial++
	code := fmt.Sprintf("%040x", f.serial)
	l := &login{userCode: fmt.Sprintf("WDJB-%04d", f.serial), scopes: strings.Fields(r.FormValue("scope")), until: f.options.Clock.Now().Add(deviceLife), interval: deviceSecond}
	f.logins[code] = l
	reply(w, r, object{
		"device_code": code, "user_code": l.userCode, "verification_uri": "https://github.com/login/device",
		"expires_in": int(deviceLife.Seconds()), "interval": l.interval,
	})
}

func (f *Fake) accessToken(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != f.options.ClientID {
		failed(w, r, "incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
		return
	}
	code := r.FormValue("device_code")
	if code == "" {
		f.codeToken(w, r)
		return
	}
	l, known := f.logins[code]
	now := f.options.Clock.Now()
	switch {
	case r.FormValue("grant_type") != deviceGrant:
		failed(w, r, "unsupported_grant_type", "The grant type must be "+deviceGrant+".")
	case !known:
		failed(w, r, "incorrect_device_code", "The device_code provided is not valid.")
	case now.After(l.until):
		failed(w, r, "expired_token", "The device_code has expired.")
	case l.denied:
		failed(w, r, "access_denied", "The authorization request was denied.")
	case !l.asked.IsZero() && now.Sub(l.asked) < time.Duration(l.interval)*time.Second:
		l.interval += deviceSecond // each question too early makes the next one later
		l.asked = now
		reply(w, r, object{"error": "slow_down", "error_description": "Too many requests have been made in the same timeframe.", "interval": l.interval})
	case l.by == "":
		l.asked = now
		failed(w, r, "authorization_pending", "The authorization request is still pending.")
	default:
		delete(f.logins, code)
		f.give(w, r, l)
	}
}

// codeToken trades the code of a browser's login.
func (f *Fake) codeToken(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_secret") != f.options.ClientSecret {
		failed(w, r, "incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
		return
	}
	code := r.FormValue("code")
	l, known := f.logins[code]
	if !known || l.userCode != "" {
		failed(w, r, "bad_verification_code", "The code passed is incorrect or expired.")
		return
	}
	delete(f.logins, code)
	f.give(w, r, l)
}

// give makes a token for who agreed. It takes the place of the one they had.
func (f *Fake) give(w http.ResponseWriter, r *http.Request, l *login) {
	i := f.find(l.by)
	if i < 0 {
		failed(w, r, "access_denied", "The account is gone.")
		return
	}
	f.serial++
	p := &f.people[i]
	p.Token, p.Scopes = fmt.Sprintf("gho_%036d", f.serial), l.scopes
	reply(w, r, object{"access_token": p.Token, "token_type": "bearer", "scope": strings.Join(p.Scopes, ",")})
}

// Approve lets somebody agree to the device login that shows this code, as they would at github.com/login/device.
func (f *Fake) Approve(userCode, who string) error { return f.decide(userCode, who, false) }

// Deny lets them refuse it.
func (f *Fake) Deny(userCode string) error { return f.decide(userCode, "", true) }

func (f *Fake) decide(userCode, by string, denied bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !denied && f.find(by) < 0 {
		return fmt.Errorf("there is nobody called %q", by)
	}
	for _, l := range f.logins {
		if l.userCode == userCode {
			l.by, l.denied = by, denied
			return nil
		}
	}
	return fmt.Errorf("no login waits with the code %q", userCode)
}

// Code is what a browser brings back when somebody agreed there: good for one access token.
func (f *Fake) Code(who string, scopes ...string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serial++
	code := fmt.Sprintf("%020x", f.serial)
	f.logins[code] = &login{by: who, scopes: slices.Clone(scopes)}
	return code
}
