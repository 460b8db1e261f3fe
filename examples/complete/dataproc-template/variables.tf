variable "bucket" {
  description = "Name of the bucket that the file goes to."
  type        = string
  nullable    = false
}

variable "delete_leftover_clusters" {
  description = "Whether the person's clusters that still run are deleted with the file. The plan lists them either way."
  type        = bool
  default     = false
  nullable    = false
}

variable "file" {
  description = "Path of the admin's file, a Dataproc cluster in YAML."
  type        = string
  nullable    = false
}

variable "user_email" {
  description = "Whose clusters the file makes."
  type        = string
  nullable    = false
}
