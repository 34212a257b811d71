"""Corrections of the engine's Step Functions."""
