package wire

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/control"
)

// Kind is what goes wrong.
type Kind string

// The kinds of fault.
const (
	Status      Kind = "status"       // an error in the vendor's own shape; the call has no effect
	Delay       Kind = "delay"        // the call has its effect at once, the answer comes late
	ResetBefore Kind = "reset_before" // the connection breaks; the call has no effect
	ResetAfter  Kind = "reset_after"  // the call has its effect, then the connection breaks
)

// Values lists every kind.
func (*Kind) Values() []Kind { return []Kind{Status, Delay, ResetBefore, ResetAfter} }

// Fault makes calls go wrong. Of several faults that match a call, the first one given applies.
type Fault struct {
	Vendor string `json:"vendor,omitempty"` // empty: any
	Method string `json:"method,omitempty"` // empty: any
	// Path is a path, a prefix that ends in *, or an AWS action such as GetParameter; empty: any.
	Path       string `json:"path,omitempty"`
	Kind       Kind   `json:"kind"`
	Status     int    `json:"status,omitempty"`      // of kind status: 400 to 599
	RetryAfter int    `json:"retry_after,omitempty"` // seconds, of kind status; 0: the header is left out
	// Reason is the vendor's word for what is wrong, such as rateLimitExceeded, and Message its sentence, both of kind
	// status; default: the usual word for the status, and a sentence that tells of the sandbox.
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	MS      int    `json:"ms,omitempty"`    // milliseconds, of kind delay
	Times   int    `json:"times,omitempty"` // how many calls; 0 is once, below 0 is for ever
}

// ParseFaults reads one fault or a list of them, strictly.
func ParseFaults(document []byte) ([]Fault, error) {
	if bytes.HasPrefix(bytes.TrimSpace(document), []byte("[")) {
		var faults []Fault
		return faults, control.Unmarshal(document, &faults)
	}
	var fault Fault
	err := control.Unmarshal(document, &fault)
	return []Fault{fault}, err
}

// AddFault adds faults: all of them or, when one makes no sense, none.
func (r *Recorder) AddFault(faults ...Fault) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	added := make([]*pending, len(faults))
	for i, f := range faults {
		if err := f.validate(r.vendors); err != nil {
			if len(faults) > 1 {
				err = fmt.Errorf("fault %d of %d: %w", i+1, len(faults), err)
			}
			return err
		}
		added[i] = &pending{Fault: f, left: f.Times}
		if f.Times == 0 {
			added[i].left = 1
		}
	}
	r.faults = append(r.faults, added...)
	return nil
}

func (f Fault) validate(vendors []string) error {
	if f.Vendor != "" && !slices.Contains(vendors, f.Vendor) {
		return fmt.Errorf("unknown vendor %q: there are %s", f.Vendor, strings.Join(vendors, ", "))
	}
	if kinds := f.Kind.Values(); !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf("unknown kind %q: there are %s, %s, %s and %s", f.Kind, kinds[0], kinds[1], kinds[2], kinds[3])
	}
	switch {
	case f.Kind == Status && (f.Status < 400 || f.Status > 599):
		return fmt.Errorf("status %d is out of range: a fault answers 400 to 599", f.Status)
	case f.Kind != Status && f.Status != 0:
		return fmt.Errorf("status goes with the kind status, not with %s", f.Kind)
	case f.Kind != Status && f.RetryAfter != 0:
		return fmt.Errorf("retry_after goes with the kind status, not with %s", f.Kind)
	case f.Kind != Status && f.Reason != "":
		return fmt.Errorf("reason goes with the kind status, not with %s", f.Kind)
	case f.Kind != Status && f.Message != "":
		return fmt.Errorf("message goes with the kind status, not with %s", f.Kind)
	case f.RetryAfter < 0:
		return fmt.Errorf("retry_after %d is out of range: it is a number of seconds", f.RetryAfter)
	case f.Kind == Delay && f.MS <= 0:
		return fmt.Errorf("ms %d is out of range: a delay is at least 1 millisecond", f.MS)
	case f.Kind != Delay && f.MS != 0:
		return fmt.Errorf("ms goes with the kind delay, not with %s", f.Kind)
	}
	return nil
}

func (f Fault) matches(call Call) bool {
	return (f.Vendor == "" || f.Vendor == call.Vendor) &&
		(f.Method == "" || strings.EqualFold(f.Method, call.Method)) &&
		(f.Path == "" || matchPath(f.Path, call.Path) || call.Action != "" && matchPath(f.Path, call.Action))
}

func matchPath(pattern, path string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(path, prefix)
	}
	return path == pattern
}

// pending is a fault and how many calls it still applies to; below 0: to all.
type pending struct {
	Fault
	left int
}

// take finds the fault for a call and uses one of its times up. The zero Fault means that all goes well.
func (r *Recorder) take(call Call) Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, p := range r.faults {
		if !p.matches(call) {
			continue
		}
		if p.left > 0 {
			p.left--
		}
		if p.left == 0 {
			r.faults = slices.Delete(r.faults, i, i+1)
		}
		return p.Fault
	}
	return Fault{}
}
