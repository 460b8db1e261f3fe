package sandbox

import "github.com/data-access/terraform-provider-provisioner/internal/sandbox/loadbalancer"

// loadBalancers makes those of all clusters. They look at the emulated AWS past the recorder: the list of calls is the
// product's own. Without AWS there are no clusters, and every address answers that nobody is there.
func (s *Sandbox) loadBalancers() vendor {
	var options loadbalancer.Options
	if s.moto != nil {
		options.Endpoint = s.moto.URL
	}
	s.SlideRule = loadbalancer.New(options)
	return vendor{name: "sliderule", serves: s.SlideRule, url: &s.SlideRuleURL, control: s.SlideRule.Control(), reset: always(s.SlideRule.Reset)}
}
