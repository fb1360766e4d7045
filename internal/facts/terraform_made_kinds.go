package facts

// besides are the words of modules that make something for a resource.
var besides = []string{
	"access", "addon", "addons", "alarm", "alarms", "alert", "alerts", "association", "attachment", "auth", "backup", "backups",
	"bootstrap", "controller", "credentials", "dashboard", "dashboards", "data", "dns", "dump", "edge", "endpoint", "endpoints",
	"event", "events", "export", "exporter", "flow", "grant", "grants", "iam", "init", "irsa", "label", "layer", "link", "listener",
	"listeners", "lookup", "metric", "metrics", "migration", "migrations", "monitor", "monitoring", "monitors", "notification",
	"notifications", "notifier", "object", "objects", "parameter", "parameters", "peering", "permission", "permissions", "policies",
	"policy", "proxy", "record", "records", "remote", "replication", "restore", "role", "roles", "rotation", "rule", "rules", "slot", "autoscaler",
	"schedule", "scheduler", "secret", "secrets", "security", "sg", "share", "snapshot", "snapshots", "state", "subnet", "subnets",
	"tags", "target", "targets", "tgw", "trigger", "triggers", "user", "users", "waf", "website",
}

var (
	databaseWords = []string{"rds", "aurora", "postgres", "postgresql", "mysql", "mariadb", "sqlserver", "db", "database"}
	databaseSigns = []string{"instance_class", "db_instance_class", "rds_instance_class", "allocated_storage", "db_allocated_storage", "rds_allocated_storage",
		"storage_encrypted", "multi_az", "rds_multi_az", "db_multi_az", "backup_retention_period", "db_backup_retention_period", "rds_family"}
	bucketWords = []string{"s3", "bucket"}
)

