"""Runbooks of Systems Manager Automation: each starts a verb of orders in the name of the person who started it."""
