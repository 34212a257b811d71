"""The restore of a stage's tables."""