// madeByModules are the kinds that modules are mostly named after. A bucket and
// its settings are resources of their own, of which a module makes what it is
// told to and maybe more: only what it is told is added.
var madeByModules = []tfMade{
	{
		resource: "aws_db_instance", words: databaseWords, signs: databaseSigns,
		attributes: []string{"instance_class", "engine", "engine_version", "allocated_storage", "max_allocated_storage", "multi_az", "multiple_availability_zones=multi_az",
			"backup_retention_period", "backup_window", "maintenance_window", "deletion_protection", "storage_encrypted", "encrypted=storage_encrypted",
			"encryption=storage_encrypted", "storage_encryption=storage_encrypted", "kms_key_id", "publicly_accessible", "performance_insights_enabled",
			"monitoring_interval", "enhanced_monitoring_interval=monitoring_interval", "iam_database_authentication_enabled",
			"iam_authentication=iam_database_authentication_enabled", "enabled_cloudwatch_logs_exports", "cloudwatch_logs_exports=enabled_cloudwatch_logs_exports",
			"auto_minor_version_upgrade", "allow_minor_version_upgrade=auto_minor_version_upgrade", "skip_final_snapshot", "manage_master_user_password",
			"copy_tags_to_snapshot", "ca_cert_identifier", "storage_type", "iops", "replicate_source_db"},
	},
	{
		resource: "aws_elasticache_replication_group", words: []string{"elasticache", "redis", "valkey"},
		signs: []string{"node_type", "redis_node_type", "number_cache_clusters", "num_cache_clusters", "replicas_per_node_group", "num_node_groups",
			"at_rest_encryption_enabled", "transit_encryption_enabled", "automatic_failover_enabled", "snapshot_retention_limit"},
		attributes: []string{"node_type", "instance_type=node_type", "num_cache_clusters", "number_cache_clusters=num_cache_clusters", "engine_version",
			"automatic_failover_enabled", "multi_az_enabled", "at_rest_encryption_enabled", "transit_encryption_enabled", "snapshot_retention_limit",
			"snapshot_retention=snapshot_retention_limit", "kms_key_id", "auth_token", "maintenance_window", "snapshot_window"},
	},
	{
		resource: "aws_eks_cluster", words: []string{"eks", "kubernetes"},
		signs: []string{"cluster_version", "eks_version", "eks_cluster_version", "node_groups", "eks_managed_node_groups", "managed_node_groups", "worker_groups",
			"cluster_endpoint_public_access", "cluster_endpoint_private_access", "cluster_enabled_log_types", "enabled_cluster_log_types"},
		attributes: []string{"version", "kubernetes_version=version", "enabled_cluster_log_types", "enabled_log_types=enabled_cluster_log_types",
			"log_types=enabled_cluster_log_types", "endpoint_public_access=vpc_config.endpoint_public_access",
			"endpoint_private_access=vpc_config.endpoint_private_access", "public_access_cidrs=vpc_config.public_access_cidrs",
			"endpoint_public_access_cidrs=vpc_config.public_access_cidrs", "subnet_ids=vpc_config.subnet_ids", "subnets=vpc_config.subnet_ids",
			"private_subnets=vpc_config.subnet_ids", "private_subnet_ids=vpc_config.subnet_ids"},
	},
	{
		resource: "aws_vpc", words: []string{"vpc", "network", "networking"},
		signs:      []string{"cidr", "cidr_block", "vpc_cidr", "vpc_cidr_block"},
		attributes: []string{"cidr_block", "cidr=cidr_block", "enable_dns_hostnames", "enable_dns_support", "ipv6=assign_generated_ipv6_cidr_block"},
	},
	{
		resource: "aws_flow_log", words: []string{"vpc", "network", "networking"},
		signs:      []string{"cidr", "cidr_block", "vpc_cidr", "vpc_cidr_block", "azs", "availability_zones", "private_subnets"},
		switches:   []string{"flow_log", "flow_logs"},
		attributes: []string{"flow_log_traffic_type=traffic_type", "flow_logs_traffic_type=traffic_type", "flow_log_destination_type=log_destination_type"},
	},
	{
		resource: "aws_nat_gateway", words: []string{"vpc", "network", "networking"},
		signs:    []string{"cidr", "cidr_block", "vpc_cidr", "vpc_cidr_block", "azs", "availability_zones", "private_subnets"},
		switches: []string{"nat_gateway", "nat_gateways"},
	},
	{
		resource: "aws_s3_bucket_versioning", words: bucketWords, switches: []string{"versioning"},
		attributes: []string{"versioning=versioning_configuration.status"},
	},
	{
		resource: "aws_s3_bucket_lifecycle_configuration", words: bucketWords, switches: []string{"lifecycle_rule", "lifecycle_rules"},
		attributes: []string{"lifecycle_rule=rule", "lifecycle_rules=rule"},
	},
	{
		resource: "aws_lb", words: []string{"alb", "nlb", "lb", "loadbalancer"},
		signs: []string{"internal", "load_balancer_type", "enable_deletion_protection", "drop_invalid_header_fields", "access_logs", "access_logs_enabled",
			"http_tcp_listeners", "https_listeners", "listeners", "certificate_arn", "idle_timeout"},
		attributes: []string{"enable_deletion_protection", "drop_invalid_header_fields", "internal", "enable_http2", "idle_timeout", "subnets", "subnet_ids=subnets",
			"security_groups", "security_group_ids=security_groups", "access_logs_bucket=access_logs.bucket", "access_logs_enabled=access_logs.enabled",
			"access_logs_s3_bucket=access_logs.bucket", "load_balancer_type", "type=load_balancer_type"},
	},
	{
		resource: "aws_lambda_function", words: []string{"lambda"},
		signs: []string{"handler", "lambda_handler", "runtime", "lambda_runtime", "image_uri", "memory_size", "lambda_memory_size"},
		attributes: []string{"handler", "runtime", "memory_size", "timeout", "reserved_concurrent_executions", "image_uri", "architectures", "kms_key_arn",
			"tracing_mode=tracing_config.mode", "tracing_config_mode=tracing_config.mode", "dead_letter_target_arn=dead_letter_config.target_arn",
			"subnet_ids=vpc_config.subnet_ids", "vpc_subnet_ids=vpc_config.subnet_ids"},
	},
	{
		resource: "aws_sqs_queue", words: []string{"sqs", "queue"},
		signs: []string{"visibility_timeout_seconds", "message_retention_seconds", "fifo_queue", "redrive_policy", "max_receive_count", "sqs_managed_sse_enabled",
			"kms_master_key_id", "encrypt_sqs_kms", "sqs_name", "receive_wait_time_seconds"},
		attributes: []string{"visibility_timeout_seconds", "message_retention_seconds", "kms_master_key_id", "kms_key_id=kms_master_key_id", "sqs_managed_sse_enabled",
			"receive_wait_time_seconds", "redrive_policy", "fifo_queue"},
	},
	{
		resource: "aws_dynamodb_table", words: []string{"dynamodb", "dynamo"}, signs: []string{"hash_key", "billing_mode", "table_name"},
		attributes: []string{"hash_key", "range_key", "billing_mode", "deletion_protection_enabled", "point_in_time_recovery=point_in_time_recovery.enabled",
			"pitr=point_in_time_recovery.enabled", "encryption=server_side_encryption.enabled", "server_side_encryption=server_side_encryption.enabled",
			"server_side_encryption_kms_key_arn=server_side_encryption.kms_key_arn", "ttl_attribute=ttl.attribute_name", "ttl=ttl.enabled"},
	},
	{
		resource: "aws_efs_file_system", words: []string{"efs"},
		signs:      []string{"encrypted", "throughput_mode", "performance_mode", "kms_key_id", "kms_key_arn", "transition_to_ia", "creation_token"},
		attributes: []string{"encrypted", "encryption=encrypted", "kms_key_id", "throughput_mode", "transition_to_ia=lifecycle_policy.transition_to_ia"},
	},
	{
		resource: "aws_ecs_service", words: []string{"ecs service", "fargate service", "fargate"},
		signs: []string{"cluster", "cluster_arn", "cluster_id", "cluster_name", "ecs_cluster", "ecs_cluster_arn", "ecs_cluster_id", "ecs_cluster_name",
			"container_image", "docker_image", "image", "container_definitions", "container_port", "task_definition", "task_cpu", "task_memory", "desired_count"},
		attributes: []string{"desired_count", "desired_tasks=desired_count", "tasks_desired_count=desired_count", "count=desired_count", "target_group=load_balancer.target_group_arn",
			"load_balancer_target_group=load_balancer.target_group_arn", "subnets=network_configuration.subnets", "subnet=network_configuration.subnets",
			"private_subnets=network_configuration.subnets", "private_subnet=network_configuration.subnets",
			"assign_public_ip=network_configuration.assign_public_ip", "launch_type", "deployment_minimum_healthy_percent", "deployment_maximum_percent",
			"circuit_breaker_rollback=deployment_circuit_breaker.rollback", "enable_execute_command", "ecs_exec=enable_execute_command"},
	},
	{
		resource: "aws_autoscaling_group", words: []string{"asg", "autoscaling"},
		signs: []string{"min_size", "max_size", "asg_min_size", "asg_max_size"},
		attributes: []string{"min_size", "max_size", "desired_capacity", "health_check_type", "health_check_grace_period", "vpc_zone_identifier", "subnet_ids=vpc_zone_identifier",
			"target_group_arns", "termination_policies", "max_instance_lifetime"},
	},
}
