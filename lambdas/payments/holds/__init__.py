"""Keeps the holds of orders: renews them, takes their money before they lapse, or gives them to people."""
