package singleuser

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/strictjson"
)

// Settings is the admin's settings file, checked: a clusters/create body plus libraries. It is immutable.
type Settings struct {
	text      string
	declared  object // the body as declared, without libraries
	libraries []library
}

// SettingsError lists everything wrong with a settings file.
type SettingsError struct{ Problems []string }

// Error joins the problems.
func (e *SettingsError) Error() string { return strings.Join(e.Problems, "\n") }

// settingsFile is the shape that a settings file is checked against.
type settingsFile struct {
	compute.CreateCluster
	Libraries []compute.Library `json:"libraries,omitempty"`
}

// Limits of the clusters API.
const (
	minAutotermination = 10
	maxAutotermination = 10000
	maxCustomTags      = 45
	ownTags            = 3
)

const (
	keyLibraries        = "libraries"
	keyCustomTags       = "custom_tags"
	keyDataSecurityMode = "data_security_mode"
	keyAutotermination  = "autotermination_minutes"
	keyNumWorkers       = "num_workers"
	keyAutoscale        = "autoscale"
	keyClusterName      = "cluster_name"
	keySingleUserName   = "single_user_name"
	keyPolicy           = "policy_id"
	keySingleNode       = "is_single_node"
	keyKind             = "kind"
)

// identity fields are set for each person; in a file shared by all of them they are a mistake.
var identity = map[string]string{
	keyClusterName:    "each person's cluster gets its own name (attribute name)",
	keySingleUserName: "each person's cluster gets its own owner (attribute user_email)",
	"cluster_id":      "an existing cluster is brought in by import",
	"clone_from":      "the settings file is the source of every cluster",
}

// ParseSettings checks a settings file against the vendor's own type and this provider's rules.
// It fails with a [*SettingsError].
func ParseSettings(text string) (*Settings, error) {
	var problems []string
	for _, p := range strictjson.Check(withoutNulls(text), settingsFile{}) {
		if _, own := identity[p.Path]; !own { // told below, with the remedy
			problems = append(problems, p.Error())
		}
		if p.Kind == strictjson.Syntax {
			return nil, &SettingsError{Problems: problems}
		}
	}
	all, err := decodeObject(withoutNulls(text))
	if err != nil {
		return nil, &SettingsError{Problems: problems} // not an object, told above
	}
	for _, key := range slices.Sorted(maps.Keys(identity)) {
		if _, given := all[key]; given {
			problems = append(problems, fmt.Sprintf("field %q does not belong in a settings file: %s", key, identity[key]))
		}
	}
	if len(problems) == 0 {
		problems = rules(all)
	}
	if len(problems) > 0 {
		return nil, &SettingsError{Problems: problems}
	}
	s := &Settings{text: encode(all), declared: maps.Clone(all)}
	delete(s.declared, keyLibraries)
	if list, given := all[keyLibraries]; given {
		if err := convert(list, &s.libraries); err != nil {
			return nil, &SettingsError{Problems: []string{err.Error()}}
		}
	}
	return s, nil
}

// withoutNulls drops fields that are null: jsonencode writes one for every variable that was not given.
func withoutNulls(text string) []byte {
	all, err := decodeObject([]byte(text))
	if err != nil {
		return []byte(text)
	}
	return []byte(encode(dropNulls(all)))
}

func dropNulls(value any) any {
	o, ok := value.(object)
	if !ok {
		return value
	}
	kept := object{}
	for key, item := range o {
		if item != nil {
			kept[key] = dropNulls(item)
		}
	}
	return kept
}

