"""Settings, telemetry, AWS clients and DynamoDB items, for every function."""
