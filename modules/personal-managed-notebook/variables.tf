# Terraform 1.11 evaluates both sides of || and &&, so a rule about a value that may be null is a conditional.

variable "data_disk" {
  description = "The disk where each person's files are. A bigger size grows it in place; another type or a smaller size means another notebook, without the files."
  type = object({
    size_gb = optional(number, 100)
    type    = optional(string, "PD_STANDARD")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.data_disk.size_gb >= 10 && var.data_disk.size_gb <= 64000
    error_message = "data_disk.size_gb is ${var.data_disk.size_gb}: take 10 to 64000."
  }
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
  description = "Which product of Google: `workbench`, the living one, or `managed`, which Google ended, for notebooks that are there already. Another one means other notebooks."
  type        = string
  default     = "workbench"
  nullable    = false

  validation {
    condition     = contains(["managed", "workbench"], var.environment)
    error_message = "environment is \"${var.environment}\": take \"workbench\", or \"managed\" for notebooks that are there already. A Dataproc Hub is made by the module personal-user-managed-notebook."
  }
}

variable "identity" {
  description = "Who the notebooks read data as: `user`, each their owner, or `service_account`, the machine's. Another one means other notebooks."
  type        = string
  default     = "user"
  nullable    = false

  validation {
    condition     = contains(["service_account", "user"], var.identity)
    error_message = "identity is \"${var.identity}\": take \"user\" (queries are logged and billed as the person) or \"service_account\"."
  }
}

variable "idle_shutdown_minutes" {
  description = "After how many minutes without use a notebook stops by itself: 10 to 1440."
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
  description = "Machine type of the notebooks. A running one is stopped and started again for another type; the plan says so."
  type        = string
  default     = "n1-standard-4"
  nullable    = false
}

variable "managed_instance_prefix" {
  description = "What the notebooks' names begin with. A readable part of the e-mail and a hash of all of it follow, so that no two people share a name."
  type        = string
  default     = "managed-instance"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][-a-z0-9]{0,51}[a-z0-9]$|^[a-z]$", var.managed_instance_prefix))
    error_message = "managed_instance_prefix is \"${var.managed_instance_prefix}\": take 1 to 53 of a-z, 0-9 and hyphens, a letter first and no hyphen last. A name has 63 characters, and 10 of them tell people apart."
  }
}

variable "metadata" {
  description = "Metadata of the machines, such as `notebook-disable-downloads`. Only these keys are compared, and keys that belong to Google are refused."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "names" {
  description = "Names of notebooks that are there already, by e-mail: those of the published deployer are its prefix and the part of the e-mail before the @. Another name means another notebook."
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

variable "notebook_users_list" {
  description = "E-mails of the people who get a notebook, one each. Taking an e-mail off the list takes that person's notebook away, and nobody else's."
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

variable "project_id" {
  description = "Google Cloud project of the notebooks."
  type        = string
  nullable    = false
}

variable "public_ip" {
  description = "Whether the notebooks' machines have public addresses. Those of the published deployer have. It can be taken away in place from a Workbench notebook; anything else means other notebooks."
  type        = bool
  default     = false
  nullable    = false
}

variable "region" {
  description = "Region of the notebooks."
  type        = string
  default     = "us-central1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is \"${var.region}\": take a region such as us-central1. A zone goes into zone."
  }
}

variable "service_account" {
  description = "E-mail of the machines' service account, for `identity = \"service_account\"`. Null leaves it to Google."
  type        = string
  default     = null

  validation {
    condition     = var.service_account == null ? true : var.identity == "service_account"
    error_message = "service_account is set, and with identity = \"user\" Google takes a fixed one: leave service_account out, or set identity = \"service_account\", with which queries are logged as that account."
  }

  validation {
    condition     = var.service_account == null ? !(var.environment == "managed" && var.identity == "service_account") : true
    error_message = "A managed notebook with identity = \"service_account\" needs service_account: set it, or take identity = \"user\"."
  }
}

variable "sub_network_name" {
  description = "Subnetwork of the notebooks: a name, or `projects/P/regions/R/subnetworks/S`."
  type        = string
  default     = "default"
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

variable "zone" {
  description = "Zone of the notebooks. Null: the region's zone a. A managed notebook has none."
  type        = string
  default     = null

  validation {
    condition     = var.zone == null ? true : can(regex("^${var.region}-[a-z]$", var.zone))
    error_message = "zone is \"${var.zone == null ? "" : var.zone}\", and must be a zone of region, such as ${var.region}-b: set region too, or leave zone out."
  }

  validation {
    condition     = var.zone == null ? true : var.environment == "workbench"
    error_message = "A managed notebook lives in a region: leave zone out."
  }
}
