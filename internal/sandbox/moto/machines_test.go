package moto_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

// machines is an account in which machines are started.
type machines struct {
	*testing.T
	server *moto.Server
	ec2    *ec2.Client
	image  string
}

func newMachines(t *testing.T) machines {
	t.Helper()
	server, err := moto.Start(t.Context(), moto.NewFinder(""), moto.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	config := aws.Config{
		Region: "us-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
	image, err := ssm.NewFromConfig(config).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64")})
	if err != nil {
		t.Fatal(err)
	}
	return machines{t, server, ec2.NewFromConfig(config), *image.Parameter.Value}
}

// spot is a request for one spot instance.
func (m machines) spot() *ec2.RunInstancesInput {
	return &ec2.RunInstancesInput{
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ImageId: &m.image, InstanceType: "m7g.2xlarge",
		InstanceInitiatedShutdownBehavior: types.ShutdownBehaviorTerminate,
		Placement:                         &types.Placement{AvailabilityZone: aws.String("us-west-2a")},
		InstanceMarketOptions: &types.InstanceMarketOptionsRequest{MarketType: types.MarketTypeSpot, SpotOptions: &types.SpotMarketOptions{
			SpotInstanceType: types.SpotInstanceTypeOneTime, InstanceInterruptionBehavior: types.InstanceInterruptionBehaviorTerminate,
		}},
	}
}

func (m machines) run(in *ec2.RunInstancesInput) types.Instance {
	m.Helper()
	answer, err := m.ec2.RunInstances(m.Context(), in)
	if err != nil {
		m.Fatal(err)
	}
	return answer.Instances[0]
}

// refused asks for an instance that there is not to be, and tells code and status of the refusal.
func (m machines) refused(in *ec2.RunInstancesInput) (code string, status int) {
	m.Helper()
	_, err := m.ec2.RunInstances(m.Context(), in)
	var api smithy.APIError
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &answer) {
		m.Fatalf("got %v", err)
	}
	return api.ErrorCode(), answer.HTTPStatusCode()
}

func (m machines) look(id *string) types.Instance {
	m.Helper()
	answer, err := m.ec2.DescribeInstances(m.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{*id}})
	if err != nil {
		m.Fatal(err)
	}
	return answer.Reservations[0].Instances[0]
}

// ask calls one of the patches' own addresses.
func (m machines) ask(method, what, body string) (text string, status int) {
	m.Helper()
	req, err := http.NewRequestWithContext(m.Context(), method, m.server.URL+"/moto-api/sandbox/"+what, strings.NewReader(body))
	if err != nil {
		m.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		m.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		m.Fatal(err)
	}
	return string(answer), resp.StatusCode
}

func (m machines) order(what, body string) {
	m.Helper()
	if text, status := m.ask(http.MethodPost, what, body); status != http.StatusOK {
		m.Fatalf("%s: %d: %s", what, status, text)
	}
}

func TestALackOfCapacityIsOneOfATypeAZoneAndAMarket(t *testing.T) {
	m := newMachines(t)
	m.order("capacity", `{"instance_type": "m7g.2xlarge", "zone": "us-west-2a", "market": "spot", "times": 2}`)
	other := m.spot()
	other.InstanceType = "m8g.2xlarge"
	m.run(other)
	other = m.spot()
	other.Placement.AvailabilityZone = aws.String("us-west-2b")
	m.run(other)
	other = m.spot()
	other.InstanceMarketOptions = nil
	m.run(other)
	again := m.spot()
	again.ClientToken = aws.String("the same")
	for range 2 {
		if code, status := m.refused(again); code != "InsufficientInstanceCapacity" || status != 500 {
			t.Errorf("got %s, %d", code, status)
		}
	}
	first := m.run(again)
	m.order("capacity", `{}`)
	if second := m.run(again); *second.InstanceId != *first.InstanceId {
		t.Error("the same token made two")
	}
	if code, _ := m.refused(m.spot()); code != "InsufficientInstanceCapacity" {
		t.Errorf("got %s", code)
	}
	subnets, err := m.ec2.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{Filters: []types.Filter{{Name: aws.String("availability-zone"), Values: []string{"us-west-2b"}}}})
	if err != nil || len(subnets.Subnets) == 0 {
		t.Fatalf("%v, %v", subnets, err)
	}
	m.order("capacity", `{"zone": "us-west-2b"}`)
	inside := m.spot()
	inside.Placement = nil
	inside.NetworkInterfaces = []types.InstanceNetworkInterfaceSpecification{{DeviceIndex: aws.Int32(0), SubnetId: subnets.Subnets[0].SubnetId}}
	if code, _ := m.refused(inside); code != "InsufficientInstanceCapacity" {
		t.Errorf("got %s", code)
	}
	m.order("capacity", `{"times": -1}`)
	if err := m.server.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.run(m.spot())
}

