variable "at_least" {
  description = "How many people the roster must have: fewer look like a file cut short, and are refused. Set it near your real number."
  type        = number
  default     = 1
  nullable    = false
}

variable "databricks_token_source" {
  description = "Where the Databricks token lives: a reference such as `s3://bucket/key`, never the token."
  type        = string
  default     = "s3://data-access-secrets/databricks/token"
  nullable    = false
}

variable "google_bucket" {
  description = "Name of the bucket for people's cluster files, unique over all of Google Cloud. Null: the project and `-dataproc-templates`."
  type        = string
  default     = null
}

variable "google_location" {
  description = "Zone of the notebooks; the templates are in its region."
  type        = string
  default     = "us-central1-a"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+-[a-z]$", var.google_location))
    error_message = "google_location is \"${var.google_location}\", and must be a zone, such as us-central1-a."
  }
}

variable "google_project" {
  description = "Google Cloud project of the notebooks and templates."
  type        = string
  default     = "data-access"
  nullable    = false
}

variable "installation" {
  description = "Who owns what this repository makes: one name for each Terraform state."
  type        = string
  default     = "data-access"
  nullable    = false
}

variable "notebook_notification" {
  description = "The Slack message that a person gets with a new notebook, which has its address and, where Google asks for it, how to let it act as them. Null: none."
  type = object({
    faq_links = optional(list(object({
      title = string
      url   = string
    })), [])
    text = optional(string)
  })
  default = {
    faq_links = [
      { title = "How to use your notebook", url = "https://wiki.example.com/notebooks/how-to" },
    ]
  }
}

variable "notification" {
  description = "The Slack message that a person gets with a new cluster: links to read, and optionally a text of your own. Null: none."
  type = object({
    faq_links = optional(list(object({
      title = string
      url   = string
    })), [])
    text = optional(string)
  })
  default = {
    faq_links = [
      { title = "How to use your cluster", url = "https://wiki.example.com/clusters/how-to" },
      { title = "Which libraries it has, and how to ask for more", url = "https://wiki.example.com/clusters/libraries" },
    ]
  }
}

variable "roster" {
  description = "Path of the roster: who gets what."
  type        = string
  default     = "users.yaml"
  nullable    = false
}

variable "sliderule" {
  description = "Where SlideRule's clusters live: their domain, which has a hosted zone in Route 53; the GitHub organization whose members may log in (null: nobody); the registry with SlideRule's images; and the `s3://` address of the domain's certificate and key (null: `s3://data-access-sliderule/cf/<domain>.pem`)."
  type = object({
    certificate_source  = optional(string)
    domain              = optional(string, "sliderule.example.org")
    github_organization = optional(string)
    registry            = optional(string, "123456789012.dkr.ecr.us-east-1.amazonaws.com")
  })
  default  = {}
  nullable = false
}

variable "slack_token_source" {
  description = "Where the Slack bot token lives: a reference such as `s3://bucket/key`, never the token."
  type        = string
  default     = "s3://data-access-secrets/slack/token"
  nullable    = false
}
