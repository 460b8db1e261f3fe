import {
  to = provisioner_dataproc_template.ana
  identity = {
    bucket = "example-notebook-templates"
    path   = "dataproc_generated_templates/6idqd22h-ana-diaz/single-node.yaml"
  }
}
