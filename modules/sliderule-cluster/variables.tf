# Terraform 1.11 evaluates both sides of || and &&, so a rule about a value that may be null is a conditional.

variable "availability_zones" {
  description = "Zones that the nodes are spread over, such as `us-west-2a`. Other zones mean another cluster. Null: the first two of the region."
  type        = list(string)
  default     = null

  validation {
    condition     = var.availability_zones == null ? true : length(var.availability_zones) >= 1 && length(var.availability_zones) <= 6
    error_message = "For ${var.cluster}, availability_zones must name 1 to 6 zones: shorten it, or leave it out for the first two of the region."
  }
}

variable "budget" {
  description = "What the cluster may cost in a calendar month (UTC). It does not start with funds for less than `start_hours` (24), ends when they run out, and AWS tells `emails` at thresholds. Null: no budget."
  type = object({
    emails      = optional(list(string))
    limit_usd   = number
    start_hours = optional(number)
  })
  default = null

  validation {
    condition     = var.budget == null ? true : var.budget.limit_usd > 0
    error_message = "For ${var.cluster}, budget.limit_usd must be above 0: give what the cluster may cost in a month, or leave the budget out for none."
  }
}

variable "cluster" {
  description = "Name of the cluster: its stack is `<cluster>-cluster`, its address `<cluster>.<domain>`. Another name means another cluster."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.cluster))
    error_message = "cluster is \"${var.cluster}\", and must have 1 to 40 characters, a-z, 0-9 and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "cluster_version" {
  description = "Version of SlideRule: the tag of its images. Another version means another cluster. Null: `latest`."
  type        = string
  default     = null
}

variable "is_public" {
  description = "Whether everybody may use the cluster, rather than those with a token for it. For administrators alone, and fixed once it is deployed."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_nodes" {
  description = "How many nodes people's live requests may scale up to. Null: `node_capacity`."
  type        = number
  default     = null

  validation {
    condition     = var.max_nodes == null ? true : var.max_nodes >= var.node_capacity
    error_message = "For ${var.cluster}, max_nodes must be at least node_capacity: raise it, or leave it out."
  }
}

variable "min_nodes" {
  description = "How many nodes people's live requests may scale down to. Null: 0."
  type        = number
  default     = null

  validation {
    condition     = var.min_nodes == null ? true : var.min_nodes >= 0 && var.min_nodes <= var.node_capacity
    error_message = "For ${var.cluster}, min_nodes must be from 0 to node_capacity: lower it, or leave it out."
  }
}

variable "node_capacity" {
  description = "How many nodes the cluster has. Changing it resizes the cluster in place and renews its end."
  type        = number
  nullable    = false

  validation {
    condition     = var.node_capacity >= 1 && floor(var.node_capacity) == var.node_capacity
    error_message = "For ${var.cluster}, node_capacity must be a whole number of at least 1."
  }
}

variable "nodes" {
  description = "What the nodes are: instance types of arm64 in order of preference, the share of spot instances in percent, the most to pay for one an hour (0: the on-demand price), and the disk. Null: on demand, `t4g.2xlarge`, 40 GB."
  type = object({
    instance_types = optional(list(string))
    spot_max_price = optional(number)
    spot_share     = optional(number)
    volume_gb      = optional(number)
  })
  default = null

  validation {
    condition     = var.nodes == null ? true : var.nodes.spot_share == null ? true : var.nodes.spot_share >= 0 && var.nodes.spot_share <= 100
    error_message = "For ${var.cluster}, nodes.spot_share must be from 0 to 100 percent."
  }
}

variable "renew" {
  description = "Any text, such as a date. Changing it gives the cluster its whole time to live again, and brings back one that has expired."
  type        = string
  default     = null
}

variable "sleep" {
  description = "When the cluster has no nodes: cron expressions of five fields for `down` and `up`, in `time_zone` (UTC). The load balancer and the monitor stay, and cost. Null: never."
  type = object({
    down      = list(string)
    time_zone = optional(string)
    up        = list(string)
  })
  default = null

  validation {
    condition     = var.sleep == null ? true : length(var.sleep.down) > 0 && length(var.sleep.up) > 0
    error_message = "For ${var.cluster}, sleep needs both a time to sleep and a time to wake: add one to sleep.down and to sleep.up."
  }
}

variable "time_to_live" {
  description = "Minutes until the cluster ends by itself, from each deploy, resize or renewal."
  type        = number
  nullable    = false

  validation {
    condition     = var.time_to_live >= 15 && var.time_to_live <= 525600 && floor(var.time_to_live) == var.time_to_live
    error_message = "For ${var.cluster}, time_to_live must be a whole number of minutes from 15 to 525600."
  }
}

variable "timeouts" {
  description = "How long each step may take, such as `45m`. Null: 30 minutes to create, update or delete, 5 to read."
  type = object({
    create = optional(string)
    delete = optional(string)
    read   = optional(string)
    update = optional(string)
  })
  default = null

  validation {
    condition     = var.timeouts == null ? true : alltrue([for t in values(var.timeouts) : t == null ? true : can(regex("^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$", t))])
    error_message = "For ${var.cluster}, every value in timeouts must be a duration with its unit, such as \"45m\" or \"1h30m\"."
  }
}

variable "wait" {
  description = "Whether an apply ends only when the cluster is up or gone."
  type        = bool
  default     = true
  nullable    = false
}

variable "when_expired" {
  description = "What a plan makes of a cluster that has ended: `stay_down` leaves it and warns, `redeploy` makes it again."
  type        = string
  default     = "stay_down"
  nullable    = false

  validation {
    condition     = contains(["redeploy", "stay_down"], var.when_expired)
    error_message = "For ${var.cluster}, when_expired must be \"stay_down\" (an expired cluster is left alone) or \"redeploy\" (the next apply makes it again)."
  }
}
