"""IAM, which the engine does not have."""
