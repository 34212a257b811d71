"""A stand-in for the programs that queues call."""
