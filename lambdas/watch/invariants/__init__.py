"""Holds the stage's live data to the promises of the design: each violation names the order and how to fix it."""
