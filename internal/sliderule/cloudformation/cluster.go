package cloudformation

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

//go:embed cluster.yaml
var clusterTemplate string

// maxZones is how many subnets of 10.0.0.0/17 the addresses leave room for.
const maxZones = 6

// RenderCluster makes the stack of one cluster. Errors name the value that is not plain.
func RenderCluster(c Cluster) (Template, error) {
	made, err := check(c)
	if err != nil {
		return Template{}, err
	}
	texts, err := scripts(made)
	if err != nil {
		return Template{}, err
	}
	d := parse(clusterTemplate)
	d.pin(made)
	d.zones(made.Zones)
	d.hosts(made, texts)
	d.nodes(made)
	d.sleep(made.Sleep)
	d.budget(made)
	d.settings(made.Settings)
	tags := maps.Clone(made.Tags)
	tags[ProjectTag] = naming.Project(made.Name)
	d.tagAll(tags)
	return finish(d, clusterParameters(made))
}

// pin lets the parameters that boot scripts were made for have that value alone: an update with another one is refused
// by CloudFormation, in place of a stack that says other than its instances do.
func (d *document) pin(c checked) {
	for name, only := range map[string]string{
		"Cluster": c.Name, "Domain": c.Domain, "Version": c.Version, "IsPublic": strconv.FormatBool(c.IsPublic),
	} {
		d.add("Parameters."+name, "AllowedValues", []string{only})
	}
	if c.AMI != "" {
		d.put("Parameters.Image.Type", "AWS::EC2::Image::Id")
		d.put("Parameters.Image.Description", "The machine image")
		d.put("Parameters.Image.Default", c.AMI)
	}
}

func clusterParameters(c checked) map[string]string {
	image := c.AMI
	if image == "" {
		image = DefaultImage
	}
	return map[string]string{
		"Cluster": c.Name, "Domain": c.Domain, "Version": c.Version, "IsPublic": strconv.FormatBool(c.IsPublic), "Image": image,
		ParameterNodeCapacity: strconv.Itoa(c.NodeCapacity), ParameterMinNodes: strconv.Itoa(c.MinNodes),
		ParameterMaxNodes: strconv.Itoa(c.MaxNodes), ParameterAsleep: strconv.FormatBool(c.Asleep),
	}
}

// zones gives every zone a public and a private subnet, after the first zone's.
func (d *document) zones(named []string) {
	count := len(named)
	if count == 0 {
		count = 2
	}
	var private, zones []*yaml.Node
	for i := range count {
		suffix := strconv.Itoa(i + 1)
		for _, part := range []string{"PublicSubnet", "PublicAssociation", "PrivateSubnet", "PrivateAssociation"} {
			if i > 0 {
				d.add("Resources", part+suffix, renumbered(d.at("Resources."+part+"1"), suffix))
			}
		}
		zone := tagged("!Select", []any{i, tagged("!GetAZs", "")})
		if len(named) > 0 {
			zone = node(named[i])
		}
		d.put("Resources.PublicSubnet"+suffix+".Properties.CidrBlock", fmt.Sprintf("10.0.%d.0/24", 128+i))
		d.put("Resources.PrivateSubnet"+suffix+".Properties.CidrBlock", fmt.Sprintf("10.0.%d.0/20", 16*i))
		for _, part := range []string{"PublicSubnet", "PrivateSubnet"} {
			d.put("Resources."+part+suffix+".Properties.AvailabilityZone", expanded(zone))
		}
		private = append(private, tagged("!Ref", "PrivateSubnet"+suffix))
		zones = append(zones, expanded(zone))
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: private}
	d.put("Resources.Nodes.Properties.VPCZoneIdentifier", list)
	d.put("Outputs.NodeSubnets.Value", tagged("!Join", []any{",", expanded(list)}))
	d.put("Outputs.Zones.Value", tagged("!Join", []any{",", zones}))
	var after []string
	for i := range count {
		after = append(after, "PrivateAssociation"+strconv.Itoa(i+1))
	}
	d.put("Resources.Nodes.DependsOn", append([]string{"PrivateRoute", "Storage"}, after...))
}

