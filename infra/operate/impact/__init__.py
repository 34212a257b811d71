"""Judges what a deploy would do to the orders in progress."""
