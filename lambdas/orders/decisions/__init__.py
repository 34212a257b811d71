"""Decisions about an order. Pure: order in, order out, or a refusal that gives the reason."""
