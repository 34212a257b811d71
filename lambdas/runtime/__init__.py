"""What every function needs before its first line: settings, logger, DynamoDB items."""
