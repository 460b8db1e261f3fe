# By the person, when the template has the default name and is in the provider's project and location.
terraform import provisioner_spark_session_template.ana ana.diaz@example.com

# By the person and the name.
terraform import provisioner_spark_session_template.ana ana.diaz@example.com/my-template

# By project, region and name, or the full name. Whose it is then comes from the configuration.
terraform import provisioner_spark_session_template.ana example/us-central1/my-template
