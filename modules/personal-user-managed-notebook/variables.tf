# Terraform 1.11 evaluates both sides of || and &&, so a rule about a value that may be null is a conditional.

variable "dataproc_yaml_template_file_name" {
  description = "The cluster file in master_templates_path_name that people get. If it is not there, they get the templates that this module ships."
  type        = string
  default     = "per-auth-cluster.yaml"
  nullable    = false

  validation {
    condition     = var.templates != null || var.dataproc_yaml_template_file_name == "per-auth-cluster.yaml" ? true : fileexists("${startswith(var.master_templates_path_name, "/") ? "" : "${path.root}/"}${var.master_templates_path_name}/${var.dataproc_yaml_template_file_name}")
    error_message = "There is no ${var.dataproc_yaml_template_file_name} in the folder ${var.master_templates_path_name} beside your configuration: put it there, or give its text in templates."
  }
}

variable "delete_leftover_clusters" {
  description = "Whether what a person's templates started, clusters or sessions, goes with them when they leave. The plan lists it either way; what is left ends when it has been idle."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether a plan that would destroy or replace somebody's notebook is refused. While it is true, nobody can be taken off the list."
  type        = bool
  default     = false
  nullable    = false
}

variable "desired_state" {
  description = "`ACTIVE` or `STOPPED`: the notebooks are brought to it at every apply. Null leaves each as its owner left it."
  type        = string
  default     = null

  validation {
    condition     = var.desired_state == null ? true : contains(["ACTIVE", "STOPPED"], var.desired_state)
    error_message = "desired_state is \"${var.desired_state == null ? "" : var.desired_state}\": take \"ACTIVE\" or \"STOPPED\", or leave it out and each notebook stays as its owner left it."
  }
}

variable "environment" {
  description = "What people get: `workbench`, a Workbench notebook; `session_template`, Spark sessions without machines; `dataproc_hub`, the hub of the published deployer, which Google ended. Another one means other things."
  type        = string
  default     = "workbench"
  nullable    = false

  validation {
    condition     = contains(["dataproc_hub", "session_template", "workbench"], var.environment)
    error_message = "environment is \"${var.environment}\": take \"workbench\" (a notebook each), \"session_template\" (Spark without machines) or \"dataproc_hub\" (for hubs that are there already). A managed notebook is made by the module personal-managed-notebook."
  }
}

variable "existing_bucket" {
  description = "A bucket for the templates that is there already, by its name. Null: the module makes one."
  type        = object({ name = string }) # an object, so that a name that is known only after the apply will do
  default     = null

  validation {
    condition     = var.existing_bucket == null ? true : var.personal_dataproc_notebooks_bucket_name == null
    error_message = "existing_bucket names a bucket that is there, and personal_dataproc_notebooks_bucket_name one to make: keep one of them."
  }
}

variable "existing_service_account" {
  description = "A service account for the machines that is there already, with its roles, and that the people may act as. Null: the module makes one where the machines need it."
  type        = object({ email = string }) # an object, so that an e-mail that is known only after the apply will do
  default     = null

  validation {
    condition     = var.existing_service_account == null ? true : var.service_account_id == null && var.service_acct_roles == null
    error_message = "existing_service_account names an account that is there; service_account_id and service_acct_roles are for one to make: keep one or the other."
  }

  validation {
    condition     = var.existing_service_account == null ? true : var.environment == "dataproc_hub" || var.identity == "service_account"
    error_message = "existing_service_account is set, and nothing would run as it: leave it out, or set environment = \"dataproc_hub\" or identity = \"service_account\"."
  }
}

variable "generated_templates_path_name" {
  description = "Folder of the bucket for people's cluster files: each stands at FOLDER/PERSON/NAME.yaml."
  type        = string
  default     = "dataproc_generated_templates"
  nullable    = false
}

variable "identity" {
  description = "Who Workbench notebooks read data as: `user`, each their owner, or `service_account`, the machine's. Another one means other notebooks. A hub's clusters and sessions always read as the person."
  type        = string
  default     = "user"
  nullable    = false

  validation {
    condition     = contains(["service_account", "user"], var.identity)
    error_message = "identity is \"${var.identity}\": take \"user\" (queries are logged and billed as the person) or \"service_account\"."
  }

  validation {
    condition     = var.identity == "user" || var.environment == "workbench"
    error_message = "identity is \"${var.identity}\", and with environment = \"${var.environment}\" everybody reads data as themselves: leave identity out."
  }
}

