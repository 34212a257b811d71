"""The desk in the AWS console: custom widgets of a CloudWatch dashboard. One function reads, another one acts, so that IAM decides."""
