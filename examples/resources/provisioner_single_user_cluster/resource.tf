resource "provisioner_single_user_cluster" "ana" {
  user_email = "ana.diaz@example.com"

  # Shared by everyone; usually a file of its own: file("cluster-defaults.json").
  defaults_json = jsonencode({
    spark_version           = "15.4.x-scala2.12"
    kind                    = "CLASSIC_PREVIEW"
    is_single_node          = true
    node_type_id            = "i3.xlarge"
    autotermination_minutes = 30
    custom_tags             = { team = "data-science" }
    libraries               = [{ pypi = { package = "polars==1.17.1" } }]
  })

  permissions = [
    { group_name = "data-science-leads", permission_level = "CAN_ATTACH_TO" },
  ]

  notification = {
    faq_links = [
      { title = "How to use your cluster", url = "https://wiki.example.com/clusters" },
    ]
  }
}