variable "idle_shutdown_minutes" {
  description = "After how many minutes without use a notebook stops by itself, or a session ends: 10 to 1440. The clusters of a hub end as their templates say."
  type        = number
  default     = 180
  nullable    = false

  validation {
    condition     = var.idle_shutdown_minutes >= 10 && var.idle_shutdown_minutes <= 1440 && floor(var.idle_shutdown_minutes) == var.idle_shutdown_minutes
    error_message = "idle_shutdown_minutes is ${var.idle_shutdown_minutes}: take 10 to 1440 whole minutes."
  }
}

variable "labels" {
  description = "Labels of the notebooks, such as a cost centre. The provider adds its own: `provisioner_owner` and `provisioner_managed_by`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "machine_type" {
  description = "Machine type of the notebooks. A hub only starts clusters; a Workbench notebook does the work itself, so give it a bigger one, such as e2-standard-4."
  type        = string
  default     = "e2-medium"
  nullable    = false
}

variable "master_templates_path_name" {
  description = "Folder beside your configuration with the admin's cluster files, of which dataproc_yaml_template_file_name picks one."
  type        = string
  default     = "dataproc_master_templates"
  nullable    = false
}

variable "metadata" {
  description = "Metadata of the machines, such as `notebook-disable-downloads`. Only these keys are compared, and keys that belong to Google are refused."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "names" {
  description = "Names of notebooks that are there already, by e-mail: those of the published deployer are its prefix and the part of the e-mail before the @. Another name means another notebook. With `session_template` they are names of session templates."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for email in keys(var.names) : contains([for user in var.notebook_users_list : lower(trimspace(user))], lower(trimspace(email)))])
    error_message = "names has ${join(", ", [for email in keys(var.names) : email if !contains([for user in var.notebook_users_list : lower(trimspace(user))], lower(trimspace(email)))])}, who is not in notebook_users_list: add them there, or remove their line here."
  }

  validation {
    condition     = alltrue([for name in values(var.names) : can(regex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", name))])
    error_message = "names has ${join(", ", [for email, name in var.names : "\"${name}\" for ${email}" if !can(regex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", name))])}: a name is 1 to 63 of a-z, 0-9 and hyphens, a letter first and no hyphen last."
  }

  validation {
    condition     = length(distinct(values(var.names))) == length(var.names)
    error_message = "names gives one name to ${join(" and ", [for email, name in var.names : email if length([for other in values(var.names) : other if other == name]) > 1])}: give each their own."
  }
}

variable "network_name" {
  description = "VPC network of the notebooks: a name, or `projects/P/global/networks/N`."
  type        = string
  default     = "default"
}

variable "networking_tags" {
  description = "Network tags of the notebooks or sessions."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "no_public_ip" {
  description = "Whether the notebooks' machines have no public address: true or false, also as a text. It can be taken away in place from a Workbench notebook; anything else means other notebooks."
  type        = bool
  default     = false
  nullable    = false
}

variable "notebook_users_list" {
  description = "E-mails of the people who get a notebook or a session template, one each. Taking an e-mail off the list takes away what that person has, and nobody else's."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for email in var.notebook_users_list : can(regex("^[^@\\s\"]+@[^@\\s\"]+\\.[^@\\s\"]+$", trimspace(email)))])
    error_message = "notebook_users_list has ${join(", ", [for email in var.notebook_users_list : "\"${email}\"" if !can(regex("^[^@\\s\"]+@[^@\\s\"]+\\.[^@\\s\"]+$", trimspace(email)))])}: write each person's plain e-mail address, such as ana.diaz@example.com."
  }

  validation {
    condition     = length(distinct([for email in var.notebook_users_list : lower(trimspace(email))])) == length(var.notebook_users_list)
    error_message = "notebook_users_list has one person twice, as ${join(" and ", [for email in var.notebook_users_list : email if length([for other in var.notebook_users_list : other if lower(trimspace(other)) == lower(trimspace(email))]) > 1])}: case does not tell people apart, so keep one of them."
  }

  validation {
    condition     = var.environment != "dataproc_hub" ? true : alltrue([for email in var.notebook_users_list : length(split("@", trimspace(email))[0]) <= 35 && can(regex("[a-zA-Z0-9]@", email))])
    error_message = "notebook_users_list has ${join(", ", [for email in var.notebook_users_list : email if length(split("@", trimspace(email))[0]) > 35 || !can(regex("[a-zA-Z0-9]@", email))])}, whose cluster a Dataproc Hub could not name: it takes at most 35 characters before the @, the last a letter or a digit. Take them to an instance of this module with environment = \"workbench\"."
  }
}

