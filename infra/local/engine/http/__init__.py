"""Corrections of the engine's HTTP APIs, and the front."""
