// Package sliderule gives people SlideRule clusters on AWS that end by themselves, inside a budget.
//
// It is plain Go. A cluster is one CloudFormation stack; its scheduled end stands in EventBridge Scheduler before the
// stack does. What is cheap to decide without AWS stands in the packages below: naming, access, budget, pool, login.
package sliderule

import (
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

// State is what people are told of a cluster: the four states of the design.
type State string

// The states.
const (
	NotRunning State = "not running"
	Deploying  State = "in-progress deployment"
	Destroying State = "in-progress destruction"
	Running    State = "running"
)

// Action is what a deploy came to.
type Action string

// The actions.
const (
	Created  Action = "create"
	Resized  Action = "resize"
	Renewed  Action = "renew"
	NoAction Action = "none"
)

// Wanted is a cluster as the configuration asks for it.
type Wanted struct {
	Cluster      string
	IsPublic     bool
	NodeCapacity int
	MinNodes     int           // what live requests may scale down to; at most NodeCapacity
	MaxNodes     int           // and up to; 0: NodeCapacity
	TimeToLive   time.Duration // whole minutes
	Version      string        // image tag
	Nodes        Nodes
	Zones        []string // availability zones; empty: the first two of the region, or those of a cluster that is there

	Budget *Budget
	Sleep  *Sleep
}

// Nodes is what the nodes of a cluster are.
type Nodes struct {
	InstanceTypes []string // all of one architecture, in order of preference
	SpotShare     int      // percent of the nodes above none that are spot
	SpotMaxPrice  float64  // USD an hour; 0: the on-demand price
	VolumeGB      int
}

// budget is the limit alone; nil is none.
func (w Wanted) budget() *budget.Budget {
	if w.Budget == nil {
		return nil
	}
	return &w.Budget.Budget
}

// Budget is what a cluster may cost in a calendar month (UTC).
type Budget struct {
	budget.Budget
	Emails []string // told by AWS Budgets
}

// Sleep is when a cluster has no nodes.
type Sleep struct {
	Down     []string // cron expressions of Auto Scaling (five fields)
	Up       []string
	TimeZone string // IANA name
}

// Cluster is a cluster as AWS has it.
type Cluster struct {
	Name         string
	StackID      string
	State        State
	StackStatus  string    // CloudFormation's word
	Reason       string    // why the stack is not as it should be: its first failing event
	ExpiresAt    time.Time // of a cluster that is not there: the end that AWS still knows, zero when it knows none
	Ended        bool      // of one that is not there: AWS ended it at ExpiresAt, whatever the clock of this machine says
	Endpoint     string
	Address      string   // of the load balancer
	Group        string   // of the nodes
	Zones        []string // availability zones of its subnets, in their order; nil when its stack does not say
	CurrentNodes int
	NodeCapacity int
	MinNodes     int
	MaxNodes     int
	IsPublic     bool
	Version      string
	ImageDigest  string
	AMI          string
	HourlyUSD    float64 // now; 0 when the price of its machines is not known
	AccruedUSD   float64 // this month
	CostsKnown   bool    // AccruedUSD was looked up: for clusters with a budget, and for all with Options.AllCosts
	CostsProblem error   // why it could not be
	CreatedAt    time.Time
	Managed      bool   // by this installation
	ManagedBy    string // the installation that its tags name; "" for none

	Action  Action // of Deploy
	Problem error  // why the wait ended early; the stack goes on
}
