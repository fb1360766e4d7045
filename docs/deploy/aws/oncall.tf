# Who is called when an alarm goes off, and who if they don't answer. The token
# comes from PAGERDUTY_TOKEN.
provider "pagerduty" {}

resource "pagerduty_schedule" "oncall" {
  name      = "Readyline"
  time_zone = "Etc/UTC"
  layer {
    name                         = "weekly"
    start                        = "2027-01-04T08:00:00Z"
    rotation_virtual_start       = "2027-01-04T08:00:00Z"
    rotation_turn_length_seconds = 7 * 24 * 60 * 60
    users                        = var.oncall_users
  }
}

resource "pagerduty_escalation_policy" "oncall" {
  name      = "Readyline"
  num_loops = 3
  rule {
    escalation_delay_in_minutes = 15
    target {
      type = "schedule_reference"
      id   = pagerduty_schedule.oncall.id
    }
  }
  rule {
    escalation_delay_in_minutes = 30
    target {
      type = "user_reference"
      id   = var.oncall_users[0]
    }
  }
}

resource "pagerduty_service" "main" {
  name              = "Readyline"
  escalation_policy = pagerduty_escalation_policy.oncall.id
}

data "pagerduty_vendor" "cloudwatch" {
  name = "Amazon CloudWatch"
}

resource "pagerduty_service_integration" "cloudwatch" {
  name    = "CloudWatch"
  service = pagerduty_service.main.id
  vendor  = data.pagerduty_vendor.cloudwatch.id
}

resource "aws_sns_topic_subscription" "oncall" {
  topic_arn              = aws_sns_topic.alarms.arn
  protocol               = "https"
  endpoint               = "https://events.pagerduty.com/integration/${pagerduty_service_integration.cloudwatch.integration_key}/enqueue"
  endpoint_auto_confirms = true
}
