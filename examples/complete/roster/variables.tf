variable "at_least" {
  description = "How many people the roster must have: fewer look like a file cut short, which would take away what the others have."
  type        = number
  default     = 1
  nullable    = false
}

variable "path" {
  description = "Path of the roster, a YAML file."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists(var.path)
    error_message = "There is no roster at \"${var.path}\": give the path of a YAML file such as users.yaml."
  }
}
