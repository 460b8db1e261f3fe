package databricks

import (
	"hash/fnv"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/iam"
)

// me is the caller. For a service principal the userName is its application id.
func (f *Fake) me(r call) (any, error) {
	user, known := f.user(f.caller)
	if !known {
		user = newUser(f.caller)
	}
	user.Groups = []iam.ComplexValue{{Display: usersGroup, Type: "direct", Value: "2", Ref: "Groups/2"}}
	if f.admin { // who is in this group administers the workspace
		user.Groups = append([]iam.ComplexValue{{Display: adminsGroup, Type: "direct", Value: "1", Ref: "Groups/1"}}, user.Groups...)
	}
	user.Entitlements = []iam.ComplexValue{{Value: "allow-cluster-create"}, {Value: "workspace-access"}}
	return project(user, r.URL.Query()), nil
}

// userNameFilter is the one filter that lookups use.
var userNameFilter = regexp.MustCompile(`(?i)^\s*userName\s+eq\s+"([^"]*)"\s*$`)

// listUsers looks users up by name. SCIM counts from 1, and answers an empty page beyond the end.
func (f *Fake) listUsers(r call) (any, error) {
	query := r.URL.Query()
	var found []iam.User
	if filter := query.Get("filter"); filter != "" {
		match := userNameFilter.FindStringSubmatch(filter)
		if match == nil {
			return nil, &scimError{http.StatusBadRequest, "Unsupported filter: " + filter}
		}
		if user, known := f.user(match[1]); known {
			found = append(found, user)
		}
	} else {
		for _, user := range f.users {
			found = append(found, user)
		}
		slices.SortFunc(found, func(a, b iam.User) int { return strings.Compare(a.UserName, b.UserName) })
	}

	start, count := max(1, number(query, "startIndex", 1)), max(0, number(query, "count", 100))
	first := min(start-1, len(found))
	page := found[first:min(first+count, len(found))]
	resources := make([]any, len(page))
	for i, user := range page {
		resources[i] = project(user, query)
	}
	reply := map[string]any{
		"schemas":      []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": len(found),
		"startIndex":   start,
		"itemsPerPage": len(page),
	}
	if len(resources) > 0 {
		reply["Resources"] = resources
	}
	return reply, nil
}

func (f *Fake) getUser(r call) (any, error) {
	for _, user := range f.users {
		if user.Id == r.PathValue("id") {
			return project(user, r.URL.Query()), nil
		}
	}
	return nil, &scimError{http.StatusNotFound, "User not found"}
}

// user is somebody of the directory. Whoever has an e-mail address is in it, unless removed; names have no case.
func (f *Fake) user(name string) (iam.User, bool) {
	key := strings.ToLower(name)
	if user, known := f.users[key]; known {
		return user, true
	}
	if f.removed[key] || !strings.Contains(name, "@") {
		return iam.User{}, false
	}
	user := newUser(key)
	f.users[key] = user
	return user, true
}

func newUser(name string) iam.User {
	user := iam.User{
		Schemas:     []iam.UserSchema{iam.UserSchemaUrnIetfParamsScimSchemasCore20User},
		Id:          numericID(name),
		UserName:    name,
		DisplayName: displayName(name),
		Active:      true,
	}
	if strings.Contains(name, "@") {
		user.Emails = []iam.ComplexValue{{Type: "work", Value: name, Primary: true}}
	}
	return user
}

// displayName makes "Ana Diaz" of ana.diaz@example.com.
func displayName(name string) string {
	local, _, isEmail := strings.Cut(name, "@")
	if !isEmail {
		return name
	}
	words := strings.FieldsFunc(local, func(r rune) bool { return strings.ContainsRune("._-+", r) })
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, " ")
}

// numericID is a number as the vendor's ids are, always the same for a name.
func numericID(name string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return strconv.FormatUint(h.Sum64()>>11, 10) // as many digits as the vendor's
}

// project keeps the attributes that were asked for; the id always comes along.
func project(user iam.User, query url.Values) map[string]any {
	fields := convert[map[string]any](user)
	if wanted := query.Get("attributes"); wanted != "" {
		keep := append(strings.Split(wanted, ","), "id")
		for name := range fields {
			if !slices.Contains(keep, name) {
				delete(fields, name)
			}
		}
	}
	for _, name := range strings.Split(query.Get("excludedAttributes"), ",") {
		delete(fields, name)
	}
	return fields
}

func number(query url.Values, name string, otherwise int) int {
	if n, err := strconv.Atoi(query.Get(name)); err == nil {
		return n
	}
	return otherwise
}