// renumbered is a copy for another number: what ends with 1 in the names of the first ends with that.
func renumbered(n *yaml.Node, suffix string) *yaml.Node {
	made := expanded(n)
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			for _, name := range []string{"PublicSubnet", "PrivateSubnet", "}-public-", "}-private-"} {
				n.Value = strings.ReplaceAll(n.Value, name+"1", name+suffix)
			}
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(made)
	return made
}

// hosts gives the instances their scripts and their profile.
func (d *document) hosts(c checked, texts map[string]string) {
	for resource, file := range map[string]string{"LoadBalancer": "ilb.sh", "Monitor": "monitor.sh", "NodeTemplate": "node.sh"} {
		properties := "Resources." + resource + ".Properties"
		if resource == "NodeTemplate" {
			properties += ".LaunchTemplateData"
			d.put(properties+".IamInstanceProfile.Arn", c.NodeProfile)
		} else {
			d.put(properties+".IamInstanceProfile", c.profileNames[resource])
		}
		d.put(properties+".UserData", &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{node("Fn::Base64"), literal(texts[file])}})
	}
}

// nodes sets what the nodes are.
func (d *document) nodes(c checked) {
	const data, policy = "Resources.NodeTemplate.Properties.LaunchTemplateData", "Resources.Nodes.Properties.MixedInstancesPolicy"
	d.put(data+".InstanceType", c.InstanceTypes[0])
	d.put(data+".BlockDeviceMappings.0.Ebs.VolumeSize", c.VolumeGB)
	var overrides []map[string]string
	for _, t := range c.InstanceTypes {
		overrides = append(overrides, map[string]string{"InstanceType": t})
	}
	d.put(policy+".LaunchTemplate.Overrides", overrides)
	d.put(policy+".InstancesDistribution.OnDemandPercentageAboveBaseCapacity", 100-c.SpotShare)
	if c.SpotMaxPrice > 0 {
		d.add(policy+".InstancesDistribution", "SpotMaxPrice", strconv.FormatFloat(c.SpotMaxPrice, 'f', -1, 64))
	}
}

// sleep makes the scheduled actions: one for each expression.
func (d *document) sleep(s *Sleep) {
	down, up := *d.at("Resources.Sleep1"), *d.at("Resources.Wake1")
	d.drop("Resources", "Sleep1")
	d.drop("Resources", "Wake1")
	if s == nil {
		return
	}
	zone := s.TimeZone
	if zone == "" {
		zone = "UTC"
	}
	add := func(name string, like *yaml.Node, expressions []string) {
		for i, expression := range expressions {
			action := name + strconv.Itoa(i+1)
			d.add("Resources", action, expanded(like))
			d.put("Resources."+action+".Properties.Recurrence", expression)
			d.put("Resources."+action+".Properties.TimeZone", zone)
		}
	}
	add("Sleep", &down, s.Down)
	add("Wake", &up, s.Up)
}

// budget completes the budget, or takes it out.
func (d *document) budget(c checked) {
	if c.Budget == nil {
		d.drop("Resources", "Budget")
		return
	}
	const properties = "Resources.Budget.Properties"
	// Whom a budget tells cannot be changed: CloudFormation makes another budget, which needs another name.
	emails := slices.Sorted(slices.Values(c.Budget.Emails))
	sum := sha256.Sum256([]byte(strings.Join(emails, "\n")))
	d.put(properties+".Budget.BudgetName", naming.ClusterStack(c.Name)+"-"+hex.EncodeToString(sum[:4]))
	d.put(properties+".Budget.BudgetLimit.Amount", c.Budget.LimitUSD)
	d.put(properties+".Budget.CostFilters.TagKeyValue", []string{"user:" + ProjectTag + "$" + naming.Project(c.Name)})
	if len(emails) == 0 {
		d.drop(properties, "NotificationsWithSubscribers")
		return
	}
	var people []map[string]string
	for _, address := range emails {
		people = append(people, map[string]string{"SubscriptionType": "EMAIL", "Address": address})
	}
	for _, notification := range d.at(properties + ".NotificationsWithSubscribers").Content {
		notification.Style = 0
		notification.Content = append(notification.Content, node("Subscribers"), node(people))
	}
}
