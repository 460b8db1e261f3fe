# A team's cluster: two nodes for two hours at a time, inside a budget, asleep at night.
# The account and the region come from the environment: AWS_REGION and credentials, or any other AWS_* variables.

provider "provisioner" {
  installation = "snow-team"
}

# Once for an account and region.
resource "provisioner_sliderule_foundation" "this" {
  certificate_source = "s3://data-access-sliderule/cf/sliderule.example.org.pem"
  domain             = "sliderule.example.org"
  registry           = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
}

module "cluster" {
  source     = "../.."
  depends_on = [provisioner_sliderule_foundation.this]

  cluster       = "snow"
  node_capacity = 2
  time_to_live  = 120

  budget = { limit_usd = 500, emails = ["snow-team@example.com"] }
  nodes  = { instance_types = ["r8g.2xlarge", "r7g.2xlarge"], spot_share = 50 }
}

output "endpoint" {
  description = "Address that SlideRule's clients are given."
  value       = module.cluster.endpoint
}

output "expires_at" {
  description = "When the cluster ends by itself."
  value       = module.cluster.expires_at
}
