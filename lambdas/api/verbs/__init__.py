"""What methods do where that is more than one verb of the domain (lambdas/orders/service.py)."""
