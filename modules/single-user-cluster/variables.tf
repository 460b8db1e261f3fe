# Terraform 1.11 evaluates both sides of || and &&, so a rule about a value that may be null is a conditional.

variable "defaults_json" {
  description = "The settings file that everyone shares: a clusters/create body in JSON, plus `libraries`. The provider checks every field of it at plan."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the cluster. Null: `single-user-` and the person, readable and unique."
  type        = string
  default     = null

  validation {
    condition     = var.name == null ? true : length(var.name) >= 1 && length(var.name) <= 100
    error_message = "For ${var.user_email}, name must have 1 to 100 characters: shorten it, or leave it out for the default name."
  }
}

variable "notification" {
  description = "A Slack message to the person when the cluster was first created, with links to read. Null: none."
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
    error_message = "For ${var.user_email}, notification.faq_links has more than 20 links: keep the ones that people need first."
  }

  validation {
    condition     = alltrue([for link in flatten(var.notification[*].faq_links) : length(link.title) >= 1 && length(link.title) <= 200])
    error_message = "For ${var.user_email}, every title in notification.faq_links must have 1 to 200 characters: say what the page answers."
  }

  validation {
    condition     = alltrue([for link in flatten(var.notification[*].faq_links) : can(regex("^https?://[^/\\s]+", link.url))])
    error_message = "For ${var.user_email}, every url in notification.faq_links must be an http or https address, such as https://wiki.example.com/faq."
  }

  validation {
    condition     = alltrue([for text in var.notification[*].text : text == null ? true : length(text) >= 1 && length(text) <= 2000])
    error_message = "For ${var.user_email}, notification.text must have 1 to 2000 characters: shorten it, or leave it out for the default text."
  }
}

variable "on_destroy" {
  description = "What becomes of the cluster when the person leaves: `delete`, `stop` or `abandon`. What somebody else made is always abandoned."
  type        = string
  default     = "delete"
  nullable    = false

  validation {
    condition     = contains(["abandon", "delete", "stop"], var.on_destroy)
    error_message = "For ${var.user_email}, on_destroy must be \"delete\" (for good), \"stop\" (keep it, stopped) or \"abandon\" (leave it as it is)."
  }
}

variable "on_existing" {
  description = "What to do with a cluster of the same person and name that somebody else made: `no_action` leaves it, `adopt` makes it ours, `fail` is an error."
  type        = string
  default     = "no_action"
  nullable    = false

  validation {
    condition     = contains(["adopt", "fail", "no_action"], var.on_existing)
    error_message = "For ${var.user_email}, on_existing must be \"no_action\" (leave it), \"adopt\" (make it ours) or \"fail\" (an error)."
  }
}

variable "owner_level" {
  description = "What the person may do with their cluster: `CAN_ATTACH_TO`, `CAN_RESTART` or `CAN_MANAGE`."
  type        = string
  default     = "CAN_RESTART"
  nullable    = false

  validation {
    condition     = contains(["CAN_ATTACH_TO", "CAN_MANAGE", "CAN_RESTART"], var.owner_level)
    error_message = "For ${var.user_email}, owner_level must be CAN_ATTACH_TO (use it while it runs), CAN_RESTART (also start and stop it) or CAN_MANAGE (also change it)."
  }
}

variable "permissions" {
  description = "Who else may do what with the cluster: entries of one principal and one level each."
  type = set(object({
    group_name             = optional(string)
    permission_level       = string
    service_principal_name = optional(string)
    user_name              = optional(string)
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for p in var.permissions : contains(["CAN_ATTACH_TO", "CAN_MANAGE", "CAN_RESTART"], p.permission_level)])
    error_message = "For ${var.user_email}, every permission_level in permissions must be CAN_ATTACH_TO, CAN_RESTART or CAN_MANAGE."
  }

  validation {
    condition     = alltrue([for p in var.permissions : length(compact([p.group_name, p.service_principal_name, p.user_name])) == 1])
    error_message = "For ${var.user_email}, every entry of permissions must name exactly one of group_name, service_principal_name and user_name: make an entry of its own for each."
  }

  validation {
    condition     = length(distinct([for p in var.permissions : merge(p, { permission_level = "", user_name = lower(coalesce(p.user_name, "-")) })])) == length(var.permissions)
    error_message = "For ${var.user_email}, permissions names somebody twice: keep the entry with the higher level, which includes the lower one."
  }

  validation {
    condition     = !contains([for p in var.permissions : lower(coalesce(p.user_name, "-"))], lower(var.user_email))
    error_message = "For ${var.user_email}, permissions names the owner of the cluster: set owner_level instead."
  }
}

variable "pinned" {
  description = "Whether Databricks keeps the cluster although nobody starts it for 30 days; a workspace has room for 100. Null leaves it as it is."
  type        = bool
  default     = null
}

variable "timeouts" {
  description = "How long each step may take, such as `45m`. Null: 30 minutes to create or update, 10 to delete, 5 to read."
  type = object({
    create = optional(string)
    delete = optional(string)
    read   = optional(string)
    update = optional(string)
  })
  default = null

  validation {
    condition     = var.timeouts == null ? true : alltrue([for t in values(var.timeouts) : t == null ? true : can(regex("^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$", t))])
    error_message = "For ${var.user_email}, every value in timeouts must be a duration with its unit, such as \"45m\" or \"1h30m\"."
  }
}

variable "user_email" {
  description = "Whose cluster it is. Another person means another cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.user_email))
    error_message = "user_email is \"${var.user_email}\", and must be one plain e-mail address, such as ana.diaz@example.com."
  }
}

variable "warm_up" {
  description = "Whether to start the cluster, wait until every library is installed, and stop it again. Without it the libraries install when the person first starts the cluster."
  type        = bool
  default     = true
  nullable    = false
}
