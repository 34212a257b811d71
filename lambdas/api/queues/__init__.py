"""Methods of queues and modules."""
