# What the module hands to the resources when little or much is given.

mock_provider "provisioner" {}

variables {
  project_id          = "data-access"
  notebook_users_list = ["Ana.Diaz@example.com", "bo@example.com"]
  ana                 = "ana.diaz@example.com"
}

run "everybody_has_one_by_their_address_in_lower_case" {
  command = plan

  assert {
    condition     = keys(provisioner_personal_notebook.this) == ["ana.diaz@example.com", "bo@example.com"]
    error_message = "There is a notebook for each of ${jsonencode(keys(provisioner_personal_notebook.this))}."
  }

  assert {
    condition     = output.notebook_instances == tolist(["managed-instance-ana-diaz-6idqd22h", "managed-instance-bo-zaunnoj3"])
    error_message = "The names are ${jsonencode(output.notebook_instances)}."
  }
}

run "what_was_published_is_the_default" {
  command = plan

  assert {
    condition = (
      provisioner_personal_notebook.this[var.ana].project == "data-access"
      && provisioner_personal_notebook.this[var.ana].machine_type == "n1-standard-4"
      && provisioner_personal_notebook.this[var.ana].network == "default"
      && provisioner_personal_notebook.this[var.ana].subnet == "default"
      && provisioner_personal_notebook.this[var.ana].data_disk == { size_gb = 100, type = "PD_STANDARD" }
    )
    error_message = "A default is not the published one."
  }
}

run "the_safe_choice_is_the_default" {
  command = plan

  assert {
    condition = (
      provisioner_personal_notebook.this[var.ana].environment == "workbench"
      && provisioner_personal_notebook.this[var.ana].location == "us-central1-a"
      && provisioner_personal_notebook.this[var.ana].identity == "user"
      && provisioner_personal_notebook.this[var.ana].idle_shutdown_minutes == 180
      && provisioner_personal_notebook.this[var.ana].public_ip == false
      && provisioner_personal_notebook.this[var.ana].on_destroy == "delete"
      && provisioner_personal_notebook.this[var.ana].deletion_protection == false
      && provisioner_personal_notebook.this[var.ana].desired_state == null
      && provisioner_personal_notebook.this[var.ana].notification == null
    )
    error_message = "A default is not what the variable's description says."
  }
}

run "a_managed_notebook_lives_in_the_region" {
  command = plan

  variables {
    environment = "managed"
    region      = "europe-west1"
  }

  assert {
    condition     = provisioner_personal_notebook.this[var.ana].location == "europe-west1"
    error_message = "It is in ${provisioner_personal_notebook.this[var.ana].location}."
  }
}

run "everything_given_arrives" {
  command = plan

  variables {
    data_disk               = { size_gb = 200, type = "PD_SSD" }
    deletion_protection     = true
    desired_state           = "STOPPED"
    identity                = "service_account"
    idle_shutdown_minutes   = 60
    labels                  = { team = "data" }
    machine_type            = "e2-standard-8"
    managed_instance_prefix = "team"
    metadata                = { notebook-disable-downloads = "true" }
    names                   = { "ANA.DIAZ@example.com" = "anas-own" }
    network_name            = "projects/hub/global/networks/shared"
    notification            = { text = "Welcome.", faq_links = [{ title = "FAQ", url = "https://wiki.example.com/faq" }] }
    on_destroy              = "stop"
    public_ip               = true
    region                  = "europe-west1"
    service_account         = "notebooks@data-access.iam.gserviceaccount.com"
    sub_network_name        = "projects/hub/regions/europe-west1/subnetworks/shared"
    timeouts                = { create = "1h30m" }
    zone                    = "europe-west1-c"
  }

  assert {
    condition = (
      provisioner_personal_notebook.this[var.ana].data_disk == { size_gb = 200, type = "PD_SSD" }
      && provisioner_personal_notebook.this[var.ana].deletion_protection
      && provisioner_personal_notebook.this[var.ana].desired_state == "STOPPED"
      && provisioner_personal_notebook.this[var.ana].identity == "service_account"
      && provisioner_personal_notebook.this[var.ana].idle_shutdown_minutes == 60
      && provisioner_personal_notebook.this[var.ana].labels == tomap({ team = "data" })
      && provisioner_personal_notebook.this[var.ana].location == "europe-west1-c"
      && provisioner_personal_notebook.this[var.ana].machine_type == "e2-standard-8"
      && provisioner_personal_notebook.this[var.ana].metadata == tomap({ notebook-disable-downloads = "true" })
      && provisioner_personal_notebook.this[var.ana].name == "anas-own"
      && provisioner_personal_notebook.this["bo@example.com"].name == "team-bo-zaunnoj3"
      && provisioner_personal_notebook.this[var.ana].network == "projects/hub/global/networks/shared"
      && provisioner_personal_notebook.this[var.ana].notification.faq_links[0].title == "FAQ"
      && provisioner_personal_notebook.this[var.ana].on_destroy == "stop"
      && provisioner_personal_notebook.this[var.ana].public_ip
      && provisioner_personal_notebook.this[var.ana].service_account == "notebooks@data-access.iam.gserviceaccount.com"
      && provisioner_personal_notebook.this[var.ana].subnet == "projects/hub/regions/europe-west1/subnetworks/shared"
      && provisioner_personal_notebook.this[var.ana].timeouts.create == "1h30m"
    )
    error_message = "A variable does not reach its argument."
  }
}

# A roster passes null for what an entry leaves out.
run "null_means_the_default" {
  command = plan

  variables {
    data_disk               = null
    environment             = null
    identity                = null
    idle_shutdown_minutes   = null
    labels                  = null
    machine_type            = null
    managed_instance_prefix = null
    metadata                = null
    names                   = null
    on_destroy              = null
    public_ip               = null
    region                  = null
  }

  assert {
    condition = (
      provisioner_personal_notebook.this[var.ana].environment == "workbench"
      && provisioner_personal_notebook.this[var.ana].machine_type == "n1-standard-4"
      && provisioner_personal_notebook.this[var.ana].name == "managed-instance-ana-diaz-6idqd22h"
      && provisioner_personal_notebook.this[var.ana].location == "us-central1-a"
    )
    error_message = "null reached the resource in place of a default."
  }
}

run "nobody_is_a_list_too" {
  command = plan

  variables {
    notebook_users_list = []
  }

  assert {
    condition     = length(provisioner_personal_notebook.this) == 0 && length(output.notebook_instances) == 0 && length(output.notebooks) == 0
    error_message = "An empty list must make nothing."
  }
}
