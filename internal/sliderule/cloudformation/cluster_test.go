package cloudformation_test

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

func resources(t *testing.T, made cloudformation.Template) map[string]any {
	t.Helper()
	return decode(t, made.Body)["Resources"].(map[string]any)
}

// untaggable are the types of ours that have no tags.
var untaggable = []string{
	"AWS::AutoScaling::ScheduledAction", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPCGatewayAttachment",
	"AWS::IAM::InstanceProfile", "AWS::KMS::Alias", "AWS::Route53::RecordSet", "AWS::S3::BucketPolicy",
}

func TestEverythingBearsTheTags(t *testing.T) {
	for name, c := range map[string]struct {
		made cloudformation.Template
		want map[string]string
	}{
		"cluster":    {cluster(t, full()), map[string]string{"Project": "cluster-team-ice", "provisioner_managed_by": "default", "provisioner_owner": "ana.diaz@example.com"}},
		"foundation": {theFoundation(t), map[string]string{"provisioner_managed_by": "default", "team": "data"}},
	} {
		for resource, r := range resources(t, c.made) {
			kind := get(t, r, "Type").(string)
			if slices.Contains(untaggable, kind) {
				continue
			}
			lists := [][]any{}
			switch kind {
			case "AWS::EC2::LaunchTemplate":
				specifications := slices.Concat(get(t, r, "Properties", "TagSpecifications").([]any), get(t, r, "Properties", "LaunchTemplateData", "TagSpecifications").([]any))
				var of []string
				for _, specification := range specifications {
					of = append(of, get(t, specification, "ResourceType").(string))
					lists = append(lists, get(t, specification, "Tags").([]any))
				}
				if want := []string{"launch-template", "instance", "volume"}; !slices.Equal(of, want) {
					t.Errorf("%s tags %v, want %v", resource, of, want)
				}
			case "AWS::Budgets::Budget":
				lists = append(lists, get(t, r, "Properties", "ResourceTags").([]any))
			default:
				lists = append(lists, get(t, r, "Properties", "Tags").([]any))
			}
			for _, list := range lists {
				got := map[string]any{}
				for _, tag := range list {
					key := get(t, tag, "Key").(string)
					if _, twice := got[key]; twice {
						t.Errorf("%s of %s has the tag %s twice", resource, name, key)
					}
					got[key] = get(t, tag, "Value")
					if kind == "AWS::AutoScaling::AutoScalingGroup" && get(t, tag, "PropagateAtLaunch") != true {
						t.Errorf("%s keeps %s to itself", resource, key)
					}
				}
				if got["Name"] == nil && kind != "AWS::Budgets::Budget" {
					t.Errorf("%s of %s has no name", resource, name)
				}
				for key, value := range c.want {
					if got[key] != value {
						t.Errorf("%s of %s: the tag %s is %v, want %s", resource, name, key, got[key], value)
					}
				}
			}
		}
	}
}

// Defect 11: the longest name works, in every name that is made of it.
func TestDefect11LongestName(t *testing.T) {
	c := full()
	c.Name = strings.Repeat("a", 40)
	made := cluster(t, c)
	if name := get(t, resources(t, made)["Budget"], "Properties", "Budget", "BudgetName").(string); len(name) > 100 {
		t.Errorf("a budget's name has at most 100 characters: %s", name)
	}
	c.Name += "a"
	if _, err := cloudformation.RenderCluster(c); err == nil || !strings.Contains(err.Error(), "40 characters") {
		t.Errorf("got %v", err)
	}
}

// Defect 33: what runs is pinned. With an AMI the template cannot resolve another one, and says which it has.
func TestDefect33ImageIsPinned(t *testing.T) {
	made := cluster(t, plain())
	template := decode(t, made.Body)
	image := get(t, template, "Parameters", "Image")
	if get(t, image, "Type") != "AWS::EC2::Image::Id" || made.Parameters["Image"] != "ami-0123456789abcdef0" {
		t.Errorf("%v, %v", image, made.Parameters)
	}
	if ami := get(t, template, "Outputs", "Ami", "Value", "Ref"); ami != "Image" {
		t.Errorf("the output is %v", ami)
	}
	c := plain()
	c.AMI = ""
	made = cluster(t, c)
	if kind := get(t, decode(t, made.Body), "Parameters", "Image", "Type"); kind != "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>" || made.Parameters["Image"] != cloudformation.DefaultImage {
		t.Errorf("%v, %v", kind, made.Parameters)
	}
}

