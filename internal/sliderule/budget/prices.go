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
	Alike         []string           // regions that charge the same
	Instances     map[string]float64 // instance type → USD an hour
	NATGateway    float64            // USD an hour
	PublicAddress float64            // USD an hour, each public IPv4 address
	VolumeGBMonth float64            // USD a GB of disk a month of 730 hours
}

// HoldsIn reports whether the prices are those of a region.
func (p PriceList) HoldsIn(region string) bool {
	return p.Region == region || slices.Contains(p.Alike, region)
}

// families are what the xlarge of each costs an hour, on demand and with Linux: the other sizes cost their share of it.
//
// unverified: believed to have been the public prices of us-west-2 on 2025-06-30, and of the regions of DefaultPrices that are
// alike, and not checked against AWS's own list.
var families = map[string]float64{
	"c7g": 0.145, "c8g": 0.15952, "m7g": 0.1632, "m8g": 0.17952, "r7g": 0.2142, "r8g": 0.23568, "t4g": 0.1344,
}

var sizes = map[string]float64{"large": 0.5, "xlarge": 1, "2xlarge": 2, "4xlarge": 4, "8xlarge": 8}

// DefaultPrices is a list for us-west-2, of the arm64 types that nodes are chosen among. It ages: whoever keeps a tight
// budget enters their own.
//
// unverified: as those of the families.
func DefaultPrices() PriceList {
	list := PriceList{
		Date: "2025-06-30", Region: "us-west-2", Alike: []string{"us-east-1", "us-east-2"}, Instances: map[string]float64{},
		NATGateway: 0.045, PublicAddress: 0.005, VolumeGBMonth: 0.08,
	}
	for family, usd := range families {
		for size, share := range sizes {
			if family == "t4g" && share > sizes["2xlarge"] { // there are none
				continue
			}
			list.Instances[family+"."+size] = tidy(share * usd)
		}
	}
	return list
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

// Rates reckons what a cluster of a shape costs at most. It fails with an [*UnknownPrice] for an instance type that the
// list does not have: a cluster of unknown price would have no budget.
func (p PriceList) Rates(s Shape) (Rates, error) {
	if len(s.Nodes) == 0 {
		return Rates{}, fmt.Errorf("no instance type is given for the nodes, so that their price is unknown")
	}
	if !(s.SpotShare >= 0 && s.SpotShare <= 1) {
		return Rates{}, fmt.Errorf("a spot share of %v: it must be between 0 and 1", s.SpotShare)
	}
	rates := Rates{Date: p.Date}
	for _, machine := range s.Fixed {
		usd, err := p.Instance(machine)
		if err != nil {
			return Rates{}, err
		}
		rates.Fixed += usd
	}
	for _, machine := range s.Nodes {
		usd, err := p.Instance(machine)
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

// Instance is what an hour of a machine costs, or an [*UnknownPrice].
func (p PriceList) Instance(machine string) (float64, error) {
	if usd, ok := p.Instances[machine]; ok {
		return usd, nil
	}
	return 0, &UnknownPrice{InstanceType: machine, Date: p.Date, Region: p.Region}
}

// UnknownPrice says that a price list lacks an instance type: what it costs cannot be kept inside a budget.
type UnknownPrice struct {
	InstanceType string
	Date, Region string // of the list
}

// Error names the instance type and the remedy.
func (u *UnknownPrice) Error() string {
	return fmt.Sprintf("the price of %.40q is not known, which a budget needs: the prices are of %s in %s. Enter its price in sliderule.prices.instances of the provider block",
		u.InstanceType, u.Date, u.Region)
}

func (p PriceList) disk(gb int) float64 {
	const hoursPerMonth = 730 // as AWS bills disks
	return float64(gb) * p.VolumeGBMonth / hoursPerMonth
}
