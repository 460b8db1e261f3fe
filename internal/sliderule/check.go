package sliderule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// What a cluster is made of, unless wanted otherwise.
const (
	DefaultVersion      = "latest"
	DefaultInstanceType = "t4g.2xlarge"
	DefaultVolumeGB     = 40
)

// Check refuses what cannot be meant, and what the caller may not have, without asking AWS: the same check that Deploy
// begins with. Its errors name attribute, value and remedy; a limit that was exceeded is an [*access.Refusal].
func (r *Region) Check(w Wanted) error {
	_, err := r.check(w)
	return err
}

// check is w with its defaults.
func (r *Region) check(w Wanted) (Wanted, error) {
	minutes, err := wholeMinutes(w.TimeToLive)
	if err != nil {
		return w, err
	}
	err = r.options.Rules.Decide(*r.options.Caller, access.Request{
		Function: access.Deploy, Cluster: w.Cluster, IsPublic: w.IsPublic, NodeCapacity: &w.NodeCapacity, TimeToLive: &minutes,
	})
	if err != nil {
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
	if err := naming.CheckVersion(w.Version); err != nil {
		return w, err
	}
	if err := r.checkNumbers(w); err != nil {
		return w, err
	}
	if w.Budget != nil {
		if err := w.Budget.Check(); err != nil {
			return w, err
		}
	}
	if w.Sleep != nil {
		if err := w.Sleep.check(); err != nil {
			return w, err
		}
	}
	return w, nil
}

func wholeMinutes(d time.Duration) (int, error) {
	if d%time.Minute != 0 {
		return 0, fmt.Errorf("time_to_live %s: it must be whole minutes", d)
	}
	return int(d / time.Minute), nil
}

// arm are the instance types of AWS's own processors, the only ones that the images are made for.
var arm = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)\.[a-z0-9-]+$`)

func (r *Region) checkNumbers(w Wanted) error {
	most, _ := r.options.Rules.Limits(*r.options.Caller)
	switch {
	case w.MinNodes < 0 || w.MinNodes > w.NodeCapacity:
		return fmt.Errorf("min_nodes %d: it must be between 0 and node_capacity %d", w.MinNodes, w.NodeCapacity)
	case w.MaxNodes < w.NodeCapacity || w.MaxNodes > most.Max:
		return fmt.Errorf("max_nodes %d: it must be between node_capacity %d and %d", w.MaxNodes, w.NodeCapacity, most.Max)
	case w.Nodes.SpotShare < 0 || w.Nodes.SpotShare > 100:
		return fmt.Errorf("spot share %d: it must be between 0 and 100 percent", w.Nodes.SpotShare)
	case !(w.Nodes.SpotMaxPrice >= 0):
		return fmt.Errorf("spot price %v: it must be 0, for the on-demand price, or more", w.Nodes.SpotMaxPrice)
	case w.Nodes.VolumeGB < 8 || w.Nodes.VolumeGB > 16384:
		return fmt.Errorf("volume of %d GB: it must be between 8 and 16384", w.Nodes.VolumeGB)
	}
	for i, machine := range w.Nodes.InstanceTypes {
		if !arm.MatchString(machine) {
			return fmt.Errorf("instance type %.40q: SlideRule's images are for arm64 alone. Choose among types such as %s, r8g.2xlarge or c7g.4xlarge", machine, DefaultInstanceType)
		}
		if slices.Contains(w.Nodes.InstanceTypes[:i], machine) {
			return fmt.Errorf("instance type %s is given twice", machine)
		}
	}
	return nil
}

func (s *Sleep) check() error {
	if _, err := time.LoadLocation(s.TimeZone); err != nil {
		return fmt.Errorf("time zone %.60q: it must be a name such as America/New_York or UTC", s.TimeZone)
	}
	if len(s.Down) == 0 || len(s.Up) == 0 {
		return fmt.Errorf("sleep needs both a time to sleep and a time to wake")
	}
	for _, expression := range slices.Concat(s.Down, s.Up) {
		if len(strings.Fields(expression)) != 5 {
			return fmt.Errorf("cron expression %.60q: it must have five fields, as in 0 20 * * 1-5", expression)
		}
	}
	return nil
}
