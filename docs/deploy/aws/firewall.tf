# Keeps known scanners and floods away from the pages. What GitHub delivers is
# checked by its signature instead: its bodies are large, and its bursts are wanted.
resource "aws_wafv2_web_acl" "main" {
  name  = "readyline"
  scope = "REGIONAL"
  default_action {
    allow {}
  }

  rule {
    name     = "webhooks"
    priority = 0
    action {
      allow {}
    }
    statement {
      byte_match_statement {
        search_string         = "/webhooks/github"
        positional_constraint = "EXACTLY"
        field_to_match {
          uri_path {}
        }
        text_transformation {
          priority = 0
          type     = "NONE"
        }
      }
    }
    visibility_config {
      metric_name                = "webhooks"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "floods"
    priority = 1
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit              = 2000
        aggregate_key_type = "IP"
      }
    }
    visibility_config {
      metric_name                = "floods"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = { AWSManagedRulesAmazonIpReputationList = 2, AWSManagedRulesKnownBadInputsRuleSet = 3, AWSManagedRulesCommonRuleSet = 4 }
    content {
      name     = rule.key
      priority = rule.value
      override_action {
        none {}
      }
      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key
        }
      }
      visibility_config {
        metric_name                = rule.key
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    metric_name                = "readyline"
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "main" {
  resource_arn = aws_lb.main.arn
  web_acl_arn  = aws_wafv2_web_acl.main.arn
}
