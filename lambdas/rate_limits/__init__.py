"""Limits on how often a caller may act, and idempotency keys. The doors use it; it reads and writes the guard table only.

Every item of that table expires. None is the truth about an order: losing one costs a repeated request, never an order.
"""
