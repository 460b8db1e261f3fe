package sliderule

import "github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"

// Problem is something that is wrong with what is asked for, whoever asks and whatever AWS has.
type Problem struct {
	Attribute string   // such as "node_capacity" or "nodes.instance_types"
	Others    []string // attributes that it is also about: who does not know them yet cannot tell
	Summary   string   // a few words
	Detail    string   // names attribute, value and remedy
}

// Judge is every problem of a cluster that a caller asks for, without asking AWS; the gravest first.
func Judge(rules access.Table, caller access.Caller, w Wanted) []Problem {
	return nil
}
