package sliderule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cron"
)

// mostHours is how many hours of funds anybody can ask for. Every other limit is the renderer's.
const mostHours = 366 * 24

func (j *judge) nodes() {
	const types, summary = "nodes.instance_types", "The instance types do not fit"
	n := j.w.Nodes
	j.unless(len(n.InstanceTypes) <= cloudformation.MostInstanceTypes, types, summary, "instance_types has %d, and a group takes %d. Leave some out.", len(n.InstanceTypes), cloudformation.MostInstanceTypes)
	for i, machine := range n.InstanceTypes {
		switch {
		case !cloudformation.IsInstanceType(machine):
			j.unless(false, types, summary, "instance_types has %.40q, and SlideRule's images are for arm64 alone. Choose among types such as %s, r8g.2xlarge or c7g.4xlarge.", machine, DefaultInstanceType)
		case slices.Contains(n.InstanceTypes[:i], machine):
			j.unless(false, types, summary, "instance_types has %s twice. Name it once.", machine)
		}
	}
	j.unless(n.SpotShare >= 0 && n.SpotShare <= 100, "nodes.spot_share", "The spot share is out of range",
		"spot_share %d is no percentage. Ask for 0 to 100 percent.", n.SpotShare)
	j.unless(n.SpotMaxPrice >= 0 && n.SpotMaxPrice <= cloudformation.MostSpotPrice, "nodes.spot_max_price", "The spot price is out of range",
		"spot_max_price %v is not from 0 to %d USD an hour. Give a price an hour, or leave it out for the on-demand price.", n.SpotMaxPrice, cloudformation.MostSpotPrice)
	j.unless(n.VolumeGB == 0 || n.VolumeGB >= cloudformation.LeastVolumeGB && n.VolumeGB <= cloudformation.MostVolumeGB, "nodes.volume_gb", "The volume is out of range",
		"volume_gb %d is not from %d to %d. Give a size between them.", n.VolumeGB, cloudformation.LeastVolumeGB, cloudformation.MostVolumeGB)
}

// priced: a budget can be kept only where every machine has a price.
func (j *judge) priced() {
	if j.prices == nil || j.w.Budget == nil {
		return
	}
	const summary = "The price of a machine is not known"
	for _, machine := range slices.Compact(slices.Clone(fixedMachines)) {
		_, err := j.prices.Instance(machine)
		j.name("budget", summary, err)
	}
	nodes := j.w.Nodes.InstanceTypes
	if len(nodes) == 0 {
		nodes = []string{DefaultInstanceType}
	}
	for i, machine := range nodes {
		if _, err := j.prices.Instance(machine); err != nil && cloudformation.IsInstanceType(machine) && !slices.Contains(nodes[:i], machine) {
			j.name("nodes.instance_types", summary, err)
			j.found[len(j.found)-1].Others = []string{"budget"}
		}
	}
}

func (j *judge) zones() {
	const attribute, summary = "availability_zones", "The availability zones do not fit"
	zones := j.w.Zones
	j.unless(len(zones) <= cloudformation.MostZones, attribute, summary, "availability_zones has %d, and a cluster spans %d at most. Leave some out.", len(zones), cloudformation.MostZones)
	for i, zone := range zones {
		switch {
		case !cloudformation.IsZone(zone):
			j.unless(false, attribute, summary, "availability_zones has %.40q, which is no zone. Write the region and a letter, as in us-west-2a.", zone)
		case slices.Contains(zones[:i], zone):
			j.unless(false, attribute, summary, "availability_zones has %s twice. Name it once.", zone)
		}
	}
}

func (j *judge) budget() {
	b := j.w.Budget
	if b == nil {
		return
	}
	j.unless(b.LimitUSD > 0 && b.LimitUSD <= cloudformation.MostBudgetUSD, "budget.limit_usd", "The budget is out of range",
		"limit_usd %v is not above 0 and at most %d. Give the USD that the cluster may cost in a calendar month, or leave the budget out.", b.LimitUSD, int(cloudformation.MostBudgetUSD))
	j.unless(b.StartHours >= 0 && b.StartHours <= mostHours, "budget.start_hours", "The hours of funds are out of range",
		"start_hours %v is not from 0 to %d. Give the hours that the funds have to last for when the cluster starts.", b.StartHours, mostHours)
	const attribute, summary = "budget.emails", "The addresses cannot be told"
	all := emails(j.w)
	j.unless(len(all) <= cloudformation.MostEmails, attribute, summary, "emails has %d addresses, and AWS Budgets tells %d at most. Name a list in place of its readers.", len(all), cloudformation.MostEmails)
	for _, address := range all {
		j.unless(cloudformation.IsEmail(address), attribute, summary,
			"emails has %.60q, which is no address that AWS Budgets takes. Write one of at most %d characters, as in ana@example.org.", address, cloudformation.LongestEmail)
	}
}

