package facts

// madeElsewhere are the kinds that modules for Azure and Google are mostly named
// after. Their arguments have names that no module for AWS gives them.
var madeElsewhere = []tfMade{
	{
		resource: "azurerm_linux_function_app", words: []string{"function app", "functionapp", "functions app"},
		signs: []string{"app_settings", "health_check_path", "node_version", "app_service_plan_id", "app_service_plan_info", "runtime_version", "storage_account_name",
			"service_plan_id", "functions_extension_version", "site_config", "application_stack"},
		attributes: []string{"health_check_path=site_config.health_check_path", "https_only", "identity", "app_settings", "virtual_network_subnet_id", "subnet_id=virtual_network_subnet_id"},
	},
	{
		resource: "azurerm_linux_web_app", words: []string{"app service", "appservice", "web app", "webapp"},
		signs: []string{"app_settings", "health_check_path", "docker_image", "app_service_plan_id", "service_plan_id", "node_version", "dotnet_version", "site_config",
			"application_stack", "app_command_line", "always_on"},
		attributes: []string{"health_check_path=site_config.health_check_path", "health_check_maxpingfailures=site_config.health_check_eviction_time_in_min", "https_only", "identity",
			"always_on=site_config.always_on", "app_settings", "virtual_network_subnet_id", "subnet_id=virtual_network_subnet_id"},
	},
	{
		resource: "azurerm_eventhub", words: []string{"eventhub", "eventhubs"},
		signs: []string{"eventhubs", "event_hubs", "auto_inflate_enabled", "maximum_throughput_units", "partition_count", "message_retention"},
	},
	{
		resource: "azurerm_virtual_network_gateway", words: []string{"vpn gateway", "vpn", "vpngateway"},
		signs:      []string{"vpn_client_configuration", "vpn_type", "pip_sku", "gateway_subnet_id"},
		attributes: []string{"vpn_client_configuration"},
	},
	{
		resource: "azurerm_cosmosdb_account", words: []string{"cosmosdb", "cosmos", "documentdb databaseaccount"},
		signs: []string{"consistency_policy", "offer_type", "main_geo_location_location", "additional_geo_locations", "geo_locations", "geo_location", "sql_databases"},
		attributes: []string{"backup", "consistency_policy", "geo_location", "geo_locations=geo_location", "additional_geo_locations=geo_location", "public_network_access_enabled",
			"automatic_failover_enabled", "enable_automatic_failover=automatic_failover_enabled", "kind"},
	},
	{
		resource: "azurerm_postgresql_flexible_server", words: []string{"postgresql flexible", "postgres flexible", "postgresql", "postgres", "pgsql", "dbforpostgresql flexibleserver"},
		signs: []string{"geo_redundant_backup_enabled", "geo_redundant_backups", "high_availability_enabled", "high_availability", "storage_mb", "pgsql_sku", "pgsql_databases",
			"pgsql_version", "pgsql_storage_mb", "pgsql_delegated_subnet_id", "pgbouncer_enabled", "delegated_subnet_id"},
		attributes: []string{"backup_retention_days", "geo_redundant_backup_enabled", "geo_redundant_backups=geo_redundant_backup_enabled", "delegated_subnet_id",
			"public_network_access_enabled", "auto_grow_enabled", "create_mode", "storage_mb", "version"},
	},
	{
		resource: "azurerm_redis_cache", words: []string{"redis", "redis cache"},
		signs:      []string{"family", "enable_non_ssl_port", "non_ssl_port_enabled", "redis_version", "redis_configuration", "sku_name"},
		attributes: []string{"enable_non_ssl_port", "non_ssl_port_enabled", "minimum_tls_version", "zones", "capacity", "family", "subnet_id"},
	},
	{
		resource: "azurerm_storage_account", words: []string{"storage account", "storageaccount"},
		signs: []string{"account_tier", "account_replication_type", "account_kind", "replication_type", "access_tier", "blob_versioning_enabled", "blob_properties", "min_tls_version"},
		attributes: []string{"account_tier", "account_replication_type", "replication_type=account_replication_type", "account_kind", "https_traffic_only_enabled", "enable_https_traffic_only",
			"min_tls_version", "infrastructure_encryption_enabled", "blob_properties", "static_website", "public_network_access_enabled"},
	},
	{
		resource: "azurerm_key_vault", words: []string{"key vault", "keyvault"},
		signs:      []string{"soft_delete_retention_days", "purge_protection_enabled", "enabled_for_disk_encryption", "tenant_id", "rbac_authorization_enabled", "enable_rbac_authorization"},
		attributes: []string{"soft_delete_retention_days", "purge_protection_enabled", "sku_name", "rbac_authorization_enabled", "enable_rbac_authorization"},
	},
	{
		resource: "azurerm_kubernetes_cluster", words: []string{"aks", "kubernetes cluster", "containerservice managedcluster"},
		signs: []string{"default_node_pool", "system_node_pool", "system_node_pool_vm_size", "system_node_pool_node_count_min", "agents_size", "user_node_pools", "node_pools", "sku_tier",
			"kubernetes_version", "network_plugin", "log_analytics_workspace_id"},
		attributes: []string{"default_node_pool", "kubernetes_version", "azure_active_directory_role_based_access_control", "oms_agent", "maintenance_window", "disk_encryption_set_id", "sku_tier"},
	},
	{
		resource: "azurerm_application_gateway", words: []string{"application gateway", "app gateway", "applicationgateway", "appgateway"},
		signs:      []string{"backends", "backend_pools", "backend_address_pools", "http_listener", "http_listeners", "listeners", "waf_configuration", "firewall_policy_id", "app_gateway_max_capacity", "sku_name"},
		attributes: []string{"firewall_policy_id", "http_listener", "http_listeners=http_listener", "probe", "probes=probe", "zones", "waf_configuration"},
	},
	{
		resource: "google_sql_database_instance", words: []string{"cloudsql", "cloud sql", "sql db", "cloud sql instance"},
		signs: []string{"database_version", "availability_type", "backup_configuration", "tier", "maintenance_window_day", "deletion_protection_enabled", "disk_autoresize"},
		attributes: []string{"database_version", "availability_type=settings.availability_type", "backup_configuration=settings.backup_configuration", "ip_configuration=settings.ip_configuration",
			"deletion_protection", "tier=settings.tier", "disk_autoresize=settings.disk_autoresize"},
	},
	{
		resource: "google_container_cluster", words: []string{"gke", "gke cluster"},
		signs: []string{"master_ipv4_cidr_block", "release_channel", "node_pools", "ip_range_pods", "ip_range_services", "enable_private_nodes", "enable_autopilot", "workload_identity_config"},
		attributes: []string{"release_channel=release_channel.channel", "enable_autopilot", "enable_private_nodes=private_cluster_config.enable_private_nodes", "master_authorized_networks_config",
			"subnetwork", "network", "deletion_protection"},
	},
	{
		resource: "google_cloud_run_v2_service", words: []string{"cloud run", "cloudrun"},
		signs: []string{"image", "container_image", "containers", "container_concurrency", "min_instances", "max_instances", "min_instance_count", "max_instance_count", "ingress"},
		attributes: []string{"min_instances=template.scaling.min_instance_count", "min_instance_count=template.scaling.min_instance_count", "max_instances=template.scaling.max_instance_count",
			"max_instance_count=template.scaling.max_instance_count", "service_account=template.service_account", "service_account_email=template.service_account", "ingress"},
	},
	{
		resource: "google_redis_instance", words: []string{"memorystore"},
		signs:      []string{"memory_size_gb", "tier", "redis_version", "transit_encryption_mode"},
		attributes: []string{"memory_size_gb", "tier", "transit_encryption_mode", "auth_enabled", "persistence_config"},
	},
}
