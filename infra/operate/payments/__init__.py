"""Commands about the money of a stage."""
