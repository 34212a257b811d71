"""CloudFront and the firewall before the doors of a stage, by its setting `front`."""

FIREWALL_REGION = "us-east-1"  # where CloudFront's firewalls and certificates are
