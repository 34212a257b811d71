"""Finds orders that are stuck: waits past their deadline and executions that ended. Each is reported once."""
