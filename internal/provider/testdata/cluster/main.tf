# One cluster with everything a test may want to set; what is null is as if it were not written.
variable "host" { type = string }
variable "token" { type = string }
variable "slack" { type = string }
variable "slack_token" { type = string }
variable "email" { default = "ana.diaz@example.com" }
variable "installation" { default = null }
variable "defaults" { type = string }
variable "computed" { default = false }
variable "name" { default = null }
variable "permissions" {
  type = set(object({
    user_name              = optional(string)
    group_name             = optional(string)
    service_principal_name = optional(string)
    permission_level       = string
  }))
  default = null
}
variable "owner_level" { default = null }
variable "warm_up" { default = null }
variable "pinned" { default = null }
variable "on_existing" { default = null }
variable "on_destroy" { default = null }
variable "text" { default = null }
variable "notify" { default = false }
variable "create_timeout" { default = null }

provider "provisioner" {
  installation = var.installation
  databricks = {
    host  = var.host
    token = var.token
  }
  slack = {
    token   = var.slack_token
    api_url = var.slack
  }
}

# Known only after apply, as when a settings file is rendered by another resource.
resource "terraform_data" "defaults" {
  input = var.defaults
}

resource "provisioner_single_user_cluster" "test" {
  user_email    = var.email
  defaults_json = var.computed ? terraform_data.defaults.output : var.defaults
  name          = var.name
  permissions   = var.permissions
  owner_level   = var.owner_level
  warm_up       = var.warm_up
  pinned        = var.pinned
  on_existing   = var.on_existing
  on_destroy    = var.on_destroy
  notification = var.notify ? {
    text      = var.text
    faq_links = [{ title = "FAQ", url = "https://wiki.example.com/clusters" }]
  } : null
  timeouts = var.create_timeout == null ? null : { create = var.create_timeout }
}
