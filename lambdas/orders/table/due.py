"""The parts of the due index. All overdue orders under one key would be a limit of their own (docs/scale.md)."""

DUE_SHARDS = 8  # a key of an index takes 1,000 writes a second


def due_shard(order_id: str) -> str:
    """The part that names the order. Compiled machines work it out in the same way (statemachines/waits.py)."""
    return str(int(order_id) % DUE_SHARDS)
