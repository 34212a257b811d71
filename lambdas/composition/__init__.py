"""The verbs of orders, put together for a stage and shared by all doors."""
