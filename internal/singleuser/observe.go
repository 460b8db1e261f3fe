package singleuser

import (
	"errors"
	"maps"
	"reflect"
	"strings"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

// Observe is a settings file as the workspace has it, in the declared keys only: what a policy or the server added is
// nobody's drift. Equal to [Settings.JSON] means no drift.
func (c *Cluster) Observe(s *Settings) (string, error) {
	remote, err := c.details.observable()
	if err != nil {
		return "", err
	}
	seen := overlay(s.declared, remote)
	if len(s.libraries) > 0 {
		there := attachedLibraries(c.statuses)
		kept := []any{}
		for _, l := range s.libraries {
			if _, ok := there[l.key]; ok {
				kept = append(kept, l.value)
			}
		}
		seen[keyLibraries] = kept
	}
	return encode(seen), nil
}

// Equal reports whether two settings files mean the same, whatever their formatting and aliases.
func (s *Settings) Equal(other *Settings) bool {
	return other != nil && same(aliased(s.declared), aliased(other.declared)) && maps.Equal(libraryKeys(s.libraries), libraryKeys(other.libraries))
}

// Covers reports whether everything that s declares stands equally in a larger file, such as an imported one.
func (s *Settings) Covers(larger *Settings) bool {
	if !same(overlay(s.declared, larger.declared), s.declared) {
		return false
	}
	theirs := libraryKeys(larger.libraries)
	for key := range libraryKeys(s.libraries) {
		if _, there := theirs[key]; !there {
			return false
		}
	}
	return true
}

// Describe is a whole settings file for a cluster, whoever made it: what its maker asked for.
func (c *Cluster) Describe() (string, error) {
	all, err := c.details.whole()
	if err != nil {
		return "", err
	}
	if asked, ok := all[keySpec].(object); ok { // the maker's own words, without what the server filled in
		all = asked
	}
	known := jsonNames(reflect.TypeFor[compute.CreateCluster]())
	for key := range all {
		if _, own := identity[key]; own || !known[key] || key == keyDataSecurityMode || prune(all[key]) == nil {
			delete(all, key)
		}
	}
	if minutes := c.details.AutoterminationMinutes; minutes > 0 {
		all[keyAutotermination] = minutes
	}
	if tags, ok := all[keyCustomTags].(object); ok {
		maps.DeleteFunc(tags, func(tag string, _ any) bool { return strings.HasPrefix(tag, tagPrefix) })
		if len(tags) == 0 {
			delete(all, keyCustomTags)
		}
	}
	var libraries []any
	for _, status := range c.statuses {
		if status.attached() {
			libraries = append(libraries, status.Library.value)
		}
	}
	if len(libraries) > 0 {
		all[keyLibraries] = libraries
	}
	return encode(all), nil
}

const keySpec = "spec"

// whole is everything that the workspace said of a cluster.
func (d *details) whole() (object, error) {
	if d.raw == nil {
		return nil, errors.New("the cluster was not read since it was made")
	}
	return decodeObject(d.raw)
}

// observable is what the workspace says of a cluster, with what only the maker's spec tells.
func (d *details) observable() (object, error) {
	remote, err := d.whole()
	if err != nil {
		return nil, err
	}
	spec, _ := remote[keySpec].(object)
	delete(remote, keySpec)
	for key, value := range spec {
		if !told[key] {
			remote[key] = value
		}
	}
	return remote, nil
}

// told are the fields that a cluster's details have at top level; the others are in its spec, or nowhere.
var told = jsonNames(reflect.TypeFor[compute.ClusterDetails]())

func jsonNames(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names[name] = true
		}
	}
	return names
}

// overlay is remote in the keys of declared. A key equal in meaning keeps its declared form; one that vanished is left
// out; one that cannot be observed counts as declared.
func overlay(declared, remote object) object {
	seen := object{}
	for key, want := range declared {
		have, there := remote[key]
		switch {
		case !there && !told[key]: // nobody tells: a list has no spec
			seen[key] = want
		case key == keyDataSecurityMode && dedicated(text(want)) == dedicated(text(have)):
			seen[key] = want
		default:
			if value, ok := overlayValue(want, have); ok {
				seen[key] = value
			}
		}
	}
	return seen
}

func overlayValue(want, have any) (any, bool) {
	if same(want, have) {
		return want, true
	}
	wanted, isObject := want.(object)
	if !isObject {
		return have, have != nil
	}
	had, _ := have.(object)
	seen := object{}
	for key, item := range wanted {
		if value, ok := overlayValue(item, had[key]); ok {
			seen[key] = value
		}
	}
	return seen, true
}

// dedicated folds the old and the new name of a security mode: the API takes both and answers with the old one.
func dedicated(mode string) string {
	switch compute.DataSecurityMode(mode) {
	case compute.DataSecurityModeSingleUser:
		return string(compute.DataSecurityModeDataSecurityModeDedicated)
	case compute.DataSecurityModeUserIsolation:
		return string(compute.DataSecurityModeDataSecurityModeStandard)
	}
	return mode
}

// aliased is a body in the new names.
func aliased(body object) object {
	mode, given := body[keyDataSecurityMode]
	if !given {
		return body
	}
	return merge(body, object{keyDataSecurityMode: dedicated(text(mode))})
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
