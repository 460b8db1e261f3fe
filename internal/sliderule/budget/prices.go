package budget

import (
	"fmt"
	"math"
	"slices"
)

// Rates is what an hour of one cluster costs, in USD.
type Rates struct {
	Date  string  // the day the prices are of, such as "2025-09-30"
	Fixed float64 // the load balancer, the monitor and whatever else runs without a node; a sleeping cluster costs it too
	Node  float64 // each node
}

// Check refuses rates with which no budget could be kept.
func (r Rates) Check() error {
	for _, price := range []struct {
		name string
		usd  float64
	}{{"fixed", r.Fixed}, {"node", r.Node}} {
		if !(price.usd > 0) || math.IsInf(price.usd, 0) {
			return fmt.Errorf("the %s price of %v USD an hour: it must be above 0", price.name, price.usd)
		}
	}
	return nil
}

// Burn is what an hour costs with so many nodes running.
func (r Rates) Burn(nodes int) float64 { return tidy(r.Fixed + float64(max(nodes, 0))*r.Node) }

// tidy takes away what binary fractions add: no price has more than nine decimals.
func tidy(usd float64) float64 { return math.Round(usd*1e9) / 1e9 }

// PriceList is what a region charges, on demand, for Linux machines and what they need.
type PriceList struct {
	Date          string // the day the prices are of
	Region        string
	Instances     map[string]float64 // instance type → USD an hour
	NATGateway    float64            // USD an hour
	PublicAddress float64            // USD an hour, each public IPv4 address
	VolumeGBMonth float64            // USD a GB of disk a month of 730 hours
}

// DefaultPrices is a list for us-west-2. It ages: whoever keeps a tight budget enters their own.
//
// unverified: believed to have been the public prices on that day, and not checked against AWS's own list.
func DefaultPrices() PriceList {
	return PriceList{
		Date:   "2025-06-30",
		Region: "us-west-2",
		Instances: map[string]float64{
			"c7g.4xlarge": 0.58,
			"c8g.4xlarge": 0.63808,
			"c8g.large":   0.07976,
			"m7g.2xlarge": 0.3264,
			"m8g.2xlarge": 0.35904,
			"r7g.2xlarge": 0.4284,
			"r8g.2xlarge": 0.47136,
			"r8g.large":   0.11784,
			"t4g.2xlarge": 0.2688,
			"t4g.large":   0.0672,
		},
		NATGateway:    0.045,
		PublicAddress: 0.005,
		VolumeGBMonth: 0.08,
	}
}

// Shape is what a cluster is made of, as far as it costs.
type Shape struct {
	Fixed           []string // instance types of the machines that always run
	FixedGB         int      // of their disks together
	NATGateways     int
	PublicAddresses int
	Nodes           []string // instance types that a node may be of: the dearest is reckoned with
	NodeGB          int
	SpotShare       float64 // of the nodes, 0 to 1
	SpotMaxUSD      float64 // the most that is bid, an hour; 0 is no such limit: a spot instance then costs up to the full price
}

// Rates reckons what a cluster of a shape costs at most. It fails for an instance type that the list does not have:
// a cluster of unknown price would have no budget.
func (p PriceList) Rates(s Shape) (Rates, error) {
	if len(s.Nodes) == 0 {
		return Rates{}, fmt.Errorf("no instance type is given for the nodes, so that their price is unknown")
	}
	if !(s.SpotShare >= 0 && s.SpotShare <= 1) {
		return Rates{}, fmt.Errorf("a spot share of %v: it must be between 0 and 1", s.SpotShare)
	}
	rates := Rates{Date: p.Date}
	for _, machine := range s.Fixed {
		usd, err := p.instance(machine)
		if err != nil {
			return Rates{}, err
		}
		rates.Fixed += usd
	}
	for _, machine := range s.Nodes {
		usd, err := p.instance(machine)
		if err != nil {
			return Rates{}, err
		}
		rates.Node = max(rates.Node, usd)
	}
	if s.SpotMaxUSD > 0 {
		rates.Node = (1-s.SpotShare)*rates.Node + s.SpotShare*min(s.SpotMaxUSD, rates.Node)
	}
	rates.Node = tidy(rates.Node + p.disk(s.NodeGB))
	rates.Fixed = tidy(rates.Fixed + p.disk(s.FixedGB) + float64(s.NATGateways)*p.NATGateway + float64(s.PublicAddresses)*p.PublicAddress)
	return rates, rates.Check()
}

func (p PriceList) instance(machine string) (float64, error) {
	if usd, ok := p.Instances[machine]; ok {
		return usd, nil
	}
	known := make([]string, 0, len(p.Instances))
	for name := range p.Instances {
		known = append(known, name)
	}
	slices.Sort(known)
	return 0, fmt.Errorf("the prices of %s in %s have no %.40q, only %v: enter its price", p.Date, p.Region, machine, known)
}

func (p PriceList) disk(gb int) float64 {
	const hoursPerMonth = 730 // as AWS bills disks
	return float64(gb) * p.VolumeGBMonth / hoursPerMonth
}
