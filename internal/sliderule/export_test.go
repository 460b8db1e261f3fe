package sliderule

import "github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"

// Render has templates rendered by others.
func (r *Region) Render(
	cluster func(cloudformation.Cluster) (cloudformation.Template, error), foundation func(cloudformation.Foundation) (cloudformation.Template, error),
) {
	r.renderCluster, r.renderFoundation = cluster, foundation
}
