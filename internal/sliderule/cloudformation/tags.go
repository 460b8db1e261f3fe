package cloudformation

import (
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// taggable says how resources of a type bear tags: under which property. CloudFormation hands a stack's own tags on to
// most of them, but not to what a launch template runs, nor to budgets: the tags stand in the template.
var taggable = map[string]string{
	"AWS::AutoScaling::AutoScalingGroup": "Tags",
	"AWS::Budgets::Budget":               "ResourceTags",
	"AWS::EC2::EIP":                      "Tags",
	"AWS::EC2::Instance":                 "Tags",
	"AWS::EC2::InternetGateway":          "Tags",
	"AWS::EC2::LaunchTemplate":           "TagSpecifications",
	"AWS::EC2::NatGateway":               "Tags",
	"AWS::EC2::RouteTable":               "Tags",
	"AWS::EC2::SecurityGroup":            "Tags",
	"AWS::EC2::Subnet":                   "Tags",
	"AWS::EC2::VPC":                      "Tags",
	"AWS::EC2::VPCEndpoint":              "Tags",
	"AWS::IAM::Role":                     "Tags",
	"AWS::KMS::Key":                      "Tags",
	"AWS::S3::Bucket":                    "Tags",
	"AWS::Scheduler::ScheduleGroup":      "Tags",
}

// tagAll adds the tags to every resource that bears any, and to what those run.
func (d *document) tagAll(tags map[string]string) {
	d.pairs("Resources", func(name string, resource *yaml.Node) {
		kind := value(resource, "Type").Value
		property, ok := taggable[kind]
		if !ok {
			return
		}
		properties := "Resources." + name + ".Properties"
		switch kind {
		case "AWS::EC2::LaunchTemplate":
			for _, list := range []string{".TagSpecifications", ".LaunchTemplateData.TagSpecifications"} {
				for _, specification := range d.at(properties + list).Content {
					extend(value(specification, "Tags"), tags, false)
				}
			}
		default:
			extend(d.at(properties+"."+property), tags, kind == "AWS::AutoScaling::AutoScalingGroup")
		}
	})
}

// extend puts tags at the end of a list of them, in the order of their keys.
func extend(list *yaml.Node, tags map[string]string, propagate bool) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		tag := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		tag.Content = []*yaml.Node{node("Key"), node(key), node("Value"), node(tags[key])}
		if propagate {
			tag.Content = append(tag.Content, node("PropagateAtLaunch"), node(true))
		}
		list.Content = append(list.Content, tag)
	}
	list.Style = 0
}
