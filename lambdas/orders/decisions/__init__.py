"""Decisions about an order. Pure: order in, order out, or a refusal that gives the reason.

The modules here hold what happens automatically and what waits. `lead/` comes before submit, `operator/` holds acts of people.
"""
