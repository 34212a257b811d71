"""Invoices, credit notes and their numbers."""
