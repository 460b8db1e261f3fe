# One run for each rule about the input, each just beyond it.

mock_provider "provisioner" {}

variables {
  cluster       = "snow"
  node_capacity = 2
  time_to_live  = 120
}

run "a_name_begins_with_a_letter" {
  command = plan

  variables {
    cluster = "9lab"
  }

  expect_failures = [var.cluster]
}

run "a_name_has_no_underscore" {
  command = plan

  variables {
    cluster = "my_team"
  }

  expect_failures = [var.cluster]
}

run "a_name_does_not_end_with_a_hyphen" {
  command = plan

  variables {
    cluster = "dev-"
  }

  expect_failures = [var.cluster]
}

run "a_name_is_not_too_long" {
  command = plan

  variables {
    cluster = format("a%040d", 0)
  }

  expect_failures = [var.cluster]
}

run "there_is_a_node" {
  command = plan

  variables {
    node_capacity = 0
  }

  expect_failures = [var.node_capacity]
}

run "nodes_are_whole" {
  command = plan

  variables {
    node_capacity = 1.5
  }

  expect_failures = [var.node_capacity]
}

run "a_cluster_lives_a_quarter_of_an_hour" {
  command = plan

  variables {
    time_to_live = 14
  }

  expect_failures = [var.time_to_live]
}

run "a_cluster_lives_a_year_at_most" {
  command = plan

  variables {
    time_to_live = 525601
  }

  expect_failures = [var.time_to_live]
}

run "the_least_is_not_more_than_the_capacity" {
  command = plan

  variables {
    min_nodes = 3
  }

  expect_failures = [var.min_nodes]
}

run "the_most_is_not_less_than_the_capacity" {
  command = plan

  variables {
    max_nodes = 1
  }

  expect_failures = [var.max_nodes]
}

run "zones_are_few" {
  command = plan

  variables {
    availability_zones = [for z in ["a", "b", "c", "d", "e", "f", "g"] : "us-west-2${z}"]
  }

  expect_failures = [var.availability_zones]
}

run "a_budget_is_money" {
  command = plan

  variables {
    budget = { limit_usd = 0 }
  }

  expect_failures = [var.budget]
}

run "a_share_is_a_percentage" {
  command = plan

  variables {
    nodes = { spot_share = 101 }
  }

  expect_failures = [var.nodes]
}

run "who_sleeps_wakes" {
  command = plan

  variables {
    sleep = { down = ["0 20 * * *"], up = [] }
  }

  expect_failures = [var.sleep]
}

run "a_timeout_has_a_unit" {
  command = plan

  variables {
    timeouts = { create = "45" }
  }

  expect_failures = [var.timeouts]
}

run "an_end_is_one_of_two" {
  command = plan

  variables {
    when_expired = "panic"
  }

  expect_failures = [var.when_expired]
}
