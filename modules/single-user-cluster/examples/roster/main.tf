# A roster of people, one instance of the module each: taking somebody off it takes their cluster away and nobody
# else's. for_each on the module stays quick for a thousand people.

provider "provisioner" {
  installation = "data-science"
}

module "cluster" {
  source   = "../.."
  for_each = { for email, wishes in var.people : lower(email) => wishes } # another case would be another address

  user_email    = each.key
  defaults_json = file("${path.module}/cluster-defaults.json")
  notification  = { faq_links = [{ title = "How to use your cluster", url = "https://wiki.example.com/clusters" }] }

  permissions = each.value.permissions
  pinned      = each.value.pinned
  warm_up     = each.value.warm_up
}
