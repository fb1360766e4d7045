resource "aws_ecs_cluster" "main" {
  name = "readyline"
  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "main" {
  for_each          = local.roles
  name              = "/readyline/${each.key}"
  retention_in_days = 90
  kms_key_id        = aws_kms_key.main.arn
}

locals {
  roles = {
    web    = { cpu = 512, memory = 1024, least = 2, most = 6 }
    worker = { cpu = 1024, memory = 2048, least = 2, most = 6 }
  }
}

resource "aws_ecs_task_definition" "main" {
  for_each                 = local.roles
  family                   = "readyline-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = each.value.cpu
  memory                   = each.value.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }
  container_definitions = jsonencode([{
    name                   = "readyline"
    image                  = var.image
    command                = ["serve", "--role=${each.key}"]
    essential              = true
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    stopTimeout            = 60
    portMappings           = [{ containerPort = 8080, protocol = "tcp" }]
    environment = [
      { name = "READYLINE_PUBLIC_URL", value = "https://${var.domain}" },
      { name = "READYLINE_GITHUB_URL", value = var.github_url },
      { name = "READYLINE_GITHUB_API_URL", value = var.github_api_url },
    ]
    secrets = [
      { name = "READYLINE_DATABASE_URL", valueFrom = aws_secretsmanager_secret.readyline["database-url"].arn },
      { name = "READYLINE_KEY", valueFrom = aws_secretsmanager_secret.readyline["key"].arn },
    ]
    healthCheck = {
      command     = ["CMD", "/readyline", "healthcheck"]
      interval    = 15
      timeout     = 6
      retries     = 4
      startPeriod = 60
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.main[each.key].name
        awslogs-region        = var.region
        awslogs-stream-prefix = each.key
      }
    }
  }])
}

resource "aws_ecs_service" "web" {
  name                               = "web"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.main["web"].arn
  desired_count                      = 2
  launch_type                        = "FARGATE"
  health_check_grace_period_seconds  = 60
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.service.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "readyline"
    container_port   = 8080
  }
  lifecycle {
    ignore_changes = [desired_count]
  }
  depends_on = [aws_lb_listener.https]
}

resource "aws_ecs_service" "worker" {
  name                               = "worker"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.main["worker"].arn
  desired_count                      = 2
  launch_type                        = "FARGATE"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.service.id]
  }
  lifecycle {
    ignore_changes = [desired_count]
  }
}

resource "aws_appautoscaling_target" "main" {
  for_each           = local.roles
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.main.name}/${each.key}"
  min_capacity       = each.value.least
  max_capacity       = each.value.most
  depends_on         = [aws_ecs_service.web, aws_ecs_service.worker]
}

resource "aws_appautoscaling_policy" "main" {
  for_each           = local.roles
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = aws_appautoscaling_target.main[each.key].resource_id
  target_tracking_scaling_policy_configuration {
    target_value = 60
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

# What the server itself may do in AWS: nothing.
resource "aws_iam_role" "task" {
  name               = "readyline-task"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role" "execution" {
  name               = "readyline-execution"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Secrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for s in aws_secretsmanager_secret.readyline : s.arn]
  }
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.main.arn]
  }
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for g in aws_cloudwatch_log_group.main : "${g.arn}:*"]
  }
}

resource "aws_iam_role_policy" "execution" {
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}
