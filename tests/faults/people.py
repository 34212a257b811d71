"""What the people of an order do next, from what they can see of it. Pure: order in, call of the API out."""

from dataclasses import dataclass, field
from typing import Any

from infra.local.play.scenes import SECOND_PEOPLE, Scene
from lambdas.orders.decisions.progress import unmet_prereqs
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import WaitKey, WaitKind

_AT_WORK = "the receiver is at work"
_PATIENCE = 12  # runs of one action after which nobody tries it again: more than any fault here costs
_OPEN = (ActionState.PENDING, ActionState.RUNNING)


@dataclass(frozen=True)
class Deed:
    """One call. `who`: as which of the stack's people; empty: the first."""

    method: str
    parameters: dict[str, Any] = field(default_factory=dict)
    who: str = ""


def next_deed(order: Order, scene: Scene, *, but: str = "") -> Deed | None:
    """The next thing that the order waits for and that somebody does; `but`: the action that nobody touches."""
    if action := _beside(order):
        return None if action.requested_at else _process(action)
    for action in _waited_for(order):
        # What is begun outside is left to those outside, who will say so.
        if not action.reason.startswith(_AT_WORK) and action.name != but and action.attempts < _PATIENCE:
            why = scene.skips.get(action.name)
            return _process(action, skip=True, reason=why) if why else _process(action, input=_given(action))
    return None


def awaits(order: Order, name: str) -> bool:
    """Whether the order waits for somebody to act on the action of this name."""
    return any(action.name == name for action in _waited_for(order))


def _waited_for(order: Order) -> list[ChecklistAction]:
    """Actions with a wait on the order, or whose undo failed."""
    asked = [key for key in map(WaitKey, order.waits) if key.kind in (WaitKind.ACTION, WaitKind.UNDO)]
    return [order.actions[key.action_key] for key in asked if key.action_key in order.actions]


def _beside(order: Order) -> ChecklistAction | None:
    """An optional action by hand that can be asked for: people see to it first, while something else keeps the step open."""
    if not order.waits:
        return None
    by_hand = (action for action in order.actions_of(order.step_id) if action.optional and not action.automatic)
    return next((one for one in by_hand if one.state in _OPEN and not unmet_prereqs(order, one)), None)


def _process(action: ChecklistAction, **more: Any) -> Deed:
    who = "qa" if action.owner in SECOND_PEOPLE else ""
    return Deed("order.process", {"order_action_id": action.action_id, **more}, who)


def _given(action: ChecklistAction) -> dict[str, Any]:
    return {"answers": ["yes"]} if action.module == "simple_question" else {}