func TestRequestsForMachinesThatAreRefused(t *testing.T) {
	m := newMachines(t)
	for name, c := range map[string]struct {
		change func(*ec2.RunInstancesInput)
		code   string
	}{
		"an image that is not there": {func(in *ec2.RunInstancesInput) { in.ImageId = aws.String("ami-0123456789abcdef0") }, "InvalidAMIID.NotFound"},
		"no image":                   {func(in *ec2.RunInstancesInput) { in.ImageId = aws.String("al2023") }, "InvalidAMIID.Malformed"},
		"no market":                  {func(in *ec2.RunInstancesInput) { in.InstanceMarketOptions.MarketType = "flea" }, "InvalidParameterValue"},
		"options of another market":  {func(in *ec2.RunInstancesInput) { in.InstanceMarketOptions.MarketType = "" }, "InvalidParameterCombination"},
		"to stop what runs once": {func(in *ec2.RunInstancesInput) {
			in.InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior = types.InstanceInterruptionBehaviorStop
		}, "InvalidParameterCombination"},
		"no price":     {func(in *ec2.RunInstancesInput) { in.InstanceMarketOptions.SpotOptions.MaxPrice = aws.String("cheap") }, "InvalidParameterValue"},
		"a long token": {func(in *ec2.RunInstancesInput) { in.ClientToken = aws.String(strings.Repeat("x", 65)) }, "InvalidParameterValue"},
	} {
		t.Run(name, func(t *testing.T) {
			in := m.spot()
			c.change(in)
			if code, status := m.refused(in); code != c.code || status != 400 {
				t.Errorf("got %s, %d", code, status)
			}
		})
	}
}

func TestAnInterruptionComesTwoMinutesAfterItsNotice(t *testing.T) {
	m := newMachines(t)
	id := m.run(m.spot()).InstanceId
	if m.look(id).InstanceLifecycle != types.InstanceLifecycleTypeSpot {
		t.Error("it is no spot instance")
	}
	now, err := m.server.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.order("interruptions", `{"instance": "`+*id+`"}`)
	text, _ := m.ask(http.MethodGet, "interruptions", "")
	var notices map[string]struct {
		Action string
		Time   time.Time
	}
	if err := json.Unmarshal([]byte(text), &notices); err != nil {
		t.Fatal(err)
	}
	if notice := notices[*id]; notice.Action != "terminate" || notice.Time.Sub(now) < 118*time.Second || notice.Time.Sub(now) > 150*time.Second {
		t.Errorf("got %s at %s", text, now)
	}
	if err := m.server.Advance(t.Context(), 60*time.Second); err != nil {
		t.Fatal(err)
	}
	if got := m.look(id); got.State.Name != types.InstanceStateNameRunning {
		t.Errorf("it is %s after a minute", got.State.Name)
	}
	if err := m.server.Advance(t.Context(), 60*time.Second); err != nil {
		t.Fatal(err)
	}
	if got := m.look(id); got.State.Name != types.InstanceStateNameTerminated || *got.StateReason.Code != "Server.SpotInstanceTermination" {
		t.Errorf("got %s, %+v", got.State.Name, got.StateReason)
	}
	if text, status := m.ask(http.MethodPost, "interruptions", `{"instance": "`+*id+`"}`); status != 400 {
		t.Errorf("got %d: %s", status, text)
	}
}

func TestASystemThatGoesDown(t *testing.T) {
	m := newMachines(t)
	for behaviour, want := range map[types.ShutdownBehavior]types.InstanceStateName{
		types.ShutdownBehaviorTerminate: types.InstanceStateNameTerminated, types.ShutdownBehaviorStop: types.InstanceStateNameStopped, "": types.InstanceStateNameStopped,
	} {
		t.Run(string(want)+" by "+string(behaviour), func(t *testing.T) {
			in := m.spot()
			in.InstanceMarketOptions, in.InstanceInitiatedShutdownBehavior = nil, behaviour
			id := m.run(in).InstanceId
			m.order("shutdowns", `{"instance": "`+*id+`"}`)
			if got := m.look(id); got.State.Name != want || *got.StateReason.Code != "Client.InstanceInitiatedShutdown" {
				t.Errorf("got %s, %+v", got.State.Name, got.StateReason)
			}
		})
	}
}
