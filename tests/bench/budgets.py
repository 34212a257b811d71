"""The most that a default order may use and cost."""

TRANSITIONS = 5
WRITE_UNITS = 95  # without the ledger of effects
LEDGER_UNITS = 4  # a hold and a capture, each written down before it and after
READ_UNITS = 12
PRICE = 0.00025


def is_near(measured: float, stated: float) -> bool:
    return abs(measured - stated) <= stated / 10


def at_most(measured: float, budget: float) -> tuple[str, bool]:
    """The budget in words, and whether it is kept."""
    return f"<= {budget:g}", measured <= budget
