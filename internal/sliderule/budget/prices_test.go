package budget_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
)

func near(got, want float64) bool { return got == want || math.Abs(got-want) < 1e-6 }

// The golden numbers of the older system.
func TestBurn(t *testing.T) {
	rates := budget.OlderRates()
	if err := rates.Check(); err != nil || rates.Date == "" {
		t.Errorf("the default rates: %+v, %v", rates, err)
	}
	for nodes, want := range map[int]float64{0: 0.153, 1: 0.379, 7: 1.735, 10: 2.413, 50: 11.453, 100: 22.753, -1: 0.153} {
		if got := rates.Burn(nodes); got != want { // to the last bit: tidied
			t.Errorf("%d nodes burn %v, want %v", nodes, got, want)
		}
	}
}

func TestRatesOfAShape(t *testing.T) {
	prices := budget.PriceList{
		Date: "2026-08-01", Region: "us-west-2", Instances: map[string]float64{"small": 0.1, "mid": 0.3, "big": 0.5},
		NATGateway: 0.045, PublicAddress: 0.005, VolumeGBMonth: 0.073,
	}
	base := budget.Shape{Fixed: []string{"small", "small"}, FixedGB: 100, NATGateways: 2, PublicAddresses: 3, Nodes: []string{"mid", "big"}, NodeGB: 50}
	for name, c := range map[string]struct {
		change func(*budget.Shape)
		node   float64
	}{
		"the dearest type counts":                    {func(*budget.Shape) {}, 0.505},
		"spot without a bid may cost the full price": {func(s *budget.Shape) { s.SpotShare = 1 }, 0.505},
		"spot with a bid":                            {func(s *budget.Shape) { s.SpotShare, s.SpotMaxUSD = 1, 0.17 }, 0.175},
		"half spot":                                  {func(s *budget.Shape) { s.SpotShare, s.SpotMaxUSD = 0.5, 0.1 }, 0.305},
		"a bid above the price":                      {func(s *budget.Shape) { s.SpotShare, s.SpotMaxUSD = 1, 9 }, 0.505},
		"a bid without spot":                         {func(s *budget.Shape) { s.SpotMaxUSD = 0.1 }, 0.505},
	} {
		shape := base
		c.change(&shape)
		rates, err := prices.Rates(shape)
		if err != nil || rates.Date != "2026-08-01" || !near(rates.Fixed, 0.2+0.01+0.09+0.015) || !near(rates.Node, c.node) {
			t.Errorf("%s: %+v, %v", name, rates, err)
		}
	}
	for name, c := range map[string]struct {
		change func(*budget.Shape)
		want   string
	}{
		"a node of unknown price":    {func(s *budget.Shape) { s.Nodes = []string{"mid", "huge"} }, `the price of "huge" is not known, which a budget needs: the prices are of 2026-08-01 in us-west-2. Enter its price in sliderule.prices.instances`},
		"a machine of unknown price": {func(s *budget.Shape) { s.Fixed = []string{"huge"} }, `the price of "huge"`},
		"no nodes":                   {func(s *budget.Shape) { s.Nodes = nil }, "no instance type"},
		"more spot than all":         {func(s *budget.Shape) { s.SpotShare = 1.1 }, "spot share"},
		"a share that is no number":  {func(s *budget.Shape) { s.SpotShare = math.NaN() }, "spot share"},
		"nothing fixed":              {func(s *budget.Shape) { *s = budget.Shape{Nodes: s.Nodes} }, "fixed price"},
	} {
		shape := base
		c.change(&shape)
		if rates, err := prices.Rates(shape); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v", name, rates, err)
		}
	}
}

// Every type that clusters have had by default has a price.
func TestDefaultPrices(t *testing.T) {
	prices := budget.DefaultPrices()
	rates, err := prices.Rates(budget.Shape{
		Fixed: []string{"c8g.large", "c8g.large"}, FixedGB: 60, NATGateways: 1, PublicAddresses: 2, NodeGB: 40,
		Nodes: []string{"t4g.2xlarge", "t4g.large", "r8g.2xlarge", "r7g.2xlarge", "m8g.2xlarge", "m7g.2xlarge", "c8g.4xlarge", "c7g.4xlarge"},
	})
	if err != nil || rates.Fixed < 0.15 || rates.Fixed > 0.4 || rates.Node < 0.63 || rates.Node > 0.7 || prices.Date == "" || prices.Region != "us-west-2" {
		t.Errorf("%+v of %s, %v", rates, prices.Date, err)
	}
}

// The arm64 types that nodes are chosen among have one too. The first numbers were listed one by one.
func TestDefaultPricesOfEveryCommonType(t *testing.T) {
	prices := budget.DefaultPrices()
	for _, family := range []string{"t4g", "m7g", "m8g", "c7g", "c8g", "r7g", "r8g"} {
		for _, size := range []string{"xlarge", "2xlarge", "4xlarge", "8xlarge"} {
			machine := family + "." + size
			usd, err := prices.Instance(machine)
			var unknown *budget.UnknownPrice
			if exists := family != "t4g" || size < "4" || size == "xlarge"; exists != (err == nil) || !exists && (!errors.As(err, &unknown) || unknown.InstanceType != machine) {
				t.Errorf("%s costs %v, %v", machine, usd, err)
			}
		}
	}
	for machine, want := range map[string]float64{
		"c7g.4xlarge": 0.58, "c8g.4xlarge": 0.63808, "c8g.large": 0.07976, "m7g.2xlarge": 0.3264, "m8g.2xlarge": 0.35904,
		"r7g.2xlarge": 0.4284, "r8g.2xlarge": 0.47136, "r8g.large": 0.11784, "t4g.2xlarge": 0.2688, "t4g.large": 0.0672,
	} {
		if got := prices.Instances[machine]; got != want { // to the last bit: tidied
			t.Errorf("%s costs %v, want %v", machine, got, want)
		}
	}
}

func TestRatesWithoutAPrice(t *testing.T) {
	for _, rates := range []budget.Rates{{}, {Fixed: 0.1}, {Node: 0.1}, {Fixed: -1, Node: 1}, {Fixed: 1, Node: math.NaN()}, {Fixed: math.Inf(1), Node: 1}} {
		if rates.Check() == nil {
			t.Errorf("%+v pass for prices", rates)
		}
	}
}
