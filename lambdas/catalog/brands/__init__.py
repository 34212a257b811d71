"""Brands: how buyers see who sells. Pure."""
