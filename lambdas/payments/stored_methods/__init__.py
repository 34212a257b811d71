"""Stored payment methods of clients, as far as gateways and orders have a part in them."""
