"""Alarms: the table of all of them, and the constructs that are made of it."""
