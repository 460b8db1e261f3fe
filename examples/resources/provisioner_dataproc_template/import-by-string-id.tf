import {
  to = provisioner_dataproc_template.ana
  id = "gs://example-notebook-templates/dataproc_generated_templates/6idqd22h-ana-diaz/single-node.yaml"
}
