package main

import (
	"context"
	"slices"
	"time"
)

// kind is a thing that everybody on a roster is given.
type kind struct {
	family    string // of vendors, as -families names it
	title     string // of its part of the report
	settings  string // what all people share: a file beside the tree
	person    string // the module that gives it to one person
	provider  func(limited bool) string
	floor     *floor
	speed     string // of the sandbox: how many times faster than the cloud things settle
	aws       bool   // the sandbox needs an AWS, which takes it a second to start
	begin     func(context.Context, *cloud) error
	sorting   func(call) class
	alone     *alone // the one person, with all waits
	how       string
	callsNote string

	oneLatency bool // of a large roster: more would take minutes, and tell what a small one tells

	// What the vendor limits. A roster under limits is not larger than most, where a larger one takes hours; 0 is no
	// bound, less than 0 that no limit is ever reached here.
	most        int
	limitsNote  string
	permissions bool // each has a read of its own in a plan, which is budgeted by itself
	peer        []peerFigure
	peerNote    string
}

// floor is the tree with terraform_data in place of our resources. Kinds whose trees are the same share one.
type floor struct {
	person, settings string
	each             int // resources a person
	largest          int // roster; 0 is no bound
}

// one resource a person, and two: a thousand people would then be two thousand resources, whose creation takes
// Terraform four times as long as that of a thousand.
var (
	one = &floor{person: inputs + floorResource("thing"), settings: settings, each: 1}
	two = &floor{person: inputs + floorResource("file") + floorResource("session"), settings: clusterFile, each: 2, largest: 500}
)

// people are how many of a roster are taken.
func (f *floor) people(roster int) int {
	if f.largest > 0 {
		return min(roster, f.largest)
	}
	return roster
}

func floorResource(name string) string {
	return `
resource "terraform_data" "` + name + `" {
  input = jsonencode({ user_email = var.email, settings = var.settings })
}
`
}

// alone is how one person's thing is measured with everything that is waited for.
type alone struct {
	before string // a module that is applied first, and not measured; "" is none
	person string // the module
	note   string
	// slow gives the cloud its own time, and returns how much that is.
	slow func(ctx context.Context, sky *cloud, o options) (time.Duration, error)
	took func(ctx context.Context, sky *cloud) (time.Duration, error) // how much it was; nil: as slow says
	then []further                                                    // of which the calls are counted

	looks []string // the calls by which it is waited for
}

// further is what is done with a thing that is there.
type further struct {
	what  string // such as "to renew its end"
	phase phase
	edit  func(tree) error // what changes in the tree before; nil: nothing
}

// kinds are all that can be measured, in the order of the report.
var kinds = []*kind{clusters, notebooks, templates, slideRules}

// families are what -families can name.
func families() (all []string) {
	for _, k := range kinds {
		if !slices.Contains(all, k.family) {
			all = append(all, k.family)
		}
	}
	return all
}

// kindsOf are those that were asked for.
func (o options) kinds() []*kind {
	return slices.DeleteFunc(slices.Clone(kinds), func(k *kind) bool { return !slices.Contains(o.families, k.family) })
}

// limitedPeople is the roster to measure under rate limits: the largest that ends within minutes; 0 is none.
func (k *kind) limitedPeople(rosters []int) (people int) {
	if k.most < 0 {
		return 0
	}
	for _, n := range rosters {
		if k.most == 0 || n <= k.most {
			people = max(people, n)
		}
	}
	return people
}
