"""Refunds of parts of what was paid."""
