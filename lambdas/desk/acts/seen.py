"""A short text of the order as a page showed it, which its buttons send back. It tells what changed in between.

It decides nothing: only the revision does. A forged one tells its sender nonsense about what changed.
"""

from lambdas.orders.model.order import Order

_MAX = 4_000


def seen_text(order: Order) -> str:
    """`205;3201=done,3202=waiting`: the step, and the state of each action."""
    states = ",".join(f"{key}={action.state.value}" for key, action in order.actions.items())
    return f"{order.step_id};{states}"[:_MAX]


def changes_since(seen: str, order: Order) -> list[str]:
    """Sentences that say what is different now; empty if nothing of it is."""
    step, _, said = seen[:_MAX].partition(";")
    states = dict(pair.split("=", 1) for pair in said.split(",") if "=" in pair)
    found = []
    names = {str(each.step_id): each.name for each in order.checklist_steps}
    if step in names and step != str(order.step_id):
        found.append(f"The order was in {names[step]} and is in {order.step.name} now.")
    for key, action in order.actions.items():
        before = states.get(key)
        if before in _STATES and before != action.state.value:
            found.append(f"{action.name} was {_STATES[before]} and is {_STATES[action.state.value]} now.")
    return found


_STATES = {
    "pending": "ahead",
    "running": "running",
    "waiting": "waiting",
    "failed": "failed",
    "done": "done",
    "skipped": "skipped",
    "undone": "taken back",
}
