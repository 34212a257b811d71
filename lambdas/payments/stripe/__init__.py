"""Stripe behind the gateway port, by its own SDK. Only functions that pay import it (infra/functions/layer.py)."""
