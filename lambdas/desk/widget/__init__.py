"""The desk in the AWS console: custom widgets of a dashboard.

One function reads and another one acts, so that IAM decides who may."""
