# The tests of a version against a cluster. The apply fails, and shows why, when one of the suites does.
resource "provisioner_sliderule_test" "release_candidate" {
  cluster = "dev"
  version = "v5.5.1-rc1"
}

# One that runs again whenever the cluster was made anew, and survives that AWS takes its spot machine back.
resource "provisioner_sliderule_test" "main" {
  cluster = provisioner_sliderule_cluster.dev.cluster
  version = "main"

  triggers = {
    stack = provisioner_sliderule_cluster.dev.stack_id
  }

  time_limit      = 60 # minutes; the machine ends then, whatever happens
  retries         = 2
  allow_on_demand = true
}

resource "provisioner_sliderule_cluster" "dev" {
  cluster       = "dev"
  node_capacity = 2
  time_to_live  = 240
}

output "failed_tests" {
  description = "How many tests failed, by suite."
  value       = { for name, suite in provisioner_sliderule_test.main.suites : name => suite.failed }
}
