# By its id.
terraform import provisioner_personal_notebook.ana projects/example-project/locations/us-central1-a/instances/notebook-ana-diaz

# By project, location and name, or by location and name in the provider's project.
terraform import provisioner_personal_notebook.ana example-project/us-central1-a/notebook-ana-diaz
terraform import provisioner_personal_notebook.ana us-central1-a/notebook-ana-diaz

# A managed notebook is known by its id; a Dataproc Hub has to be named as one.
terraform import provisioner_personal_notebook.ana projects/example-project/locations/us-central1/runtimes/managed-instance-ana
terraform import provisioner_personal_notebook.ana dataproc_hub:us-central1-a/user-managed-instance-ana
