package google

import (
	"path"
	"slices"
	"time"
)

// PatchMode is how a patch treats what it does not mention.
type PatchMode string

// The two ways; which of them the vendor takes is not known everywhere.
const (
	Merge   PatchMode = "merge"
	Replace PatchMode = "replace"
)

// Values lists both.
func (*PatchMode) Values() []PatchMode { return []PatchMode{Merge, Replace} }

// Behaviours are what the vendor may do one way or another, from now on.
type Behaviours struct {
	// MetadataMode is how a workbench instance's labels and metadata are patched: merge (an empty value removes a key),
	// or replace (the server's own keys stay).
	MetadataMode PatchMode `json:"metadata_mode"`
	// TemplatePatchMode is how a session template is patched: replace, or merge.
	TemplatePatchMode PatchMode `json:"template_patch_mode"`
	// HideOwner leaves instanceOwners out of every workbench instance that is told.
	HideOwner bool `json:"hide_owner"`
	// HideLegacyMetadata leaves metadata out of every v1 instance that is told.
	HideLegacyMetadata bool `json:"hide_legacy_metadata"`
	// LegacyCreation allows new v1 instances and runtimes.
	LegacyCreation bool `json:"legacy_creation"`
	// ListedMasksOnly refuses the update masks that no description lists, although clients send them.
	ListedMasksOnly bool `json:"listed_masks_only"`
	// ExtraMetadata is what the server has begun to add to every workbench instance.
	ExtraMetadata map[string]string `json:"extra_metadata,omitempty"`
	// ExtraState is a state that no client knows yet; workbench instances pass through it on their way to ACTIVE.
	ExtraState string `json:"extra_state"`
	// SparkPrefix gives the properties of session templates back with the prefix spark: before them.
	SparkPrefix bool `json:"spark_prefix"`
	// Unreachable are locations that do not answer. Lists of all locations say so.
	Unreachable []string `json:"unreachable,omitempty"`
	// Caller is who the bearer of the token is.
	Caller string `json:"caller"`
}

var defaultBehaviours = Behaviours{
	MetadataMode:      Merge,
	TemplatePatchMode: Replace,
	LegacyCreation:    true,
	Caller:            "deployer@example.com",
}

// Behave changes how the APIs behave from now on.
func (f *Fake) Behave(change func(*Behaviours)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timeline.advance(f.now())
	change(&f.behaviours)
	for _, s := range f.shelves {
		for _, o := range s.sorted {
			o.touch() // it may be told another way now
		}
	}
}

// Timings are how long things take in the cloud's own time; [Options].Speed divides them.
type Timings struct {
	WorkbenchCreate time.Duration // until ACTIVE; the operation is done a little before
	LegacyCreate    time.Duration
	RuntimeCreate   time.Duration
	Start           time.Duration // of anything that can be stopped; reset too
	Stop            time.Duration
	Delete          time.Duration // of notebooks
	Patch           time.Duration
	Upgrade         time.Duration // rollback and restore too
	ClusterCreate   time.Duration
	ClusterDelete   time.Duration
	SessionCreate   time.Duration
	SessionEnd      time.Duration // terminate and delete
}

var defaultTimings = Timings{
	WorkbenchCreate: 180 * time.Second,
	LegacyCreate:    120 * time.Second,
	RuntimeCreate:   240 * time.Second,
	Start:           60 * time.Second,
	Stop:            45 * time.Second,
	Delete:          40 * time.Second,
	Patch:           5 * time.Second,
	Upgrade:         120 * time.Second,
	ClusterCreate:   90 * time.Second,
	ClusterDelete:   30 * time.Second,
	SessionCreate:   60 * time.Second,
	SessionEnd:      30 * time.Second,
}

// SetTimings changes how long things take that begin from now on.
func (f *Fake) SetTimings(change func(*Timings)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.timings)
}

// Failure makes operations end in an error, as they do on HTTP 200.
type Failure struct {
	// Match is a glob for the object's id or whole name: *ann*.
	Match string `json:"match"`
	// Verb is the method's last word: create, patch, start, stop, delete, resizeDisk, ...; any by default.
	Verb string `json:"verb,omitempty"`
	// Code is of google.rpc: 8 is RESOURCE_EXHAUSTED.
	Code    int    `json:"code"`
	Message string `json:"message"`
	// Leaves says what is left: nothing by default.
	Leaves Leftover `json:"leaves,omitempty"`
	// State is the one of what is left half; by default what such a failure leaves in the cloud.
	State string `json:"state,omitempty"`
	// Times is how many operations fail; 1 by default.
	Times int `json:"times,omitempty"`
}

// Leftover is what a failed operation leaves.
type Leftover string

// What a failed operation leaves: everything as it was before, or the object in a state in between.
const (
	Nothing Leftover = "nothing"
	Half    Leftover = "half"
)

// Values lists both.
func (*Leftover) Values() []Leftover { return []Leftover{Nothing, Half} }

// FailOperation queues a failure. The oldest that matches is used first.
func (f *Fake) FailOperation(failure Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if failure.Times <= 0 {
		failure.Times = 1
	}
	if failure.Code == 0 {
		failure.Code = codeInternal
	}
	f.failures = append(f.failures, &failure)
}

// Heal forgets every failure that is still queued.
func (f *Fake) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures = nil
}

// takeFailure uses up the failure that is meant for an operation, if there is one.
func (f *Fake) takeFailure(o *object, verb string) *Failure {
	at := slices.IndexFunc(f.failures, func(failure *Failure) bool {
		return (failure.Verb == "" || failure.Verb == verb) && failure.matches(o.name)
	})
	if at < 0 {
		return nil
	}
	failure := f.failures[at]
	if failure.Times--; failure.Times == 0 {
		f.failures = slices.Delete(f.failures, at, at+1)
	}
	return failure
}

func (f *Failure) matches(name string) bool {
	byID, _ := path.Match(f.Match, lastOf(name))
	byName, _ := path.Match(f.Match, name)
	return byID || byName
}

// leftover says in which state a failed change leaves an object.
func (f *Failure) leftover(k *kind, ch change) leftover {
	if f.Leaves != Half {
		return leftover{}
	}
	state := f.State
	if state == "" && ch.creates {
		switch k {
		case clusterKind:
			state = "ERROR"
		case sessionKind:
			state = "FAILED"
		default:
			state = "PROVISIONING"
		}
	}
	return leftover{half: true, state: state}
}
