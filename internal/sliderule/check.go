package sliderule

import "github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"

// What a cluster is made of, unless wanted otherwise.
const (
	DefaultVersion      = "latest"
	DefaultInstanceType = "t4g.2xlarge"
	DefaultVolumeGB     = 40
)

// Check is the first problem of [Region.Judge], a [*Problem]: the same check that Deploy begins with. A limit
// that was exceeded is an [*access.Refusal] too.
func (r *Region) Check(w Wanted) error {
	return asError(r.Judge(w))
}

// check is w with its defaults, if there is nothing wrong with it.
func (r *Region) check(w Wanted) (Wanted, error) {
	if err := r.Check(w); err != nil {
		return w, err
	}
	if w.Version == "" {
		w.Version = DefaultVersion
	}
	if w.MaxNodes == 0 {
		w.MaxNodes = w.NodeCapacity
	}
	if len(w.Nodes.InstanceTypes) == 0 {
		w.Nodes.InstanceTypes = []string{DefaultInstanceType}
	}
	if w.Nodes.VolumeGB == 0 {
		w.Nodes.VolumeGB = DefaultVolumeGB
	}
	return w, nil
}

// allow refuses, with an [*access.Refusal], what the caller may not ask for. Every verb begins with it.
func (r *Region) allow(request access.Request) error {
	return r.options.Rules.Decide(*r.options.Caller, request)
}
