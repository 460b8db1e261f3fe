package access

import "fmt"

// Level is how far a caller is trusted. The zero Level is anonymous.
type Level int

// The levels, in ascending order.
const (
	Anonymous Level = iota
	GitHubMember
	OrganizationMember
	Administrator
)

var levelNames = [...]string{"anonymous", "github member", "organization member", "administrator"}

// String is the level in words, as tokens and messages have it; an unknown one is named by its number.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return fmt.Sprintf("unknown level %d", int(l))
	}
	return levelNames[l]
}

// ParseLevel is the inverse of [Level.String]. It fails for everything else: an unknown word is no level at all.
func ParseLevel(text string) (Level, error) {
	for level, name := range levelNames {
		if name == text {
			return Level(level), nil
		}
	}
	return Anonymous, fmt.Errorf("%.40q is not a level", text)
}

// Function is something that can be asked for.
type Function string

// The functions.
const (
	Login   Function = "login"
	Status  Function = "status"
	Deploy  Function = "deploy"
	Destroy Function = "destroy"
	Extend  Function = "extend"
	Info    Function = "info"
	Events  Function = "events"
	Reports Function = "reports"
	// Foundation is making, changing and removing what the clusters of an account need once; to see it is Info.
	Foundation Function = "foundation"
	Test       Function = "test"    // tests run against a cluster, on a machine of their own
	Release    Function = "release" // images built and pushed
	// BranchTest is the test of a branch on a host of its own, which the shipped service lets members start (its /test).
	BranchTest Function = "branch-test"
)

// needsCluster are the functions that are about one cluster.
func (f Function) needsCluster() bool {
	switch f {
	case Status, Deploy, Destroy, Extend, Events, Test, Release:
		return true
	}
	return false
}
