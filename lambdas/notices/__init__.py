"""Mails for orders of forms: the confirmation after submit, how the order ended, requested links, and reminders of leads.

It stands above the doors: it imports the forms, and nothing imports it.
"""
