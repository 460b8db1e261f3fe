package naming

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Error says which word broke which rule, and what to write instead.
type Error struct {
	What   string // "cluster", "version", "branch", "domain" or "login"
	Value  string
	Rule   string
	Remedy string
}

// Error reads: what "value": rule. Remedy.
func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: %s. %s", e.What, quoted(e.Value), e.Rule, e.Remedy)
}

// quoted shows a value that may be hostile: escaped, and not without end.
func quoted(value string) string {
	const enough = 80
	if len(value) > enough {
		return strconv.QuoteToASCII(value[:enough]) + "…"
	}
	return strconv.QuoteToASCII(value)
}

// MaxCluster is the length of the longest cluster name.
const MaxCluster = 40

// The rules, each for a whole text: in Go, $ does not match before a final newline.
var (
	clusterForm = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`)
	publicForm  = regexp.MustCompile(`^sliderule-[0-9]+$`)
	loginForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	plainLogin  = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)
	versionForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	branchForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]*$`)
	domainForm  = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[1-9][0-9]{0,4})?$`)
	lastLabel   = regexp.MustCompile(`(^|\.)[a-z][a-z0-9-]*$`)
)

// reserved are the hosts beside the clusters under one domain: a cluster of such a name would take their address.
var reserved = []string{"login", "provisioner", "client", "recorder", "runner", "mcp", "sliderule", "monitor", "ps"}

// CheckCluster refuses, with an [*Error], what cannot be the name of a cluster: it begins a stack's name and is a DNS
// label.
func CheckCluster(name string) error {
	if slices.Contains(reserved, name) {
		return &Error{
			What: "cluster", Value: name,
			Rule:   "the name is reserved, as are " + strings.Join(reserved, ", "),
			Remedy: "Choose another name",
		}
	}
	if clusterForm.MatchString(name) {
		return nil
	}
	remedy := "Choose a name such as dev-two"
	if near := nearest(name); near != "" {
		remedy = fmt.Sprintf("Write %q, for example", near)
	}
	return &Error{
		What: "cluster", Value: name,
		Rule:   fmt.Sprintf("a cluster name has 1 to %d characters, a-z, 0-9 and hyphens, begins with a letter and does not end with a hyphen", MaxCluster),
		Remedy: remedy,
	}
}

// nearest is a valid name close to an invalid one, or "".
func nearest(name string) string {
	if len(name) > 4*MaxCluster {
		return ""
	}
	near := strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	near = strings.TrimLeft(near, "0123456789-")
	if len(near) > MaxCluster {
		near = near[:MaxCluster]
	}
	near = strings.TrimRight(near, "-")
	if near == name || CheckPrivate(near) != nil {
		return ""
	}
	return near
}

// IsPublic reports whether a name is one that only public clusters have: sliderule- and a time.
func IsPublic(name string) bool { return publicForm.MatchString(name) }

// CheckPrivate is [CheckCluster], and refuses the names of public clusters too.
func CheckPrivate(name string) error {
	if err := CheckCluster(name); err != nil {
		return err
	}
	if IsPublic(name) {
		return &Error{
			What: "cluster", Value: name,
			Rule:   "sliderule- and digits is the name of a public cluster",
			Remedy: "Choose another name",
		}
	}
	return nil
}

// CheckLogin refuses, with an [*Error], what cannot be a GitHub login. Old accounts and those that a company manages
// have hyphens and underscores where new ones may not.
func CheckLogin(login string) error {
	if loginForm.MatchString(login) {
		return nil
	}
	return &Error{
		What: "login", Value: login,
		Rule:   "a GitHub login has 1 to 64 characters: letters, digits, hyphens and underscores",
		Remedy: "Use the account's name as GitHub shows it",
	}
}

// CheckVersion refuses, with an [*Error], what cannot be the tag of an image.
func CheckVersion(version string) error {
	if versionForm.MatchString(version) {
		return nil
	}
	return &Error{
		What: "version", Value: version,
		Rule:   "a version is the tag of an image: at most 128 letters, digits, dots, hyphens and underscores, not beginning with a dot or a hyphen",
		Remedy: "Use a released version such as v5.5.0, or latest",
	}
}

// maxBranch keeps a branch short enough for a file name and for the key of a log.
const maxBranch = 200

// CheckBranch refuses, with an [*Error], what cannot be a branch, tag or commit that a run checks out. What git itself
// refuses in a reference is refused here, before a machine is paid for.
func CheckBranch(branch string) error {
	if branchForm.MatchString(branch) && len(branch) <= maxBranch && gitTakes(branch) {
		return nil
	}
	return &Error{
		What: "branch", Value: branch,
		Rule:   fmt.Sprintf("a branch has at most %d letters, digits, dots, hyphens, underscores and slashes, begins with a letter or digit, and is a reference that git takes", maxBranch),
		Remedy: "Use the name of a branch or tag such as main or v5.5.0",
	}
}

func gitTakes(branch string) bool {
	for _, part := range strings.Split(branch, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return !strings.Contains(branch, "..") && !strings.HasSuffix(branch, ".")
}

// CheckDomain refuses, with an [*Error], what cannot be the domain that clusters get their addresses under, a port
// included if there is one: example.org or sr.test:8443.
func CheckDomain(domain string) error {
	host, port, _ := strings.Cut(domain, ":")
	number, err := strconv.Atoi(port)
	valid := domainForm.MatchString(domain) && (port == "" || (err == nil && number <= 65535))
	// 253 characters are a whole name; an address of ours has a cluster and a dot before the domain. A last label that is
	// not a word makes an IP address, which has no names under it.
	if valid && len(host) <= 253-MaxCluster-1 && lastLabel.MatchString(host) {
		return nil
	}
	return &Error{
		What: "domain", Value: domain,
		Rule:   "a domain is a DNS name in lower case, with a port if need be, and without https:// or a path",
		Remedy: "Write it as in slideruleearth.io",
	}
}
