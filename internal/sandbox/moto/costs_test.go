//go:build unix

package moto_test

import (
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer"
	"github.com/aws/aws-sdk-go-v2/service/costexplorer/types"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/moto"
)

func TestCostExplorerKnowsWhatItWasTold(t *testing.T) {
	c := newCloud(t)
	client := costexplorer.NewFromConfig(c.config)
	ask := func(granularity types.Granularity, change func(*costexplorer.GetCostAndUsageInput)) []types.ResultByTime {
		t.Helper()
		input := &costexplorer.GetCostAndUsageInput{
			TimePeriod: &types.DateInterval{Start: aws.String("2026-07-30"), End: aws.String("2026-08-03")}, Granularity: granularity, Metrics: []string{"UnblendedCost"},
		}
		if change != nil {
			change(input)
		}
		answer, err := client.GetCostAndUsage(t.Context(), input)
		c.must(err)
		return answer.ResultsByTime
	}
	byProject := func(in *costexplorer.GetCostAndUsageInput) {
		in.GroupBy = []types.GroupDefinition{{Type: types.GroupDefinitionTypeTag, Key: aws.String("Project")}}
	}
	if got := ask(types.GranularityDaily, nil); len(got) != 0 {
		t.Errorf("it knows of costs that nobody told: %+v", got)
	}
	c.must(c.SetCosts(t.Context(), "cluster-dev", []moto.Day{{Date: "2026-07-01", USD: 99}}))
	c.must(c.SetCosts(t.Context(), "cluster-dev", []moto.Day{{Date: "2026-07-31", USD: 10.5}, {Date: "2026-08-01", USD: 2}, {Date: "2026-08-03", USD: 50}}))
	c.must(c.SetCosts(t.Context(), "cluster-ana", []moto.Day{{Date: "2026-08-01", USD: 4}}))

	usd := func(v types.MetricValue) float64 {
		t.Helper()
		n, err := strconv.ParseFloat(aws.ToString(v.Amount), 64)
		c.must(err)
		return n
	}
	days := ask(types.GranularityDaily, byProject)
	if len(days) != 4 || *days[2].TimePeriod.Start != "2026-08-01" || *days[2].TimePeriod.End != "2026-08-02" || len(days[0].Groups) != 0 || len(days[1].Groups) != 1 || len(days[2].Groups) != 2 {
		t.Fatalf("got %+v", days)
	}
	if dev := days[2].Groups[1]; dev.Keys[0] != "Project$cluster-dev" || usd(dev.Metrics["UnblendedCost"]) != 2 || *dev.Metrics["UnblendedCost"].Unit != "USD" {
		t.Errorf("got %+v", dev)
	}
	tagged := func(projects ...string) types.Expression {
		return types.Expression{Tags: &types.TagValues{Key: aws.String("Project"), Values: projects}}
	}
	service := types.Expression{Dimensions: &types.DimensionValues{Key: types.DimensionService, Values: []string{"Amazon EC2"}}}
	dev, ana := tagged("cluster-dev"), tagged("cluster-ana")
	for name, k := range map[string]struct {
		filter       *types.Expression
		july, august float64
	}{
		"all":      {nil, 10.5, 6},
		"one":      {&ana, 0, 4},
		"none":     {&types.Expression{Tags: &types.TagValues{Key: aws.String("Project"), Values: []string{"cluster"}}}, 0, 0},
		"both":     {&types.Expression{And: []types.Expression{dev, service}}, 10.5, 2},
		"either":   {&types.Expression{Or: []types.Expression{dev, ana}}, 10.5, 6},
		"the rest": {&types.Expression{Not: &dev}, 0, 4},
	} {
		months := ask(types.GranularityMonthly, func(in *costexplorer.GetCostAndUsageInput) { in.Filter = k.filter })
		if len(months) != 2 || *months[0].TimePeriod.End != "2026-08-01" || *months[1].TimePeriod.End != "2026-08-03" {
			t.Fatalf("%s: %+v", name, months)
		}
		if july, august := usd(months[0].Total["UnblendedCost"]), usd(months[1].Total["UnblendedCost"]); july != k.july || august != k.august {
			t.Errorf("%s: got %v and %v", name, july, august)
		}
	}
	if err := c.SetCosts(t.Context(), "cluster-dev", []moto.Day{{Date: "yesterday", USD: 1}}); err == nil {
		t.Error("yesterday is no date")
	}
	c.must(c.Reset(t.Context()))
	if got := ask(types.GranularityDaily, nil); len(got) != 0 {
		t.Errorf("a reset left %+v", got)
	}
}
