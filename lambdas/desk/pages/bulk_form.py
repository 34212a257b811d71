"""The choices on the page of many orders: which orders, and which act."""

from collections.abc import Mapping

from lambdas.desk.desk import Desk
from lambdas.desk.pages.bulk_rights import CHOSEN
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.models import Frozen

_Options = tuple[tuple[str, str], ...]
_Groups = tuple[tuple[str, _Options], ...]

VERBS: _Options = (
    ("retry", "Try again what failed"),
    ("process", "Process an action"),
    ("skip", "Skip an action"),
    ("cancel", "Cancel"),
    ("restart", "Restart stopped orders"),
    ("move", "Move to a step"),
    ("assign", "Give to a person"),
)
STATES: _Options = (
    ("failed", "an action failed"),
    ("waiting", "somebody must act"),
    ("overdue", "overdue"),
    ("stopped", "without an execution"),
)


class Choices(Frozen):
    """The choices that the page offers. `steps`, `actions`: by queue."""

    queues: _Options
    steps: _Groups
    actions: _Groups
    verbs: _Options = VERBS
    states: _Options = STATES


def choices_of(desk: Desk, user: ApiUser) -> Choices:
    """The queues that the user sees, with their steps and actions."""
    queues = desk.queues_of(user)
    actions = [
        (queue.name, tuple((str(action.id), action.name) for step in queue.steps for action in step.actions))
        for queue in queues
    ]
    return Choices(
        queues=tuple((str(queue.order_queue_id), queue.name) for queue in queues),
        steps=tuple((queue.name, tuple((str(step.id), step.name) for step in queue.steps)) for queue in queues),
        actions=tuple((name, options) for name, options in actions if options),
    )


def chosen_before(query: Mapping[str, str]) -> dict[str, str]:
    """The values that the page is filled with: the boxes that were ticked in a list, or a step of a queue."""
    numbers = [name.removeprefix(CHOSEN) for name in query if name.startswith(CHOSEN)]
    orders = " ".join(number for number in numbers if number.isdecimal() and len(number) < 19)
    named = {name: query[name] for name in ("queue", "step") if query.get(name, "").isdecimal()}
    return {"orders": orders, "verb": "retry", **named}
