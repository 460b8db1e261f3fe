# What the module hands to the resources when little or much is given.

mock_provider "provisioner" {
  override_during = plan # a hub is judged by the addresses of its templates, which the real provider knows at plan

  mock_resource "provisioner_dataproc_template" {
    defaults = { uri = "gs://mocked/people/ana/mocked.yaml" }
  }
}

variables {
  project_id          = "data-access"
  notebook_users_list = ["Ana.Diaz@example.com"]
  ana                 = "ana.diaz@example.com"
}

run "a_workbench_notebook_and_the_shipped_templates" {
  command = plan

  assert {
    condition     = keys(provisioner_personal_notebook.this) == [var.ana] && keys(provisioner_dataproc_template.this) == ["${var.ana}/single-node", "${var.ana}/standard"]
    error_message = "There is something else, or not all: ${jsonencode(keys(provisioner_dataproc_template.this))}."
  }

  assert {
    condition = (
      provisioner_personal_notebook.this[var.ana].environment == "workbench"
      && provisioner_personal_notebook.this[var.ana].name == "user-managed-instance-ana-diaz-6idqd22h"
      && provisioner_personal_notebook.this[var.ana].location == "us-central1-a"
      && provisioner_personal_notebook.this[var.ana].machine_type == "e2-medium"
      && provisioner_personal_notebook.this[var.ana].network == "default"
      && provisioner_personal_notebook.this[var.ana].subnet == "default"
      && provisioner_personal_notebook.this[var.ana].public_ip == true
      && provisioner_personal_notebook.this[var.ana].identity == "user"
      && provisioner_personal_notebook.this[var.ana].idle_shutdown_minutes == 180
      && provisioner_personal_notebook.this[var.ana].templates == null
    )
    error_message = "A default is not what the variable's description says."
  }

  assert {
    condition = (
      provisioner_dataproc_template.this["${var.ana}/standard"].prefix == "dataproc_generated_templates"
      && provisioner_dataproc_template.this["${var.ana}/standard"].region == "us-central1"
      && provisioner_dataproc_template.this["${var.ana}/standard"].delete_leftover_clusters == false
      && length(provisioner_spark_session_template.this) == 0
    )
    error_message = "The templates are not as the variables' descriptions say."
  }
}

# Nobody runs as it, so it would only be one more account.
run "a_bucket_and_no_account" {
  command = plan

  assert {
    condition = (
      provisioner_google_foundation.this[0].bucket == "data-access-user-managed-instance-6282d571"
      && provisioner_google_foundation.this[0].bucket_location == "us-central1"
      && provisioner_google_foundation.this[0].service_account_id == null
      && provisioner_google_foundation.this[0].roles == null
      && output.service_account == null
    )
    error_message = "The foundation has something else."
  }
}

run "a_region_alone_has_a_zone" {
  command = plan

  variables {
    region = "europe-west1"
  }

  assert {
    condition     = provisioner_personal_notebook.this[var.ana].location == "europe-west1-a" && provisioner_google_foundation.this[0].bucket_location == "europe-west1"
    error_message = "The notebook is in ${provisioner_personal_notebook.this[var.ana].location}."
  }
}

run "a_hub_has_an_account_with_the_least_that_works" {
  command = plan

  variables {
    environment  = "dataproc_hub"
    no_public_ip = "true" # a text, as it was published
  }

  assert {
    condition = (
      provisioner_google_foundation.this[0].service_account_id == "user-managed-instance-751d1c48"
      && provisioner_google_foundation.this[0].roles == toset(["roles/dataproc.hubAgent", "roles/dataproc.worker"])
      && provisioner_google_foundation.this[0].users == toset([var.ana])
    )
    error_message = "The account has ${jsonencode(provisioner_google_foundation.this[0].roles)}."
  }

  assert {
    condition     = provisioner_personal_notebook.this[var.ana].public_ip == false
    error_message = "The hub has a public address."
  }
}

