# The cluster files: the admin's, and one of each for each person.

locals {
  # A folder beside the configuration, as the published deployer has it; an absolute path is taken as it is.
  folder = startswith(var.master_templates_path_name, "/") ? var.master_templates_path_name : "${path.root}/${var.master_templates_path_name}"
  master = "${local.folder}/${var.dataproc_yaml_template_file_name}"

  own     = var.templates == null && fileexists(local.master) ? { (var.dataproc_yaml_template_file_name) = file(local.master) } : null
  shipped = { for name in fileset("${path.module}/templates", "*.yaml") : name => file("${path.module}/templates/${name}") }

  # Session templates need no cluster files; who wants both says so.
  chosen    = var.templates != null ? var.templates : local.sessions ? {} : local.own != null ? local.own : local.shipped
  templates = { for name, text in local.chosen : trimsuffix(trimsuffix(name, ".yaml"), ".yml") => text }

  files = merge([for email in local.people : {
    for name, text in local.templates : "${email}/${name}" => { email = email, name = name, text = text }
  }]...)

  # A hub starts clusters as this account, not as the project's default one, which may do nearly everything.
  metadata = merge(local.hub ? { "dataproc-service-account" = local.account } : {}, var.metadata)
}

resource "provisioner_dataproc_template" "this" {
  for_each = local.files

  user_email = each.value.email
  bucket     = local.bucket
  prefix     = var.generated_templates_path_name
  name       = each.value.name
  template   = each.value.text

  delete_leftover_clusters = var.delete_leftover_clusters
  project                  = var.project_id
  region                   = local.region
}
