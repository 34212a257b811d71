"""Clients, their payment methods, their services and their standing."""
