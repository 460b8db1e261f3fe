package databricks

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"
	"github.com/databricks/databricks-sdk-go/service/iam"
)

// Timings are how long things take in the cloud's own time; [Options].Speed divides them.
type Timings struct {
	Start   time.Duration // from PENDING, RESTARTING or RESIZING to RUNNING
	Stop    time.Duration // from TERMINATING to TERMINATED
	Library time.Duration // one library; they are installed one after another
}

var defaultTimings = Timings{Start: 4 * time.Minute, Stop: 45 * time.Second, Library: 40 * time.Second}

// scenarios are the misfortunes that were asked for. An empty match means every cluster or library.
type scenarios struct {
	libraries []failingLibrary
	starts    []failingStart
	deaths    []string
	errors    []string
}

type failingLibrary struct{ name, message string }

type failingStart struct {
	match  string
	reason compute.TerminationReason
}

// SetTimings changes how long things take, those under way included.
func (f *Fake) SetTimings(timings Timings) { f.change(func() { f.timings = timings }) }

// FailLibrary makes a library FAILED with a message, when its package, path or coordinates contain name.
func (f *Fake) FailLibrary(name, message string) {
	f.change(func() { f.scenarios.libraries = append(f.scenarios.libraries, failingLibrary{name, message}) })
}

// FailStart ends every start of a cluster in TERMINATED with a termination reason, when its name or its single user
// contains match. kind is the reason's type, such as CLIENT_ERROR.
func (f *Fake) FailStart(match string, code, kind string, parameters map[string]string) {
	f.change(func() {
		f.scenarios.starts = append(f.scenarios.starts, failingStart{match, compute.TerminationReason{
			Code:       compute.TerminationReasonCode(code),
			Type:       compute.TerminationReasonType(kind),
			Parameters: maps.Clone(parameters),
		}})
	})
}

// DieDuringLibraries takes a cluster's driver away in the middle of a library, when its name or its single user
// contains match. The statuses of its libraries stay where they were.
func (f *Fake) DieDuringLibraries(match string) {
	f.change(func() { f.scenarios.deaths = append(f.scenarios.deaths, match) })
}

// GoToError ends every start of a cluster in ERROR, when its name or its single user contains match.
func (f *Fake) GoToError(match string) {
	f.change(func() { f.scenarios.errors = append(f.scenarios.errors, match) })
}

// Heal forgets every misfortune: what starts or installs from now on succeeds.
func (f *Fake) Heal() { f.change(func() { f.scenarios = scenarios{} }) }

// HideFromList keeps clusters that are created from now on out of lists for d of the cloud's own time.
func (f *Fake) HideFromList(d time.Duration) { f.change(func() { f.listLag = d }) }

// SetUser puts a user into the workspace's directory, or replaces the one of the same userName. Whoever has an
// e-mail address is in the directory already, and active.
func (f *Fake) SetUser(user iam.User) {
	f.change(func() {
		name := strings.ToLower(user.UserName)
		if user.Id == "" {
			user.Id = numericID(name)
		}
		user.Schemas = []iam.UserSchema{iam.UserSchemaUrnIetfParamsScimSchemasCore20User}
		delete(f.removed, name)
		f.users[name] = user
	})
}

// RemoveUser takes somebody out of the directory: lookups find nobody, grants to them are refused, and their name
// vanishes from what they created.
func (f *Fake) RemoveUser(userName string) {
	f.change(func() {
		name := strings.ToLower(userName)
		delete(f.users, name)
		f.removed[name] = true
	})
}

// change applies a scenario from now on: what was due before it has happened without it.
func (f *Fake) change(apply func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	for _, c := range f.created {
		f.advance(c, now)
	}
	apply()
}

// matches reports whether a cluster's name or single user contains a text, whatever its case.
func (c *cluster) matches(text string) bool {
	text = strings.ToLower(text)
	user, _ := c.attributes["single_user_name"].(string)
	return strings.Contains(strings.ToLower(c.name()), text) || strings.Contains(strings.ToLower(user), text)
}

func (s scenarios) failsToStart(c *cluster) (compute.TerminationReason, bool) {
	for _, failing := range slices.Backward(s.starts) {
		if c.matches(failing.match) {
			return failing.reason, true
		}
	}
	return compute.TerminationReason{}, false
}

func (s scenarios) dies(c *cluster) bool { return slices.ContainsFunc(s.deaths, c.matches) }

func (s scenarios) errs(c *cluster) bool { return slices.ContainsFunc(s.errors, c.matches) }

func (s scenarios) failsToInstall(l compute.Library) (message string, failing bool) {
	for _, f := range slices.Backward(s.libraries) {
		if strings.Contains(libraryName(l), f.name) {
			return f.message, true
		}
	}
	return "", false
}
