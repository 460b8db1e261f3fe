resource "provisioner_dataproc_template" "ana" {
  user_email = "ana.diaz@example.com"
  bucket     = provisioner_google_foundation.notebooks.bucket
  name       = "single-node"

  # Shared by everyone; usually a file of its own: file("templates/single-node.yaml").
  template = <<-EOT
    clusterName: single-node # the beginning of each person's cluster name
    config:
      softwareConfig:
        imageVersion: "2.3-debian12"
        optionalComponents: [JUPYTER]
        properties:
          "dataproc:dataproc.allow.zero.workers": "true"
      masterConfig:
        machineTypeUri: n1-standard-4
      endpointConfig:
        enableHttpPortAccess: true
      lifecycleConfig:
        idleDeleteTtl: "7200s"
  EOT

  # When Ana leaves, her running clusters go with the file.
  delete_leftover_clusters = true
}

resource "provisioner_google_foundation" "notebooks" {
  bucket = "example-notebook-templates"
}
