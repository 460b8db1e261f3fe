variable "delete_leftover_sessions" {
  description = "Whether the sessions that still run are ended with the template. The plan lists them either way."
  type        = bool
  default     = false
  nullable    = false
}

variable "idle_minutes" {
  description = "After how many idle minutes a session ends. Null: 60."
  type        = number
  default     = null
}

variable "kernel" {
  description = "`PYTHON`, `SCALA` or `SPARK_CONNECT`. Null: `PYTHON`."
  type        = string
  default     = null
}

variable "labels" {
  description = "Labels of the sessions, such as a cost centre."
  type        = map(string)
  default     = null
}

variable "max_minutes" {
  description = "After how many minutes a session ends whatever happens. Null: 1440, one day."
  type        = number
  default     = null
}

variable "properties" {
  description = "Spark properties of the sessions."
  type        = map(string)
  default     = null
}

variable "runtime_version" {
  description = "Version of the Spark runtime. Null leaves it to Google."
  type        = string
  default     = null
}

variable "user_email" {
  description = "Whose template it is."
  type        = string
  nullable    = false
}
