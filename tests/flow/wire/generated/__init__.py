"""Clients that are generated from docs/openapi.json, and what is called with them."""
