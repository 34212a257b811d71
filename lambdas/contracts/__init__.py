"""Signed contracts: what one says, how it becomes a submitted order, and how far that order is still what was signed.

Doors use this: the event and webhook door (lambdas/intake) and API 2.0's `client.quote_sign` take the same way.
"""