variable "notification" {
  description = "A Slack message to each person when their notebook was first created, with links to read. Null: none."
  type = object({
    faq_links = optional(list(object({
      title = string
      url   = string
    })), [])
    text = optional(string)
  })
  default = null

  validation {
    condition     = length(flatten(var.notification[*].faq_links)) <= 20
    error_message = "notification.faq_links has more than 20 links: keep the ones that people need first."
  }

  validation {
    condition     = alltrue([for link in flatten(var.notification[*].faq_links) : length(link.title) >= 1 && length(link.title) <= 200])
    error_message = "Every title in notification.faq_links must have 1 to 200 characters: say what the page answers."
  }

  validation {
    condition     = alltrue([for link in flatten(var.notification[*].faq_links) : can(regex("^https?://[^/\\s]+", link.url))])
    error_message = "Every url in notification.faq_links must be an http or https address, such as https://wiki.example.com/faq."
  }

  validation {
    condition     = alltrue([for text in var.notification[*].text : text == null ? true : length(text) >= 1 && length(text) <= 2000])
    error_message = "notification.text must have 1 to 2000 characters: shorten it, or leave it out for the default text."
  }
}

variable "on_destroy" {
  description = "What becomes of a notebook when its person leaves: `delete` with its disks, `stop` or `abandon`."
  type        = string
  default     = "delete"
  nullable    = false

  validation {
    condition     = contains(["abandon", "delete", "stop"], var.on_destroy)
    error_message = "on_destroy is \"${var.on_destroy}\": take \"delete\" (with its disks), \"stop\" (keep it, stopped) or \"abandon\" (leave it as it is)."
  }
}

variable "personal_dataproc_notebooks_bucket_name" {
  description = "Name of the bucket to make for the templates, unique over all of Google Cloud. Null: the project and the prefix, with a hash of both."
  type        = string
  default     = null

  validation {
    condition     = var.personal_dataproc_notebooks_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.personal_dataproc_notebooks_bucket_name))
    error_message = "personal_dataproc_notebooks_bucket_name is \"${var.personal_dataproc_notebooks_bucket_name == null ? "" : var.personal_dataproc_notebooks_bucket_name}\": take 3 to 63 of a-z, 0-9, hyphens and underscores, or leave it out for a name that is free."
  }
}

variable "project_id" {
  description = "Google Cloud project of the notebooks."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Region of the sessions, the bucket and the clusters. Null: that of zone."
  type        = string
  default     = null

  validation {
    condition     = var.region == null ? true : can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is \"${var.region == null ? "" : var.region}\": take a region such as us-central1. A zone goes into zone."
  }

  validation {
    condition     = var.region == null || var.zone == null ? true : startswith(var.zone, "${var.region}-")
    error_message = "region is \"${var.region == null ? "" : var.region}\", and zone is \"${var.zone == null ? "" : var.zone}\", which is not in it: set both, or only one."
  }
}

variable "service_account_id" {
  description = "Id of the service account to make, the part before the @. Null: the prefix, with a hash of it."
  type        = string
  default     = null

  validation {
    condition     = var.service_account_id == null ? true : can(regex("^[a-z][-a-z0-9]{4,28}[a-z0-9]$", var.service_account_id))
    error_message = "service_account_id is \"${var.service_account_id == null ? "" : var.service_account_id}\": take 6 to 30 of a-z, 0-9 and hyphens, a letter first and no hyphen last; not the whole address."
  }
}

