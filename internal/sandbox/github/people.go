package github

import (
	"hash/fnv"
	"slices"
	"strings"
)

// Person is an account, and what it is to the organisation.
type Person struct {
	Login     string   `json:"login"`
	Token     string   `json:"token,omitempty"`     // that says who they are; empty: they have none yet
	Role      string   `json:"role,omitempty"`      // in the organisation: member or admin; empty: none
	Pending   bool     `json:"pending,omitempty"`   // invited, and has not accepted
	Teams     []string `json:"teams,omitempty"`     // slugs; of another organisation as other/slug
	Scopes    []string `json:"scopes,omitempty"`    // of the token; none: it may only tell who they are
	Forbidden bool     `json:"forbidden,omitempty"` // the organisation keeps such tokens out: 403 where membership is asked for
}

// Put makes somebody known, or changes them, by login without case.
func (f *Fake) Put(p Person) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.put(p)
}

// Remove forgets somebody: their tokens are no longer valid.
func (f *Fake) Remove(login string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.people = slices.DeleteFunc(f.people, func(p Person) bool { return strings.EqualFold(p.Login, login) })
}

func (f *Fake) put(p Person) {
	if i := f.find(p.Login); i >= 0 {
		f.people[i] = p
		return
	}
	f.people = append(f.people, p)
}

func (f *Fake) find(login string) int {
	return slices.IndexFunc(f.people, func(p Person) bool { return strings.EqualFold(p.Login, login) })
}

// behind is who a token belongs to.
func (f *Fake) behind(token string) (Person, bool) {
	i := slices.IndexFunc(f.people, func(p Person) bool { return p.Token != "" && p.Token == token })
	if i < 0 {
		return Person{}, false
	}
	return f.people[i], true
}

// idOf is stable: the same name has the same number in every run.
func idOf(name string) int64 {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(strings.ToLower(name)))
	return int64(sum.Sum32())
}

type object = map[string]any

func account(login, kind string) object {
	return object{"login": login, "id": idOf(login), "type": kind, "html_url": "https://github.com/" + login, "site_admin": false}
}

func (f *Fake) team(name string) object {
	organization, slug, other := strings.Cut(name, "/")
	if !other {
		organization, slug = f.options.Organization, name
	}
	return object{
		"id": idOf(organization + "/" + slug), "slug": slug, "name": slug, "privacy": "closed", "permission": "pull",
		"organization": account(organization, "Organization"),
	}
}
