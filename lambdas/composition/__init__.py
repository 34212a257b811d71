"""What the three doors share: the verbs of orders, put together for a stage."""