func (j *judge) sleep() {
	s := j.w.Sleep
	if s == nil {
		return
	}
	const summary = "The times of sleep do not fit"
	for _, times := range []struct {
		attribute, what, other string
		expressions            []string
	}{{"sleep.down", "to sleep", "sleep.up", s.Down}, {"sleep.up", "to wake", "sleep.down", s.Up}} {
		name := strings.TrimPrefix(times.attribute, "sleep.")
		j.unless(len(times.expressions) <= cloudformation.MostSleepTimes, times.attribute, summary, "%s has %d times, and a template has room for %d. Put several into one expression, as in 0 20 * * 1-5.",
			name, len(times.expressions), cloudformation.MostSleepTimes)
		j.unless(len(times.expressions) > 0, times.attribute, summary, "%s has no time %s, and sleep needs both. Give a cron expression, or leave sleep out.", name, times.what)
		for i, expression := range times.expressions {
			if err := cron.Check(expression); err != nil {
				j.name(times.attribute, "A cron expression is malformed", fmt.Errorf("%s: %w", name, err))
				continue
			}
			j.unless(len(expression) <= cloudformation.LongestCron, times.attribute, summary, "%s has %.40q…, of more than %d characters. Write ranges and steps in place of lists.", name, expression, cloudformation.LongestCron)
			j.unless(!slices.Contains(times.expressions[:i], expression), times.attribute, summary, "%s has %q twice. Name it once.", name, expression)
		}
	}
	for _, expression := range s.Up {
		if slices.Contains(s.Down, expression) {
			j.unless(false, "sleep.up", summary, "up has %q, at which the cluster is to go to sleep as well. Give another time.", expression)
			j.found[len(j.found)-1].Others = []string{"sleep.down"}
		}
	}
	j.unless(isTimeZone(s.TimeZone), "sleep.time_zone", "There is no such time zone",
		"time_zone %.60q is not known. Write an IANA name such as America/New_York, or UTC.", s.TimeZone)
}

// room: a template has at most so many bytes, which each list alone keeps to, and all of them together may not.
func (j *judge) room() {
	if len(j.found) > 0 {
		return
	}
	c := cloudformation.Cluster{InstanceTypes: j.w.Nodes.InstanceTypes, Zones: j.w.Zones}
	if to := emails(j.w); len(to) > 0 {
		c.Budget = &cloudformation.Budget{Emails: to}
	}
	if s := j.w.Sleep; s != nil {
		c.Sleep = &cloudformation.Sleep{Down: s.Down, Up: s.Up, TimeZone: s.TimeZone}
	}
	var parts []part
	var sum int
	add := func(attribute string, bytes int) {
		if sum += bytes; bytes > 0 {
			parts = append(parts, part{attribute, bytes})
		}
	}
	types, zones, budget, sleep := cloudformation.Weight(c)
	add("nodes.instance_types", types)
	add("availability_zones", zones)
	add("budget.emails", budget)
	add("sleep", sleep)
	if sum <= cloudformation.Room {
		return
	}
	slices.SortStableFunc(parts, func(a, b part) int { return b.bytes - a.bytes })
	var names []string
	for _, p := range parts {
		names = append(names, p.attribute)
	}
	j.unless(false, names[0], "The cluster does not fit into a template", "%s take %d bytes of the template of the cluster, which has room for %d. Leave some of them out, first of %s.",
		strings.Join(names, ", "), sum, cloudformation.Room, names[0])
	j.found[len(j.found)-1].Others = names[1:]
}

// part is how many bytes of a template an attribute takes.
type part struct {
	attribute string
	bytes     int
}

// isTimeZone asks the machine's list of zones, and where there is none, as in a small container, looks at the form: AWS
// has the last word. Go's own Local is no zone of anybody else's.
func isTimeZone(name string) bool {
	if name == "" || name == "UTC" {
		return true
	}
	if name == "Local" || !cloudformation.IsTimeZone(name) {
		return false
	}
	if _, err := time.LoadLocation(name); err == nil {
		return true
	}
	_, err := time.LoadLocation("America/New_York")
	return err != nil
}