run "sessions_need_neither_a_machine_nor_a_bucket" {
  command = plan

  variables {
    environment = "session_template"
  }

  assert {
    condition = (
      length(provisioner_google_foundation.this) == 0
      && length(provisioner_personal_notebook.this) == 0
      && length(provisioner_dataproc_template.this) == 0
      && length(output.notebook_instances) == 0
      && output.bucket == null
      && output.bucket_self_link == null
    )
    error_message = "There is more than a session template."
  }

  assert {
    condition = (
      provisioner_spark_session_template.this[var.ana].name == "user-managed-instance-ana-diaz-6idqd22h"
      && provisioner_spark_session_template.this[var.ana].location == "us-central1"
      && provisioner_spark_session_template.this[var.ana].idle_minutes == 180
      && provisioner_spark_session_template.this[var.ana].max_minutes == 1440
      && provisioner_spark_session_template.this[var.ana].kernel == "PYTHON"
      && provisioner_spark_session_template.this[var.ana].runtime_version == "2.3"
      && provisioner_spark_session_template.this[var.ana].delete_leftover_sessions == false
      && output.people[var.ana].name == "user-managed-instance-ana-diaz-6idqd22h"
    )
    error_message = "A default is not what the variable's description says."
  }
}

run "what_is_there_is_not_made" {
  command = plan

  variables {
    environment              = "dataproc_hub"
    existing_bucket          = { name = "theirs" }
    existing_service_account = { email = "theirs@data-access.iam.gserviceaccount.com" }
  }

  assert {
    condition = (
      length(provisioner_google_foundation.this) == 0
      && provisioner_dataproc_template.this["${var.ana}/standard"].bucket == "theirs"
      && provisioner_personal_notebook.this[var.ana].service_account == "theirs@data-access.iam.gserviceaccount.com"
      && provisioner_personal_notebook.this[var.ana].metadata["dataproc-service-account"] == "theirs@data-access.iam.gserviceaccount.com"
      && output.bucket == "theirs"
    )
    error_message = "Something was made, or is not used."
  }
}

run "without_templates_there_is_no_bucket" {
  command = plan

  variables {
    templates = {}
  }

  assert {
    condition     = length(provisioner_google_foundation.this) == 0 && length(provisioner_dataproc_template.this) == 0 && length(provisioner_personal_notebook.this) == 1
    error_message = "There is something else than a notebook."
  }
}

run "a_name_like_googles_own_is_not_taken" {
  command = plan

  variables {
    project_id = "google-data"
  }

  assert {
    condition     = can(regex("^personal-notebooks-[0-9a-f]{8}$", provisioner_google_foundation.this[0].bucket))
    error_message = "The bucket is called ${provisioner_google_foundation.this[0].bucket}."
  }
}

