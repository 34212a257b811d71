"""The permissions of a stage's roles, and those that a deployment needs."""
