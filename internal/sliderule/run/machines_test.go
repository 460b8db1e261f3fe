package run_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	vm "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/run/script"
)

// fakeMachine is an instance, with what will become of it.
type fakeMachine struct {
	vm.Instance
	userData string
	due      []happening // in the order of time
}

type happening struct {
	at   time.Time
	what func(*fakeMachine)
}

// life is what becomes of a machine.
type life func(*cloud, *fakeMachine)

func (m *fakeMachine) tag(key string) string { return tagOf(m.Tags, key) }
func (m *fakeMachine) id() string            { return m.tag("provisioner_run") }
func (m *fakeMachine) works() bool {
	return m.State.Name == vm.InstanceStateNamePending || m.State.Name == vm.InstanceStateNameRunning
}

// after has something happen so long after the start, if the machine still works then.
func (m *fakeMachine) after(d time.Duration, what func(*fakeMachine)) {
	m.due = append(m.due, happening{m.LaunchTime.Add(d), what})
	slices.SortStableFunc(m.due, func(a, b happening) int { return a.at.Compare(b.at) })
}

func (m *fakeMachine) is(state vm.InstanceStateName) { m.State = &vm.InstanceState{Name: state} }

// end is how EC2 ends a machine.
func (m *fakeMachine) end(at time.Time, why string) {
	m.is(vm.InstanceStateNameShuttingDown)
	m.StateReason = &vm.StateReason{Code: &why, Message: aws.String(why)}
	m.StateTransitionReason = aws.String("")
	if why == "Client.UserInitiatedShutdown" {
		m.StateTransitionReason = aws.String(at.UTC().Format("User initiated (2006-01-02 15:04:05 GMT)"))
	}
	m.due = []happening{{at.Add(30 * time.Second), func(m *fakeMachine) { m.is(vm.InstanceStateNameTerminated) }}}
}

// pass lives through the time until now: what machines do, what schedules do, and what EC2 forgets after an hour.
func (c *cloud) pass() {
	now := c.clock.Now()
	for name, s := range c.schedules {
		at, _ := time.Parse("at(2006-01-02T15:04:05)", *s.ScheduleExpression)
		if at.After(now) {
			continue
		}
		var input struct{ InstanceIds []string }
		if err := json.Unmarshal([]byte(*s.Target.Input), &input); err != nil {
			c.Error(err)
		}
		c.live(at)
		for _, m := range c.machines {
			if slices.Contains(input.InstanceIds, *m.InstanceId) && m.State.Name != vm.InstanceStateNameTerminated {
				m.end(at, "Client.UserInitiatedShutdown")
			}
		}
		delete(c.schedules, name)
	}
	c.live(now)
}

func (c *cloud) live(now time.Time) {
	for _, m := range c.machines {
		for len(m.due) > 0 && !m.due[0].at.After(now) {
			next := m.due[0]
			m.due = m.due[1:]
			next.what(m)
		}
	}
}

// forget is what EC2 does an hour after the end of a machine.
func (c *cloud) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.machines = nil
}

func (c *cloud) runInstances(in *ec2.RunInstancesInput) (any, error) {
	c.requests = append(c.requests, in)
	if m := c.tokens[*in.ClientToken]; m != nil {
		return &ec2.RunInstancesOutput{Instances: []vm.Instance{m.Instance}}, nil
	}
	where := c.subnets[slices.IndexFunc(c.subnets, func(s fakeSubnet) bool { return s.id == *in.NetworkInterfaces[0].SubnetId })]
	if group := in.NetworkInterfaces[0].Groups[0]; c.groups[group] == nil {
		return nil, refusal("InvalidGroup.NotFound", "The security group '"+group+"' does not exist")
	}
	spot := in.InstanceMarketOptions != nil
	if c.capacity != nil {
		switch code := c.capacity(string(in.InstanceType), where.zone, spot); code {
		case "":
		case "InsufficientInstanceCapacity":
			return nil, apiError(500, refusal(code, "We currently do not have sufficient capacity"))
		default:
			return nil, refusal(code, "no")
		}
	}
	text, err := base64.StdEncoding.DecodeString(*in.UserData)
	if err != nil {
		return nil, refusal("InvalidUserData.Malformed", err.Error())
	}
	id := fmt.Sprintf("i-%017d", len(c.tokens))
	m := &fakeMachine{userData: string(text), Instance: vm.Instance{
		InstanceId: &id, InstanceType: in.InstanceType, ImageId: in.ImageId, LaunchTime: aws.Time(c.clock.Now()), Tags: in.TagSpecifications[0].Tags,
		Placement: &vm.Placement{AvailabilityZone: &where.zone}, SecurityGroups: []vm.GroupIdentifier{{GroupId: &in.NetworkInterfaces[0].Groups[0]}},
	}}
	if m.is(vm.InstanceStateNamePending); spot {
		m.InstanceLifecycle = vm.InstanceLifecycleTypeSpot
	}
	c.machines, c.tokens[*in.ClientToken] = append(c.machines, m), m
	what := passes
	if len(c.lives) > 0 {
		what, c.lives = c.lives[0], c.lives[1:]
	}
	m.after(20*time.Second, func(m *fakeMachine) { m.is(vm.InstanceStateNameRunning) })
	what(c, m)
	return &ec2.RunInstancesOutput{Instances: []vm.Instance{m.Instance}}, nil
}

