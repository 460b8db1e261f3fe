package budget

import "github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"

// Threshold is a share of the limit at which people are told by e-mail.
type Threshold struct {
	Percent  float64
	Forecast bool // AWS expects it within the month; otherwise it has been spent
}

// Alarm describes an AWS Budgets budget. It only tells: what stops a cluster is its schedule.
type Alarm struct {
	Name       string
	LimitUSD   float64 // a month
	TagFilter  string  // the value of the cost filter TagKeyValue
	Thresholds []Threshold
}

// Alarm is the budget that tells of a cluster's spending.
func (b Budget) Alarm(cluster string) Alarm {
	project := naming.Project(cluster)
	return Alarm{
		Name:      project,
		LimitUSD:  b.LimitUSD,
		TagFilter: "user:Project$" + project,
		Thresholds: []Threshold{
			{Percent: 50},
			{Percent: 80},
			{Percent: 100, Forecast: true},
			{Percent: 100},
		},
	}
}
