variable "budget_usd" {
  description = "What the nights of a calendar month (UTC) may cost together. Without funds for three hours no cluster is started, and the night fails."
  type        = number
  default     = 100
  nullable    = false
}

variable "cluster" {
  description = "Name of the cluster of the night: nobody else's."
  type        = string
  default     = "nightly"
  nullable    = false
}

variable "cluster_version" {
  description = "Version of SlideRule that the cluster runs: the tag of its images. Null: `latest`."
  type        = string
  default     = null
}

variable "foundation" {
  description = "Name of the foundation, which `foundation/` makes once."
  type        = string
  default     = "nightly-foundation"
  nullable    = false
}

variable "node_capacity" {
  description = "How many nodes the cluster of the night has."
  type        = number
  default     = 2
  nullable    = false
}

variable "version_to_test" {
  description = "What is tested: a branch, a tag or a commit."
  type        = string
  default     = "main"
  nullable    = false
}
