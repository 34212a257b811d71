"""Checks of what a stage is paid by."""
