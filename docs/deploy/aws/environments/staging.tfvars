environment        = "staging"
domain             = "readyline.staging.example.com"
zone_id            = "Z0000000000000000000"
alarm_email        = "platform@example.com"
oncall_users       = ["PXXXXXX", "PYYYYYY"]
monthly_budget_usd = 150
