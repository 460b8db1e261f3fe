provider "provisioner" {
  installation = var.installation

  aws        = {} # where the two tokens and SlideRule's clusters are; region and credentials come from the standard environment
  databricks = { token_source = var.databricks_token_source }
  google     = { location = var.google_location, project = var.google_project } # credentials come from there too
  slack      = { token_source = var.slack_token_source }
  sliderule  = {} # on AWS, with the credentials above
}

module "roster" {
  source = "./roster"

  at_least = var.at_least
  path     = var.roster
}

# What a person's entry leaves out is null below, for which each module takes its default.

module "single_user_cluster" {
  source   = "../../modules/single-user-cluster"
  for_each = module.roster.gets.single_user_cluster

  user_email    = each.key
  defaults_json = file("${path.module}/cluster-defaults.json")
  notification  = var.notification

  name        = lookup(each.value, "name", null)
  on_destroy  = lookup(each.value, "on_destroy", null)
  on_existing = lookup(each.value, "on_existing", null)
  owner_level = lookup(each.value, "owner_level", null)
  permissions = lookup(each.value, "permissions", null)
  pinned      = lookup(each.value, "pinned", null)
  warm_up     = lookup(each.value, "warm_up", null)
}
