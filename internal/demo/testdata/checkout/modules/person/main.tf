terraform {
  required_providers {
    provisioner = {
      source = "data-access/provisioner"
    }
  }
}

variable "user_email" {
  type = string
}

variable "defaults_json" {
  type = string
}

resource "provisioner_single_user_cluster" "this" {
  user_email    = var.user_email
  defaults_json = var.defaults_json

  notification = {}
}

output "person" {
  value = {
    cluster     = provisioner_single_user_cluster.this.name
    cluster_id  = provisioner_single_user_cluster.this.cluster_id
    outcome     = provisioner_single_user_cluster.this.outcome
    state       = provisioner_single_user_cluster.this.state
    libraries   = provisioner_single_user_cluster.this.libraries
    url         = provisioner_single_user_cluster.this.url
    notified_at = provisioner_single_user_cluster.this.notified_at
  }
}
