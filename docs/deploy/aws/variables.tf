variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "far_region" {
  description = "Where copies of backups lie."
  type        = string
  default     = "eu-west-1"
}

variable "environment" {
  type    = string
  default = "production"
}

variable "domain" {
  description = "Name of the server, for instance readyline.example.com."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone that holds the name."
  type        = string
}

variable "image" {
  description = "Image with its version; never latest."
  type        = string
  default     = "ghcr.io/readyline/readyline:0.1.0"
}

variable "github_url" {
  type    = string
  default = "https://github.com"
}

variable "github_api_url" {
  type    = string
  default = "https://api.github.com"
}

variable "alarm_email" {
  description = "Who is told when something is wrong."
  type        = string
}

variable "oncall_users" {
  description = "PagerDuty's ids of the people who take turns; the first is called when nobody answers."
  type        = list(string)
}

variable "monthly_budget_usd" {
  type    = number
  default = 300
}
