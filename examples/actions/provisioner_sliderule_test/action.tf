# Tests a branch against a cluster whenever the cluster was changed, and shows how they get on. By hand:
# terraform apply -invoke=action.provisioner_sliderule_test.main
action "provisioner_sliderule_test" "main" {
  config {
    cluster    = "snow"
    version    = "main"
    time_limit = 80 # minutes
    retries    = 1  # should AWS take the spot machine back
  }
}

resource "provisioner_sliderule_cluster" "snow" {
  cluster       = "snow"
  node_capacity = 2
  time_to_live  = 240

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.provisioner_sliderule_test.main]
    }
  }
}
