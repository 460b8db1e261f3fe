package google

import (
	"encoding/base64"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"
)

// policy says who may do what with a resource.
type policy struct {
	bindings []any
	version  int64
	changes  uint64
}

const maxPrincipals = 1500

var memberForm = regexp.MustCompile(`^(allUsers|allAuthenticatedUsers|(user|serviceAccount|group|deleted:user|deleted:serviceAccount|deleted:group):[^@\s]+@[^@\s]+|(domain|principal|principalSet|projectOwner|projectEditor|projectViewer):\S+)$`)

// etag changes with every change of a policy.
func (p *policy) etag() string {
	if p.changes == 0 {
		return "ACAB" // the vendor's etag of no policy at all
	}
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, 0x0005<<48|p.changes))
}

func (p *policy) tell() fields {
	told := fields{"etag": p.etag()}
	if p.version > 0 {
		told["version"] = p.version
	}
	if len(p.bindings) > 0 {
		told["bindings"] = p.bindings
	}
	return told
}

// getPolicy and setPolicy serve the policy that of finds.
func (f *Fake) getPolicy(of func(*call) (*policy, error)) answer {
	return func(c *call) (any, error) {
		version := c.query["options.requestedPolicyVersion"]
		if asked := look(c.body, "options", "requestedPolicyVersion"); asked != nil {
			version = short(asked)
		}
		if !slices.Contains([]string{"", "0", "1", "3"}, version) {
			return nil, invalid("Invalid requested policy version %s: valid values are 0, 1 and 3.", version)
		}
		p, err := of(c)
		if err != nil {
			return nil, err
		}
		return p.tell(), nil
	}
}

func (f *Fake) setPolicy(of func(*call) (*policy, error)) answer {
	return func(c *call) (any, error) {
		p, err := of(c)
		if err != nil {
			return nil, err
		}
		given, _ := c.body["policy"].(fields)
		if etag := text(given["etag"]); etag != "" && etag != p.etag() {
			return nil, aborted("There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. The request's ETag '%s' did not match the current policy's ETag '%s'.", etag, p.etag())
		}
		if err := f.checkPolicy(given); err != nil {
			return nil, err
		}
		p.bindings = nil
		for _, binding := range list(given["bindings"]) {
			if len(list(look(binding, "members"))) > 0 { // a binding of nobody is not kept
				p.bindings = append(p.bindings, binding)
			}
		}
		p.version = max(1, number(given["version"]))
		p.changes++
		return p.tell(), nil
	}
}

func (f *Fake) checkPolicy(given fields) error {
	version, principals := number(given["version"]), 0
	if !slices.Contains([]int64{0, 1, 3}, version) {
		return invalid("Invalid policy version %d: valid values are 0, 1 and 3.", version)
	}
	for _, binding := range list(given["bindings"]) {
		role := text(look(binding, "role"))
		if !strings.HasPrefix(role, "roles/") && !strings.Contains(role, "/roles/") {
			return invalid("Role %q is not supported for this resource.", role)
		}
		if look(binding, "condition") != nil && version != 3 {
			return invalid("Policies with conditional role bindings must have version 3.")
		}
		for _, name := range texts(look(binding, "members")) {
			if err := f.checkMember(name); err != nil {
				return err
			}
			principals++
		}
	}
	if principals > maxPrincipals {
		return invalid("The policy has %d principals, at most %d are allowed.", principals, maxPrincipals)
	}
	return nil
}

// checkMember knows which service accounts there are in the projects of the fake; whoever else has an address exists.
func (f *Fake) checkMember(name string) error {
	if !memberForm.MatchString(name) {
		return invalid("The member %s is of an unknown type. Please set a valid type prefix for the member.", name)
	}
	email, isAccount := strings.CutPrefix(name, "serviceAccount:")
	_, domain, _ := strings.Cut(email, "@")
	projectID, isCustom := strings.CutSuffix(domain, ".iam.gserviceaccount.com")
	if _, ours := f.projects[projectID]; !isAccount || !isCustom || !ours {
		return nil
	}
	if f.shelves[accountKind].byName["projects/"+projectID+"/serviceAccounts/"+email] == nil {
		return invalid("Service account %s does not exist.", email)
	}
	return nil
}

// testPermissions answers that the caller may do all it asks for.
func (f *Fake) testPermissions(of func(*call) (*policy, error)) answer {
	return func(c *call) (any, error) {
		if _, err := of(c); err != nil {
			return nil, err
		}
		return fields{"permissions": list(c.body["permissions"])}, nil
	}
}

// policyOf finds the policy of the object that a call is about.
func (f *Fake) policyOf(k *kind) func(*call) (*policy, error) {
	return func(c *call) (*policy, error) {
		o, err := f.find(k, c)
		if err != nil {
			return nil, err
		}
		return &o.policy, nil
	}
}

func (f *Fake) projectPolicy(c *call) (*policy, error) {
	return &f.projects[c.project()].policy, nil // admit has seen that the project is there
}
