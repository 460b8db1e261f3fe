# By the address of the file; gs:// may be left out.
terraform import provisioner_dataproc_template.ana gs://example-notebook-templates/dataproc_generated_templates/6idqd22h-ana-diaz/single-node.yaml
