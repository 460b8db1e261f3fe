variable "people" {
  description = "Who gets a cluster, by e-mail, and what is special about it."
  type = map(object({
    permissions = optional(set(object({
      group_name             = optional(string)
      permission_level       = string
      service_principal_name = optional(string)
      user_name              = optional(string)
    })), [])
    pinned  = optional(bool)
    warm_up = optional(bool, true)
  }))
  default = {
    "ana.diaz@example.com"    = {}
    "bruna.costa@example.com" = { pinned = true }
    "chen.wei@example.com"    = { permissions = [{ group_name = "data-science", permission_level = "CAN_ATTACH_TO" }] }
  }
  nullable = false
}
