"""Manual Check-off: a task for a person. Processing it marks it as done (docs/reference/ubersmith.md, 2.1 no. 10).

A task may name another action. The user who did that one may not check this one off, so two people look at the order.
"""

from pydantic import Field

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools, Waiting
from lambdas.orders.model.order import Order


class ManualCheckOffConfig(Config):
    """The task, and whether a second person must do it."""

    text: str = Field(min_length=1, max_length=2000, description="What to do, for the person who does it.")
    second_person_of: int | None = Field(
        default=None, gt=0, description="Id of the action that somebody else must have processed."
    )


def run(order: Order, config: ManualCheckOffConfig, tools: Tools) -> Done | Waiting:
    by = tools.action_of(order).by
    if not by:
        return Waiting(f"to do: {config.text}")
    if config.second_person_of is not None:
        _refuse_same_person(order, config.second_person_of, by)
    return Done("checked off")


def _refuse_same_person(order: Order, other_id: int, by: str) -> None:
    other = order.actions.get(str(other_id))
    if other is None:
        raise PermanentError(
            f"this check is for a second person after action {other_id}, which this order does not have; skip it, or "
            "correct the queue for the orders to come"
        )
    if not other.met:
        raise PermanentError(
            f"{other.name} ({other_id}) comes first: this check is for a second person after it; process that, then this again"
        )
    if other.by == by:
        raise PermanentError(
            f"the user who processed {other.name} ({other_id}) may not check it as well; somebody else must process this action"
        )


NAME = "manual_check_off"
module = Module(NAME, ManualCheckOffConfig, run, label="Manual Check-off")
handler = action_handler(module)
