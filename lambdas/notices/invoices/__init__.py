"""Mails invoices and credit notes with their PDF, each once."""
