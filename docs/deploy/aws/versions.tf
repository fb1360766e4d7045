terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
    pagerduty = {
      source  = "PagerDuty/pagerduty"
      version = "~> 3.26"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # Bucket and key come from `terraform init -backend-config=…`, one for each
  # environment.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { service = "readyline", environment = var.environment }
  }
}

# Where copies of backups lie.
provider "aws" {
  alias  = "far"
  region = var.far_region
}