run "everything_given_arrives" {
  command = plan

  variables {
    delete_leftover_clusters                = true
    deletion_protection                     = true
    desired_state                           = "STOPPED"
    environment                             = "dataproc_hub"
    generated_templates_path_name           = "people"
    labels                                  = { team = "data" }
    machine_type                            = "e2-standard-8"
    metadata                                = { hub-allow-named-servers = "true" }
    names                                   = { "ana.diaz@example.com" = "user-managed-instance-ana" }
    network_name                            = "shared"
    networking_tags                         = ["notebooks"]
    notification                            = { text = "Welcome." }
    on_destroy                              = "abandon"
    personal_dataproc_notebooks_bucket_name = "personal_dataproc_notebooks"
    service_account_id                      = "notebook-instance-sa"
    service_acct_roles                      = ["roles/dataproc.hubAgent"]
    sub_network_name                        = "shared-europe"
    templates                               = { "mine.yaml" = "config: { lifecycleConfig: { idleDeleteTtl: 7200s } }" }
    timeouts                                = { create = "1h30m" }
    zone                                    = "europe-west1-c"
  }

  assert {
    condition = (
      provisioner_google_foundation.this[0].bucket == "personal_dataproc_notebooks"
      && provisioner_google_foundation.this[0].bucket_location == "europe-west1"
      && provisioner_google_foundation.this[0].labels == tomap({ team = "data" })
      && provisioner_google_foundation.this[0].roles == toset(["roles/dataproc.hubAgent"])
      && provisioner_google_foundation.this[0].service_account_id == "notebook-instance-sa"
      && provisioner_dataproc_template.this["${var.ana}/mine"].prefix == "people"
      && provisioner_dataproc_template.this["${var.ana}/mine"].name == "mine"
      && provisioner_dataproc_template.this["${var.ana}/mine"].template == "config: { lifecycleConfig: { idleDeleteTtl: 7200s } }"
      && provisioner_dataproc_template.this["${var.ana}/mine"].region == "europe-west1"
      && provisioner_dataproc_template.this["${var.ana}/mine"].delete_leftover_clusters
    )
    error_message = "A variable does not reach what people share, or their templates."
  }

  assert {
    condition = (
      provisioner_personal_notebook.this[var.ana].deletion_protection
      && provisioner_personal_notebook.this[var.ana].desired_state == "STOPPED"
      && provisioner_personal_notebook.this[var.ana].labels == tomap({ team = "data" })
      && provisioner_personal_notebook.this[var.ana].location == "europe-west1-c"
      && provisioner_personal_notebook.this[var.ana].machine_type == "e2-standard-8"
      && provisioner_personal_notebook.this[var.ana].name == "user-managed-instance-ana"
      && provisioner_personal_notebook.this[var.ana].network == "shared"
      && provisioner_personal_notebook.this[var.ana].notification.text == "Welcome."
      && provisioner_personal_notebook.this[var.ana].on_destroy == "abandon"
      && provisioner_personal_notebook.this[var.ana].subnet == "shared-europe"
      && provisioner_personal_notebook.this[var.ana].tags == toset(["notebooks"])
      && provisioner_personal_notebook.this[var.ana].timeouts.create == "1h30m"
    )
    error_message = "A variable does not reach the notebook."
  }
}

run "everything_given_arrives_at_a_session" {
  command = plan

  variables {
    delete_leftover_clusters = true
    environment              = "session_template"
    idle_shutdown_minutes    = 30
    labels                   = { team = "data" }
    networking_tags          = ["notebooks"]
    session_template         = { kernel = "SCALA", max_minutes = 480, properties = { "spark.executor.instances" = "2" }, runtime_version = "3.0" }
    sub_network_name         = "shared"
    templates                = { mine = "config: { lifecycleConfig: { idleDeleteTtl: 7200s } }" } # who wants both gets both
  }

  assert {
    condition = (
      provisioner_spark_session_template.this[var.ana].delete_leftover_sessions
      && provisioner_spark_session_template.this[var.ana].idle_minutes == 30
      && provisioner_spark_session_template.this[var.ana].kernel == "SCALA"
      && provisioner_spark_session_template.this[var.ana].labels == tomap({ team = "data" })
      && provisioner_spark_session_template.this[var.ana].max_minutes == 480
      && provisioner_spark_session_template.this[var.ana].network_tags == toset(["notebooks"])
      && provisioner_spark_session_template.this[var.ana].properties == tomap({ "spark.executor.instances" = "2" })
      && provisioner_spark_session_template.this[var.ana].runtime_version == "3.0"
      && provisioner_spark_session_template.this[var.ana].subnet == "shared"
      && keys(provisioner_dataproc_template.this) == ["${var.ana}/mine"]
    )
    error_message = "A variable does not reach its argument."
  }
}

# A roster passes null for what an entry leaves out.
run "null_means_the_default" {
  command = plan

  variables {
    dataproc_yaml_template_file_name = null
    environment                      = null
    generated_templates_path_name    = null
    idle_shutdown_minutes            = null
    labels                           = null
    machine_type                     = null
    master_templates_path_name       = null
    names                            = null
    networking_tags                  = null
    no_public_ip                     = null
    session_template                 = null
    user_managed_instance_prefix     = null
    zone                             = null
  }

  assert {
    condition     = output.notebook_instances == tolist(["user-managed-instance-ana-diaz-6idqd22h"])
    error_message = "null reached the resource in place of a default."
  }
}