// What is fixed once deployed cannot be changed by an update that keeps the template.
func TestFixedParametersTakeOneValue(t *testing.T) {
	made := cluster(t, plain())
	for name, want := range map[string]string{"Cluster": "dev", "Domain": "example.org", "Version": "v5.5.0", "IsPublic": "false"} {
		if got := get(t, decode(t, made.Body), "Parameters", name, "AllowedValues"); !reflect.DeepEqual(got, []any{want}) || made.Parameters[name] != want {
			t.Errorf("%s may be %v and is %s, want %s", name, got, made.Parameters[name], want)
		}
	}
}

// A resize is another value of a parameter: the template stays the same, byte for byte.
func TestResizeKeepsTheTemplate(t *testing.T) {
	before, c := cluster(t, full()), full()
	c.NodeCapacity, c.MinNodes, c.MaxNodes, c.Asleep = 7, 0, 9, true
	after := cluster(t, c)
	if before.Body != after.Body {
		t.Error("the template differs")
	}
	want := maps.Clone(before.Parameters)
	want["NodeCapacity"], want["MinNodes"], want["MaxNodes"], want["Asleep"] = "7", "0", "9", "true"
	if !maps.Equal(after.Parameters, want) {
		t.Errorf("got %v, want %v", after.Parameters, want)
	}
}

