output "url" {
  value = "https://${var.domain}"
}

output "database_endpoint" {
  value = aws_db_instance.main.endpoint
}

output "secrets_to_fill" {
  value = [for s in aws_secretsmanager_secret.readyline : s.name]
}
