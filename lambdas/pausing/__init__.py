"""Pausing and resuming, as users do it at any door: who may, and what there is to pause."""
