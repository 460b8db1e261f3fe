package databricks

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// policy is a compute policy with its definition read.
type policy struct {
	compute.Policy
	rules map[string]rule
}

// rule is what a policy says of one attribute path.
type rule struct {
	Type         string   `json:"type"`
	Value        any      `json:"value,omitempty"`
	Values       []any    `json:"values,omitempty"`
	Pattern      string   `json:"pattern,omitempty"`
	MinValue     *float64 `json:"minValue,omitempty"`
	MaxValue     *float64 `json:"maxValue,omitempty"`
	DefaultValue any      `json:"defaultValue,omitempty"`
	IsOptional   bool     `json:"isOptional,omitempty"`
	Hidden       bool     `json:"hidden,omitempty"`
}

var ruleTypes = []string{"fixed", "forbidden", "allowlist", "blocklist", "regex", "range", "unlimited"}

func (f *Fake) setPolicy(p compute.Policy) error {
	if p.PolicyId == "" {
		return missingField("policy_id")
	}
	definition := cmp.Or(p.Definition, "{}")
	rules, err := decode[map[string]rule]([]byte(definition))
	if err != nil {
		return fmt.Errorf("definition of policy %s: %w", p.PolicyId, err)
	}
	for path, r := range rules {
		if !slices.Contains(ruleTypes, r.Type) {
			return invalidParameter("definition of policy %s: %s has the unknown type %q", p.PolicyId, path, r.Type)
		}
		if _, err := regexp.Compile(r.Pattern); err != nil {
			return invalidParameter("definition of policy %s: %s: %v", p.PolicyId, path, err)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.CreatedAtTimestamp == 0 {
		p.CreatedAtTimestamp = f.now().UnixMilli()
	}
	f.policies[p.PolicyId] = &policy{Policy: p, rules: rules}
	return nil
}

// applyPolicy writes the fixed values of the attributes' policy into them, its default values only when asked to, and
// refuses what the policy does not allow, all of it in one message.
func (f *Fake) applyPolicy(attributes map[string]any, withDefaults bool) error {
	id := text(attributes["policy_id"])
	if id == "" {
		return nil
	}
	p, known := f.policies[id]
	if !known {
		return invalidParameter("Can't find a cluster policy with id: %s.", id)
	}
	var violations strings.Builder
	for _, path := range slices.Sorted(maps.Keys(p.rules)) {
		if wrong := p.rules[path].apply(attributes, path, withDefaults); wrong != "" {
			violations.WriteString("Validation failed for " + wrong + "; ")
		}
	}
	if violations.Len() > 0 {
		return invalidParameter("%s", violations.String())
	}
	return nil
}

// apply returns what the rule finds wrong, or "".
func (r rule) apply(attributes map[string]any, path string, withDefaults bool) (wrong string) {
	switch path {
	case "cluster_type": // a virtual attribute: all-purpose clusters are all there are here
		if r.Type == "fixed" && r.Value != "all-purpose" {
			return fmt.Sprintf(`cluster_type, the value must be %v (is "all-purpose")`, r.Value)
		}
		return ""
	case "dbus_per_hour": // a virtual attribute: no prices here
		return ""
	}
	names := splitPath(path)
	value, given := lookUp(attributes, names)
	refuse := func(format string, values ...any) string {
		shown, _ := json.Marshal(value)
		return path + ", the value " + fmt.Sprintf(format, values...) + fmt.Sprintf(" (is %s)", shown)
	}
	switch {
	case r.Type == "fixed" && !given:
		set(attributes, names, r.Value)
	case r.Type == "fixed":
		if !equal(path, value, r.Value) {
			return refuse("must be %v", r.Value)
		}
	case r.Type == "forbidden":
		if given {
			return refuse("must not be present")
		}
	case !given && withDefaults && r.DefaultValue != nil:
		set(attributes, names, r.DefaultValue)
	case !given && !r.IsOptional: // a limiting rule makes the attribute required
		if len(names) > 1 {
			return strings.Join(names[:len(names)-1], ".") + ", " + names[len(names)-1] + " must be present"
		}
		return path + ", the value must be present"
	case given:
		return r.limit(path, value, refuse)
	}
	return ""
}

func (r rule) limit(path string, value any, refuse func(string, ...any) string) string {
	among := slices.ContainsFunc(r.Values, func(allowed any) bool { return equal(path, value, allowed) })
	switch r.Type {
	case "allowlist":
		if !among {
			return refuse("must be one of %v", r.Values)
		}
	case "blocklist":
		if among {
			return refuse("must not be one of %v", r.Values)
		}
	case "regex": // anchored at both ends
		if !regexp.MustCompile(`^(?:` + r.Pattern + `)$`).MatchString(fmt.Sprint(value)) {
			return refuse("must match %s", r.Pattern)
		}
	case "range":
		n, isNumber := value.(float64)
		if !isNumber || r.MinValue != nil && n < *r.MinValue {
			return refuse("must be at least %v", *cmp.Or(r.MinValue, new(float64)))
		}
		if r.MaxValue != nil && n > *r.MaxValue {
			return refuse("must be at most %v", *r.MaxValue)
		}
	}
	return ""
}

// equal compares a value with a policy's; the two names of an access mode are one.
func equal(path string, value, wanted any) bool {
	if path == "data_security_mode" {
		return accessMode(text(value), nil) == accessMode(text(wanted), nil)
	}
	return reflect.DeepEqual(value, wanted)
}

// splitPath splits a path at its dots, but the keys of maps such as spark_conf keep theirs.
func splitPath(path string) []string {
	if first, rest, nested := strings.Cut(path, "."); nested && isMapField(first) {
		return []string{first, rest}
	}
	return strings.Split(path, ".")
}

func lookUp(attributes map[string]any, names []string) (value any, given bool) {
	for _, name := range names[:len(names)-1] {
		attributes, _ = attributes[name].(map[string]any)
	}
	value, given = attributes[names[len(names)-1]]
	return value, given
}

func set(attributes map[string]any, names []string, value any) {
	for _, name := range names[:len(names)-1] {
		inner, _ := attributes[name].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			attributes[name] = inner
		}
		attributes = inner
	}
	attributes[names[len(names)-1]] = cloneValue(value)
}

// withinPolicyQuota refuses one cluster more than a policy lets a person have.
func (f *Fake) withinPolicyQuota(policyID string) error {
	p, known := f.policies[policyID]
	if !known || p.MaxClustersPerUser == 0 {
		return nil
	}
	var have int64
	for _, c := range f.created {
		if !c.purged && c.creator == f.caller && text(c.attributes["policy_id"]) == policyID {
			have++
		}
	}
	if have >= p.MaxClustersPerUser {
		return invalidParameter("%s has %d clusters of policy %s, and max_clusters_per_user is %d.", f.caller, have, policyID, p.MaxClustersPerUser)
	}
	return nil
}

// policyLibraries are installed on every cluster of a policy at its next start.
func (f *Fake) policyLibraries(policyID string) []compute.Library {
	if p, known := f.policies[policyID]; known {
		return p.Libraries
	}
	return nil
}

func (f *Fake) listPolicies(r call) (any, error) {
	query := r.URL.Query()
	column, order := query.Get("sort_column"), query.Get("sort_order")
	if column != "" && new(compute.ListSortColumn).Set(column) != nil {
		return nil, invalidParameter("Invalid value for sort_column: %s", column)
	}
	if order != "" && new(compute.ListSortOrder).Set(order) != nil {
		return nil, invalidParameter("Invalid value for sort_order: %s", order)
	}
	all := make([]compute.Policy, 0, len(f.policies))
	for _, p := range f.policies {
		all = append(all, p.Policy)
	}
	slices.SortFunc(all, func(a, b compute.Policy) int {
		byName := cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.PolicyId, b.PolicyId))
		if column == string(compute.ListSortColumnPolicyCreationTime) {
			return cmp.Or(cmp.Compare(a.CreatedAtTimestamp, b.CreatedAtTimestamp), byName)
		}
		return byName
	})
	if order == string(compute.ListSortOrderDesc) {
		slices.Reverse(all)
	}
	return compute.ListPoliciesResponse{Policies: all}, nil
}

func (f *Fake) getPolicy(r call) (any, error) {
	id := r.URL.Query().Get("policy_id")
	if id == "" {
		return nil, missingField("policy_id")
	}
	p, known := f.policies[id]
	if !known {
		return nil, notFound("Can't find a cluster policy with id: %s.", id)
	}
	return p.Policy, nil
}
