package run_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run"
)

func (c *cloud) lookup(context.Context) (*sliderule.Foundation, error) {
	f := c.foundation
	return &f, nil
}

func (c *cloud) group(id, name, vpc string, open bool) {
	g := &fakeGroup{vm.SecurityGroup{GroupId: &id, GroupName: &name, VpcId: &vpc}}
	if open {
		g.IpPermissions = []vm.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22)}}
	}
	c.groups[id] = g
}

func TestAGroupThatLetsOthersInIsRefused(t *testing.T) {
	for name, given := range map[string]string{"ours, opened by somebody": "", "a given one": "sg-0a"} {
		c := newCloud(t)
		c.group("sg-0a", "sliderule-foundation-runs", "vpc-0", true)
		_, err := c.runner().Start(t.Context(), tests(func(w *run.Wanted) { w.SecurityGroup = given }))
		if err == nil || !strings.Contains(err.Error(), "sg-0a") || !strings.Contains(err.Error(), "Remove its inbound rules") || len(c.requests) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := newCloud(t)
	c.group("sg-0b", "mine", "vpc-0", false)
	c.started(tests(func(w *run.Wanted) { w.SecurityGroup = "sg-0b" }))
	if got := c.requests[0].NetworkInterfaces[0].Groups[0]; got != "sg-0b" || len(c.groups) != 1 {
		t.Errorf("got %s among %d", got, len(c.groups))
	}
	if _, err := c.runner().Start(t.Context(), tests(func(w *run.Wanted) { w.SecurityGroup = "sg-0c" })); err == nil || !strings.Contains(err.Error(), "there is no such group") {
		t.Errorf("got %v", err)
	}
}

// Two runs begin at once, a reply is lost, or somebody removes the group in between: there is one group in the end.
func TestOneGroupWhateverHappens(t *testing.T) {
	for name, disturb := range map[string]func(*cloud){
		"another was faster": func(c *cloud) {
			c.during = func(call string) {
				if call == "CreateSecurityGroup" && len(c.groups) == 0 {
					c.group("sg-0f", "sliderule-foundation-runs", "vpc-0", false)
				}
			}
		},
		"the reply is lost": func(c *cloud) { c.fail("CreateSecurityGroup", fault{effect: true, err: errLost}) },
		"removed in between": func(c *cloud) {
			first := true
			c.during = func(call string) {
				if call == "RunInstances" && first {
					first = false
					clear(c.groups)
				}
			}
		},
	} {
		c := newCloud(t)
		disturb(c)
		got, err := c.runner().Start(t.Context(), tests())
		if err != nil || len(c.groups) != 1 || len(c.working()) != 1 {
			t.Errorf("%s: got %+v, %v; %d groups, %d machines", name, got, err, len(c.groups), len(c.working()))
		}
	}
}
