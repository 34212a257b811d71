"""Quotes and signed contracts."""
