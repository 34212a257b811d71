"""Methods of invoices."""
