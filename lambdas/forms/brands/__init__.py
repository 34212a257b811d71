"""Brands on forms and their pages."""
