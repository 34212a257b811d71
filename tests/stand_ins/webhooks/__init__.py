"""Webhooks of payment providers, from the stand-in through the door to orders."""
