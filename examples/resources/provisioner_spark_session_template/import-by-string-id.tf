import {
  to = provisioner_spark_session_template.ana
  id = "ana.diaz@example.com" # or ana.diaz@example.com/NAME, PROJECT/REGION/NAME or the full name
}
