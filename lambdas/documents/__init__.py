"""Invoices and credit notes as documents: one model, shown as a page and as a PDF."""
