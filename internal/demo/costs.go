package main

const slideRuleKind = "provisioner_sliderule_cluster"

// readCosts adds to what Terraform says of people's SlideRule clusters what changes from one minute to the next: how many
// nodes there are, and what it costs. It is in the state, and in no output, which would make every plan differ.
func readCosts(path string, people map[string]personal) error {
	clusters, err := inState[slideRuleWords](path, slideRuleKind)
	if err != nil {
		return err
	}
	for _, has := range clusters {
		for _, p := range people {
			if said := p.SlideRule; said != nil && said.Cluster == has.Cluster {
				said.CurrentNodes, said.HourlyCostUSD, said.AccruedCostUSD = has.CurrentNodes, has.HourlyCostUSD, has.AccruedCostUSD
			}
		}
	}
	return nil
}
