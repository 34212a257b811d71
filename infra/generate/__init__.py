"""Writes files that are checked in: the OpenAPI document, event schemas, the list of places."""
