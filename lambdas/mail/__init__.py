"""Outgoing mail: addresses, texts, and sending that records the outcome of each mail. Actions and doors use it."""
