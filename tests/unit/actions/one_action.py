"""An order in front of one action of the module under test, beside what other tests of modules share."""

from typing import Any

from lambdas.actions._frame.module import Module
from lambdas.orders.model.order import Order
from lambdas.runtime.telemetry import metrics
from tests.support.build import a_queue, a_submitted_order
from tests.unit.actions.conftest import World

ACTION, OTHER = 201, 202
PERSONAL = ("Ada", "Lovelace", "ada@", "example.com")


def an_order_with(
    world: World,
    module: Module[Any],
    config: dict[str, Any] | None = None,
    *,
    others: tuple[dict[str, Any], ...] = (),
    token: str | None = None,
    info: dict[str, Any] | None = None,
    automatic: bool = True,
    **changes: Any,
) -> Order:
    """In Processing, where action 201 runs the module."""
    metrics.clear_metrics()  # as the handler does after each run; powertools gives up at a hundred
    action = {"id": ACTION, "name": module.label, "module": module.name, "config": config or {}, "automatic": automatic}
    steps = [
        {"id": 1, "name": "Leads"},
        {"id": 2, "name": "Processing", "actions": [action, *({"automatic": automatic, **other} for other in others)]},
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    placed = a_submitted_order(a_queue(steps=steps))
    queue = {name: getattr(placed, name) for name in ("actions", "checklist_steps", "step_id", "step_status")}
    return world.order(token=token, info=info, **{**queue, **changes})


def ask(world: World, *, by: str = "ann", action_id: int = ACTION, **given: Any) -> None:
    """Somebody asks for a run of the action, as order.process does."""
    action = world.action(action_id).changed(by=by, input=given, requested_at=world.clock())
    world.store.save(world.at_present().with_action(action))


def says_nothing_personal(world: World, action_id: int = ACTION) -> bool:
    action = world.action(action_id)
    said = f"{action.reason} {action.result}"
    return not [word for word in PERSONAL if word in said]
