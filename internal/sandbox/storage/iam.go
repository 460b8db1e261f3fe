package storage

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// policy says who may do what in a bucket. Nothing here enforces it.
type policy struct {
	version  any
	bindings []any
}

// firstPolicy is what Google gives a new bucket: the project's owners, editors and viewers keep their old rights.
func firstPolicy(project string, uniform bool) policy {
	people := func(kinds ...string) (members []any) {
		for _, kind := range kinds {
			members = append(members, kind+":"+project)
		}
		return members
	}
	bind := func(role string, members []any) map[string]any {
		return map[string]any{"role": "roles/storage." + role, "members": members}
	}
	owners, viewers := people("projectEditor", "projectOwner"), people("projectViewer")
	bindings := []any{bind("legacyBucketOwner", owners), bind("legacyBucketReader", viewers)}
	if uniform { // else each object has a list of its own
		bindings = append(bindings, bind("legacyObjectOwner", owners), bind("legacyObjectReader", viewers))
	}
	return policy{version: 1, bindings: bindings}
}

func (f *Fake) getPolicy(c *call) (*reply, error) {
	b, err := f.bucket(c)
	if err != nil {
		return nil, err
	}
	return &reply{resource: b.policyResource()}, nil
}

// policyResource has the bucket's own etag: at Google too, a policy is a part of the bucket's metadata.
func (b *bucket) policyResource() map[string]any {
	return map[string]any{
		"kind":       "storage#policy",
		"resourceId": "projects/_/buckets/" + b.name,
		"version":    b.policy.version,
		"etag":       etag(0, b.metageneration),
		"bindings":   b.policy.bindings,
	}
}

func (f *Fake) setPolicy(c *call) (*reply, error) {
	b, err := f.bucket(c)
	if err != nil {
		return nil, err
	}
	etag, _ := c.body["etag"].(string)
	bindings, _ := c.body["bindings"].([]any)
	switch {
	case etag == "" && len(bindings) == 0:
		return nil, required("A policy to update must be provided.")
	case etag != "" && etag != b.policyResource()["etag"]: // without an etag, whatever was there is replaced
		return nil, conditionNotMet("At least one of the pre-conditions you specified did not hold.")
	}
	version := c.body["version"]
	if version == nil {
		version = 1
	}
	for _, given := range bindings {
		binding, _ := given.(map[string]any) // null has no role either
		if err := b.checkBinding(binding, fmt.Sprint(version)); err != nil {
			return nil, err
		}
	}
	b.policy = policy{version: version, bindings: united(bindings)}
	b.changed(f.now())
	return &reply{resource: b.policyResource()}, nil
}

var (
	roles   = regexp.MustCompile(`^(roles|(projects|organizations)/[^/]+/roles)/[A-Za-z0-9_.]+$`)
	members = regexp.MustCompile(`^((deleted:)?(user|serviceAccount|group):[^@\s]+@[^@\s]+|domain:\S+|project(Owner|Editor|Viewer):\S+|principal(Set)?://\S+|deleted:principal://\S+|allUsers|allAuthenticatedUsers)$`)
)

func (b *bucket) checkBinding(binding map[string]any, version string) error {
	role, _ := binding["role"].(string)
	if !roles.MatchString(role) {
		return invalid("Role %s is not supported for this resource.", role)
	}
	if binding["condition"] != nil {
		switch {
		case version != "3":
			return invalid("Policies with conditions need version 3, not %s.", version)
		case !b.uniform():
			return conditionNotMet("Conditions need uniform bucket-level access.")
		}
	}
	list, _ := binding["members"].([]any)
	for _, member := range list {
		text, _ := member.(string)
		switch {
		case !members.MatchString(text):
			return invalid("Invalid member: %s", text)
		case strings.HasPrefix(text, "all") && b.setting("iamConfiguration", "publicAccessPrevention") == "enforced":
			return conditionNotMet("The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.")
		}
	}
	return nil
}

// united has one binding for each role and condition, without empty ones and without repetitions, as Google answers.
func united(bindings []any) []any {
	result := []any{}
	byGrant := map[string]map[string]any{}
	for _, b := range bindings {
		binding := b.(map[string]any)
		list, _ := binding["members"].([]any)
		if len(list) == 0 {
			continue
		}
		grant := string(marshal([]any{binding["role"], binding["condition"]}))
		known := byGrant[grant]
		if known == nil {
			known = merge(binding, map[string]any{"members": []any{}})
			byGrant[grant] = known
			result = append(result, known)
		}
		all := known["members"].([]any)
		for _, member := range list {
			if !slices.Contains(all, member) {
				all = append(all, member)
			}
		}
		known["members"] = all
	}
	return result
}

// testPermissions answers that the bearer of the token may do everything.
func (f *Fake) testPermissions(c *call) (*reply, error) {
	if _, err := f.bucket(c); err != nil {
		return nil, err
	}
	for _, permission := range c.query["permissions"] {
		if !strings.HasPrefix(permission, "storage.") {
			return nil, invalid("Invalid permission: %s", permission)
		}
	}
	return &reply{resource: map[string]any{"kind": "storage#testIamPermissionsResponse", "permissions": c.query["permissions"]}}, nil
}