// rules are what a well-formed file may still get wrong.
func rules(all object) (problems []string) {
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	var body compute.CreateCluster
	if err := convert(all, &body); err != nil {
		return []string{err.Error()}
	}
	_, hasWorkers := all[keyNumWorkers]
	singleNode := body.IsSingleNode || body.SparkConf["spark.databricks.cluster.profile"] == "singleNode"

	switch minutes := body.AutoterminationMinutes; {
	case minutes == 0:
		wrong("field %q is 0 or unset: a cluster that nobody uses would run for ever; set it between %d and %d", keyAutotermination, minAutotermination, maxAutotermination)
	case minutes < minAutotermination || minutes > maxAutotermination:
		wrong("field %q is %d; set it between %d and %d", keyAutotermination, minutes, minAutotermination, maxAutotermination)
	}
	if mode := body.DataSecurityMode; mode != "" && dedicated(string(mode)) != string(compute.DataSecurityModeDataSecurityModeDedicated) {
		wrong("field %q is %q: a cluster for one person is %s; leave it out", keyDataSecurityMode, mode, compute.DataSecurityModeDataSecurityModeDedicated)
	}
	if scale := body.Autoscale; scale != nil && (scale.MinWorkers > scale.MaxWorkers || scale.MinWorkers < 0) {
		wrong("field %q goes from %d to %d workers: the least may not be negative, nor more than the most", keyAutoscale, scale.MinWorkers, scale.MaxWorkers)
	}
	if hasWorkers && body.Autoscale != nil {
		wrong("fields %q and %q exclude each other: keep one", keyNumWorkers, keyAutoscale)
	}
	if body.PolicyId == "" { // a policy may fill these in
		if !hasWorkers && body.Autoscale == nil && !singleNode {
			wrong("the cluster has no size: set %q, %q or %q", keySingleNode, keyNumWorkers, keyAutoscale)
		}
		if hasWorkers && body.NumWorkers == 0 && !singleNode {
			wrong("field %q is 0, which only a single-node cluster may be: set %q to true and %q to %q", keyNumWorkers, keySingleNode, keyKind, compute.KindClassicPreview)
		}
	}
	if body.NumWorkers < 0 {
		wrong("field %q is %d: it cannot be negative", keyNumWorkers, body.NumWorkers)
	}
	if (body.IsSingleNode || body.UseMlRuntime) && body.Kind != compute.KindClassicPreview {
		wrong("fields %q and %q need %q to be %q", keySingleNode, "use_ml_runtime", keyKind, compute.KindClassicPreview)
	}
	if len(body.CustomTags) > maxCustomTags-ownTags {
		wrong("field %q has %d entries: %d are possible, beside the %d of this provider", keyCustomTags, len(body.CustomTags), maxCustomTags-ownTags, ownTags)
	}
	for _, tag := range slices.Sorted(maps.Keys(body.CustomTags)) {
		if strings.HasPrefix(tag, tagPrefix) {
			wrong("field %q: tags that begin with %q are this provider's own", keyCustomTags+"."+tag, tagPrefix)
		}
	}
	return append(problems, libraryRules(all[keyLibraries])...)
}

func libraryRules(list any) (problems []string) {
	items, _ := list.([]any)
	seen := map[string]int{}
	for i, item := range items {
		kinds := slices.Sorted(maps.Keys(item.(object)))
		switch len(kinds) {
		case 1:
		case 0:
			problems = append(problems, fmt.Sprintf("field %q names no library: give exactly one kind, such as pypi", fmt.Sprintf("%s[%d]", keyLibraries, i)))
		default:
			problems = append(problems, fmt.Sprintf("field %q has the kinds %s: a library has exactly one; make them entries of their own", fmt.Sprintf("%s[%d]", keyLibraries, i), strings.Join(kinds, " and ")))
		}
		if first, again := seen[encode(item)]; again {
			problems = append(problems, fmt.Sprintf("fields \"libraries[%d]\" and \"libraries[%d]\" are the same library", first, i))
		}
		seen[encode(item)] = i
	}
	return problems
}

// JSON is the file in one canonical form: sorted names, no white space.
func (s *Settings) JSON() string { return s.text }

// body is the declared body with what makes it one person's.
func (s *Settings) body(name, email string, tags map[string]string) (compute.CreateCluster, error) {
	all := maps.Clone(s.declared)
	all[keyClusterName] = name
	all[keySingleUserName] = email
	all[keyDataSecurityMode] = string(compute.DataSecurityModeDataSecurityModeDedicated)
	own := object{}
	for k, v := range tags {
		own[k] = v
	}
	all[keyCustomTags] = merge(all[keyCustomTags], own)
	var body compute.CreateCluster
	err := convert(all, &body) // the vendor's decoder keeps declared zeros
	return body, err
}

// ParseObserved reads what [Settings.Observe] or [Describe] wrote, which need not satisfy the rules for a file: a key
// may have vanished from the cluster.
func ParseObserved(text string) (*Settings, error) {
	all, err := decodeObject([]byte(text))
	if err != nil {
		return nil, err
	}
	s := &Settings{text: text, declared: maps.Clone(all)}
	delete(s.declared, keyLibraries)
	if list, given := all[keyLibraries]; given {
		err = convert(list, &s.libraries)
	}
	return s, err
}