variable "service_acct_roles" {
  description = "Roles of the service account to make, in the project. Null: the least that works, `roles/dataproc.worker`, and for a hub `roles/dataproc.hubAgent` too. Other members of the roles stay."
  type        = set(string)
  default     = null
}

variable "session_template" {
  description = "How sessions are made, with `environment = \"session_template\"`: kernel (`PYTHON`, `SCALA`, `SPARK_CONNECT`), the most minutes of a session, Spark properties, and runtime version (null: Google's)."
  type = object({
    kernel          = optional(string, "PYTHON")
    max_minutes     = optional(number, 1440)
    properties      = optional(map(string), {})
    runtime_version = optional(string, "2.3")
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["PYTHON", "SCALA", "SPARK_CONNECT"], var.session_template.kernel)
    error_message = "session_template.kernel is \"${var.session_template.kernel}\": take PYTHON, SCALA or SPARK_CONNECT."
  }

  validation {
    condition     = var.session_template.max_minutes >= 10 && var.session_template.max_minutes <= 20160
    error_message = "session_template.max_minutes is ${var.session_template.max_minutes}: take 10 to 20160 (14 days)."
  }
}

variable "sub_network_name" {
  description = "Subnetwork of the notebooks: a name, or `projects/P/regions/R/subnetworks/S`."
  type        = string
  default     = "default"
}

variable "templates" {
  description = "Cluster files that people may pick: name to text, such as `file(\"small.yaml\")`. Null: the one that dataproc_yaml_template_file_name finds, or those that this module ships; with `session_template` none."
  type        = map(string)
  default     = null

  validation {
    condition     = var.templates == null ? true : alltrue([for name in keys(var.templates) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", name))])
    error_message = "templates has ${join(", ", [for name in keys(coalesce(var.templates, {})) : "\"${name}\"" if !can(regex("^[A-Za-z0-9][A-Za-z0-9._-]*$", name))])}: the name of a file has letters, digits, dots, _ and -, a letter or a digit first, such as single-node."
  }

  validation {
    condition     = var.templates == null ? true : length(distinct([for name in keys(var.templates) : trimsuffix(trimsuffix(name, ".yaml"), ".yml")])) == length(var.templates)
    error_message = "templates has one name twice, with and without .yaml: keep one of them."
  }

  validation {
    condition     = var.templates == null ? true : length(var.templates) > 0 || var.environment != "dataproc_hub"
    error_message = "templates is empty, and a Dataproc Hub starts nothing else: name at least one, or leave it out for those that this module ships."
  }
}

variable "timeouts" {
  description = "How long each step may take, such as `45m`. Null: 30 minutes to create or update, 20 to delete, 5 to read."
  type = object({
    create = optional(string)
    delete = optional(string)
    read   = optional(string)
    update = optional(string)
  })
  default = null

  validation {
    condition     = var.timeouts == null ? true : alltrue([for t in values(var.timeouts) : t == null ? true : can(regex("^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$", t))])
    error_message = "Every value in timeouts must be a duration with its unit, such as \"45m\" or \"1h30m\"."
  }
}

variable "user_managed_instance_prefix" {
  description = "What the names of notebooks or session templates begin with, and what the bucket and the service account are named by: another one for each instance of this module in a project."
  type        = string
  default     = "user-managed-instance"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][-a-z0-9]{0,51}[a-z0-9]$|^[a-z]$", var.user_managed_instance_prefix))
    error_message = "user_managed_instance_prefix is \"${var.user_managed_instance_prefix}\": take 1 to 53 of a-z, 0-9 and hyphens, a letter first and no hyphen last. A name has 63 characters, and 10 of them tell people apart."
  }
}

variable "zone" {
  description = "Zone of the notebooks. Null: zone a of region, and us-central1-a without one."
  type        = string
  default     = null

  validation {
    condition     = var.zone == null ? true : can(regex("^[a-z]+-[a-z]+[0-9]+-[a-z]$", var.zone))
    error_message = "zone is \"${var.zone == null ? "" : var.zone}\": take a zone such as us-central1-a."
  }
}
