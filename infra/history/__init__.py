"""Anchors of the history of orders."""
