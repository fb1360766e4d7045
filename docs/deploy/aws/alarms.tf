resource "aws_sns_topic" "alarms" {
  name              = "readyline-alarms"
  kms_master_key_id = aws_kms_key.main.id # AWS's own key is closed to alarms
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  alarms = {
    errors = {
      namespace  = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", statistic = "Sum", above = 10
      dimensions = { LoadBalancer = aws_lb.main.arn_suffix }
    }
    unhealthy = {
      namespace  = "AWS/ApplicationELB", metric = "UnHealthyHostCount", statistic = "Maximum", above = 0
      dimensions = { LoadBalancer = aws_lb.main.arn_suffix, TargetGroup = aws_lb_target_group.web.arn_suffix }
    }
    slow = {
      namespace  = "AWS/ApplicationELB", metric = "TargetResponseTime", statistic = "Average", above = 1
      dimensions = { LoadBalancer = aws_lb.main.arn_suffix }
    }
    database_cpu = {
      namespace  = "AWS/RDS", metric = "CPUUtilization", statistic = "Average", above = 80
      dimensions = { DBInstanceIdentifier = aws_db_instance.main.identifier }
    }
    worker_cpu = {
      namespace  = "AWS/ECS", metric = "CPUUtilization", statistic = "Average", above = 90
      dimensions = { ClusterName = aws_ecs_cluster.main.name, ServiceName = aws_ecs_service.worker.name }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "above" {
  for_each            = local.alarms
  alarm_name          = "readyline-${each.key}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  dimensions          = each.value.dimensions
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "disk" {
  alarm_name          = "readyline-database-disk"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  statistic           = "Minimum"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.main.identifier }
  comparison_operator = "LessThanThreshold"
  threshold           = 4 * 1024 * 1024 * 1024
  period              = 300
  evaluation_periods  = 3
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

# Asks from outside, from several continents.
resource "aws_route53_health_check" "main" {
  fqdn              = var.domain
  port              = 443
  type              = "HTTPS"
  resource_path     = "/healthz"
  request_interval  = 30
  failure_threshold = 3
}

resource "aws_budgets_budget" "monthly" {
  name         = "readyline"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = [var.alarm_email]
  }
}
