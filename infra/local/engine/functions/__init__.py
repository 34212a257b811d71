"""Corrections of the engine's Lambda."""
