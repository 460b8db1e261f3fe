variable "path" {
  description = "Path of the roster, a YAML file."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists(var.path)
    error_message = "There is no roster at \"${var.path}\": give the path of a YAML file such as users.yaml."
  }
}
