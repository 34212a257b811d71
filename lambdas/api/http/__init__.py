"""Reads HTTP requests into calls and writes answers. Nothing here knows the caller."""
