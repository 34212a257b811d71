"""Pauses of modules, gateways and queues' submits."""
