locals {
  # Shared by everyone; usually a file of its own: file("templates/single-node.yaml").
  template = <<-EOT
    clusterName: single-node # the beginning of each person's cluster name
    config:
      softwareConfig:
        imageVersion: "2.3-debian12"
        optionalComponents: [JUPYTER]
        properties:
          "dataproc:dataproc.allow.zero.workers": "true"
      lifecycleConfig:
        idleDeleteTtl: "7200s"
  EOT
}

output "preview" {
  description = "What the resource would upload for Ana, without uploading it."
  value       = provider::provisioner::dataproc_template(local.template, "ana.diaz@example.com")
}

output "preview_of_another_installation" {
  description = "A function does not know how the provider is configured: name the installation when it is not \"default\"."
  value       = provider::provisioner::dataproc_template(local.template, "ana.diaz@example.com", "production")
}