// A sleeper that is resized keeps its 0 nodes and wakes to the new size; any other update leaves the group's size.
func TestSleep(t *testing.T) {
	all := resources(t, cluster(t, full()))
	group := get(t, all["Nodes"], "Properties")
	if size := fmt.Sprint(get(t, group, "DesiredCapacity"), get(t, group, "MinSize")); size != "map[Fn::If:[IsAsleep 0 map[Ref:NodeCapacity]]] map[Fn::If:[IsAsleep 0 map[Ref:MinNodes]]]" {
		t.Error(size)
	}
	if get(t, all["Nodes"], "UpdatePolicy", "AutoScalingScheduledAction", "IgnoreUnmodifiedGroupSizeProperties") != true {
		t.Error("an update sets the size anew")
	}
	for name, want := range map[string]string{
		"Sleep1": "0 20 * * MON-FRI America/New_York 0 0",
		"Sleep2": "0 12 * * SAT America/New_York 0 0",
		"Wake1":  "0 7 * * MON-FRI America/New_York map[Ref:NodeCapacity] map[Ref:MinNodes]",
	} {
		action := get(t, all[name], "Properties")
		got := fmt.Sprint(get(t, action, "Recurrence"), " ", get(t, action, "TimeZone"), " ", get(t, action, "DesiredCapacity"), " ", get(t, action, "MinSize"))
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for name := range resources(t, cluster(t, plain())) {
		if strings.HasPrefix(name, "Sleep") || strings.HasPrefix(name, "Wake") || name == "Budget" {
			t.Errorf("nobody asked for %s", name)
		}
	}
}

func TestZones(t *testing.T) {
	c := plain()
	for count, want := range map[int]int{0: 2, 1: 1, 6: 6} {
		c.Zones = []string{"us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1e", "us-east-1f"}[:count]
		all := resources(t, cluster(t, c))
		if got := len(get(t, all["Nodes"], "Properties", "VPCZoneIdentifier").([]any)); got != want {
			t.Errorf("%d zones: nodes in %d, want %d", count, got, want)
		}
		blocks := map[any]bool{}
		for name, r := range all {
			if strings.Contains(name, "Subnet") {
				blocks[get(t, r, "Properties", "CidrBlock")] = true
			}
		}
		if len(blocks) != 2*want {
			t.Errorf("%d zones: the blocks %v", count, blocks)
		}
		told := get(t, decode(t, cluster(t, c).Body), "Outputs", "Zones", "Value", "Fn::Join").([]any)[1].([]any)
		for i, zone := range told {
			for _, subnet := range []string{"PublicSubnet", "PrivateSubnet"} {
				name := fmt.Sprint(subnet, i+1)
				if is := get(t, all[name], "Properties", "AvailabilityZone"); !reflect.DeepEqual(is, zone) {
					t.Errorf("%d zones: %s is in %v, and told to be in %v", count, name, is, zone)
				}
			}
		}
		if len(told) != want {
			t.Errorf("%d zones: %d are told", count, len(told))
		}
	}
}

// Whom a budget tells cannot be changed in place: another list of addresses, and only that, makes another name.
func TestBudgetName(t *testing.T) {
	name := func(change func(*cloudformation.Budget)) string {
		c := full()
		change(c.Budget)
		return get(t, resources(t, cluster(t, c))["Budget"], "Properties", "Budget", "BudgetName").(string)
	}
	before := name(func(*cloudformation.Budget) {})
	if same := name(func(b *cloudformation.Budget) { b.LimitUSD++; slices.Reverse(b.Emails) }); same != before {
		t.Errorf("%s became %s", before, same)
	}
	if other := name(func(b *cloudformation.Budget) { b.Emails = b.Emails[:1] }); other == before {
		t.Errorf("%s stays", before)
	}
}

// Words that YAML takes for something else stay words.
func TestWordsStayWords(t *testing.T) {
	for _, word := range []string{"on", "no", "y", "null", "true", "e1"} {
		c := plain()
		c.Name, c.Tags["team"] = word, word
		if got := get(t, decode(t, cluster(t, c).Body), "Parameters", "Cluster", "AllowedValues"); !reflect.DeepEqual(got, []any{word}) {
			t.Errorf("%s became %v", word, got)
		}
	}
	for _, word := range []string{"1.10", "010", "0x1f", "5e3", "2026-08-01", "1_000", "12"} {
		c := plain()
		c.Version = word
		if got := get(t, decode(t, cluster(t, c).Body), "Parameters", "Version", "AllowedValues"); !reflect.DeepEqual(got, []any{word}) {
			t.Errorf("%s became %v", word, got)
		}
	}
}

func TestHostsAreHardened(t *testing.T) {
	all := resources(t, cluster(t, full()))
	for name, data := range map[string]any{
		"LoadBalancer": get(t, all["LoadBalancer"], "Properties"), "Monitor": get(t, all["Monitor"], "Properties"),
		"NodeTemplate": get(t, all["NodeTemplate"], "Properties", "LaunchTemplateData"),
	} {
		if get(t, data, "MetadataOptions", "HttpTokens") != "required" {
			t.Errorf("%s answers the first version of instance metadata", name)
		}
		disk := get(t, data, "BlockDeviceMappings").([]any)[0]
		if get(t, disk, "Ebs", "Encrypted") != true || get(t, disk, "Ebs", "VolumeType") != "gp3" {
			t.Errorf("%s: %v", name, disk)
		}
	}
	for name, want := range map[string][]int{"LoadBalancerGroup": {443, 8050, 9100}, "MonitorGroup": {3100, 3000}, "NodeGroup": {9081, 9100}} {
		var ports []int
		for _, rule := range get(t, all[name], "Properties", "SecurityGroupIngress").([]any) {
			port := get(t, rule, "FromPort").(int)
			ports = append(ports, port)
			if from := get(t, rule, "CidrIp"); from != "10.0.0.0/16" && port != 443 {
				t.Errorf("%s lets %v to %d", name, from, port)
			}
		}
		if !slices.Equal(ports, want) {
			t.Errorf("%s: %v, want %v", name, ports, want)
		}
	}
}

func TestNumbersOutOfRange(t *testing.T) {
	for want, change := range map[string]func(*cloudformation.Cluster){
		`node_capacity "0"`:         func(c *cloudformation.Cluster) { c.NodeCapacity = 0 },
		`min_nodes "3"`:             func(c *cloudformation.Cluster) { c.MinNodes = 3 },
		`min_nodes "-1"`:            func(c *cloudformation.Cluster) { c.MinNodes = -1 },
		`max_nodes "1"`:             func(c *cloudformation.Cluster) { c.MaxNodes = 1 },
		`spot share "101"`:          func(c *cloudformation.Cluster) { c.SpotShare = 101 },
		`spot price "-1"`:           func(c *cloudformation.Cluster) { c.SpotMaxPrice = -1 },
		`spot price "NaN"`:          func(c *cloudformation.Cluster) { c.SpotMaxPrice = math.NaN() },
		`volume "7"`:                func(c *cloudformation.Cluster) { c.VolumeGB = 7 },
		`instance type "c7i.large"`: func(c *cloudformation.Cluster) { c.InstanceTypes = []string{"t4g.large", "c7i.large"} },
		`instance type "g5.xlarge"`: func(c *cloudformation.Cluster) { c.InstanceTypes = []string{"g5.xlarge"} },
		`zone "us-west-2a"`:         func(c *cloudformation.Cluster) { c.Zones = []string{"us-west-2a", "us-west-2a"} },
		`zones "7"`: func(c *cloudformation.Cluster) {
			c.Zones = []string{"us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d", "us-west-2e", "us-west-2f", "us-west-2g"}
		},
		`budget "0"`:                 func(c *cloudformation.Cluster) { c.Budget = &cloudformation.Budget{} },
		`budget "NaN"`:               func(c *cloudformation.Cluster) { c.Budget = &cloudformation.Budget{LimitUSD: math.NaN()} },
		`1 times to sleep and 0`:     func(c *cloudformation.Cluster) { c.Sleep = &cloudformation.Sleep{Down: []string{"0 1 * * *"}} },
		`tag "aws:x"`:                func(c *cloudformation.Cluster) { c.Tags["aws:x"] = "y" },
		`tag "Name"`:                 func(c *cloudformation.Cluster) { c.Tags["Name"] = "y" },
		`tag provisioner_managed_by`: func(c *cloudformation.Cluster) { delete(c.Tags, cloudformation.ManagedByTag) },
		`a PUBLIC KEY`:               func(c *cloudformation.Cluster) { c.PublicKeyPEM = "" },
	} {
		c := plain()
		change(&c)
		if _, err := cloudformation.RenderCluster(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestTooLargeATemplateIsRefused(t *testing.T) {
	c := full()
	for i := range 38 {
		c.Tags[fmt.Sprintf("a-long-key-%d", i)] = strings.Repeat("v", 200)
	}
	if _, err := cloudformation.RenderCluster(c); err == nil || !strings.Contains(err.Error(), "51200") {
		t.Errorf("got %v", err)
	}
}

func TestFoundationRefusesWhatIsNotPlain(t *testing.T) {
	for want, change := range map[string]func(*cloudformation.Foundation){
		`foundation "a_b"`:               func(f *cloudformation.Foundation) { f.Name = "a_b" },
		`tag provisioner_managed_by ""`:  func(f *cloudformation.Foundation) { f.Installation = "" },
		`domain "https://x.org"`:         func(f *cloudformation.Foundation) { f.Domain = "https://x.org" },
		`certificate source "s3://x"`:    func(f *cloudformation.Foundation) { f.CertificateSource = "s3://x" },
		`registry "https://x"`:           func(f *cloudformation.Foundation) { f.Registry = "https://x" },
		`GitHub organization "a b"`:      func(f *cloudformation.Foundation) { f.GitHubOrganization = "a b" },
		`log retention "-1"`:             func(f *cloudformation.Foundation) { f.LogRetentionDays = -1 },
		`bucket "B"`:                     func(f *cloudformation.Foundation) { f.DataBuckets = []string{"B"} },
		`certificate source "s3://abc/"`: func(f *cloudformation.Foundation) { f.CertificateSource = "s3://abc/" },
	} {
		f := foundation()
		change(&f)
		if _, err := cloudformation.RenderFoundation(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestFoundationFollowsRegistryAndCertificate(t *testing.T) {
	for _, c := range []struct{ registry, certificate, pattern, folder string }{
		{"123456789012.dkr.ecr.us-west-2.amazonaws.com", "s3://project/cf/a.pem", "arn:aws:ecr:us-west-2:123456789012:repository/*", "cf/"},
		{"123456789012.dkr.ecr.us-west-2.amazonaws.com/sliderule", "s3://project/a.pem", "arn:aws:ecr:us-west-2:123456789012:repository/sliderule/*", ""},
		{"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "s3://project/a/b/c.pem", "arn:aws-cn:ecr:cn-north-1:123456789012:repository/*", "a/b/"},
		{"registry.example.org:5000/sliderule", "s3://project/cf/a.pem", "", "cf/"},
	} {
		f := foundation()
		f.Registry, f.CertificateSource = c.registry, c.certificate
		made, err := cloudformation.RenderFoundation(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := made.Parameters; got["Repositories"] != c.pattern || got["DataFolder"] != c.folder || got["DataBucket"] != "project" {
			t.Errorf("%s, %s: %v", c.registry, c.certificate, got)
		}
	}
}