// describeInstances has pages of one.
func (c *cloud) describeInstances(in *ec2.DescribeInstancesInput) (any, error) {
	if c.hidden > 0 {
		c.hidden--
		return &ec2.DescribeInstancesOutput{}, nil
	}
	var found []vm.Instance
	for _, m := range c.machines {
		fits := true
		for _, f := range in.Filters {
			switch name := *f.Name; name {
			case "tag-key":
				fits = fits && m.tag(f.Values[0]) != ""
			case "instance-state-name":
				fits = fits && slices.Contains(f.Values, string(m.State.Name))
			case "instance.group-id":
				fits = fits && slices.Contains(f.Values, *m.SecurityGroups[0].GroupId)
			default:
				fits = fits && slices.Contains(f.Values, m.tag(strings.TrimPrefix(name, "tag:")))
			}
		}
		if fits {
			found = append(found, m.Instance)
		}
	}
	from := len(aws.ToString(in.NextToken))
	out := &ec2.DescribeInstancesOutput{}
	if from < len(found) {
		out.Reservations = []vm.Reservation{{Instances: found[from : from+1]}}
	}
	if from+1 < len(found) {
		out.NextToken = aws.String(strings.Repeat("x", from+1))
	}
	return out, nil
}

func (c *cloud) terminateInstances(in *ec2.TerminateInstancesInput) (any, error) {
	for _, m := range c.machines {
		if *m.InstanceId == in.InstanceIds[0] {
			if m.State.Name != vm.InstanceStateNameTerminated && m.State.Name != vm.InstanceStateNameShuttingDown {
				m.end(c.clock.Now(), "Client.UserInitiatedShutdown")
			}
			return &ec2.TerminateInstancesOutput{}, nil
		}
	}
	return nil, refusal("InvalidInstanceID.NotFound", "The instance ID does not exist")
}

// summarize writes a run's summary and log as its program does.
func (c *cloud) summarize(m *fakeMachine, at time.Time, s script.Summary, log string) {
	s.RunID, s.Kind, s.Version = m.id(), script.Kind(m.tag("provisioner_run_kind")), m.tag("provisioner_version")
	s.Started, s.Ended, s.Commit = *m.LaunchTime, at, strings.Repeat("a1", 20)
	text, err := json.Marshal(s)
	if err != nil {
		c.Error(err)
	}
	c.objects["runs/"+m.id()+"/run.log"], c.objects["runs/"+m.id()+"/summary.json"] = []byte(log), text
}

func suites(changes ...func(map[string]script.Suite)) map[string]script.Suite {
	all := map[string]script.Suite{}
	for _, name := range script.Suites() {
		all[name] = script.Suite{Status: script.Passed, Passed: 10, Seconds: 60}
	}
	for _, change := range changes {
		change(all)
	}
	return all
}

// leaves is a machine that does its work, leaves a summary and a log, and ends itself.
func leaves(d time.Duration, s script.Summary, log string) life {
	return func(c *cloud, m *fakeMachine) {
		m.after(d, func(m *fakeMachine) {
			c.summarize(m, m.LaunchTime.Add(d), s, log)
			for image, digest := range s.Images {
				c.images[image+":"+m.tag("provisioner_version")] = digest
			}
		})
		m.after(d+5*time.Second, func(m *fakeMachine) { m.end(m.LaunchTime.Add(d+5*time.Second), "Client.InstanceInitiatedShutdown") })
	}
}

func passes(c *cloud, m *fakeMachine) {
	leaves(20*time.Minute, script.Summary{Status: script.Passed, Suites: suites()}, "all is well\n")(c, m)
}

// ends is a machine that leaves nothing.
func ends(d time.Duration, why string) life {
	return func(_ *cloud, m *fakeMachine) {
		m.after(d, func(m *fakeMachine) { m.end(m.LaunchTime.Add(d), why) })
	}
}

// hangs is a machine that does nothing at all, not even shut itself down.
func hangs(*cloud, *fakeMachine) {}
