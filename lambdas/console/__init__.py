"""Door 4: what operators do in the AWS console."""
