"""Mails that orders of forms bring about: the confirmation at submit, the link somebody asked for, reminders of leads.

It stands above the doors: it reads forms, and nothing reads it.
"""
