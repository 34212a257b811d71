"""Where orders stand when a deployment comes: one in each step of each queue. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from infra.local.play.order import CARD
from infra.local.play.scenes import SCENES, Scene
from lambdas.orders.model.queue import Action, Queue, Step

_CAPTURE_FAILS = {**CARD, "cc_token": "tok_capture_fails"}
_BY_HAND = ("manual_check_off", "simple_question")
_INVOICE = "generate_invoice"


class Held(StrEnum):
    """What keeps an order where it stands."""

    NOTHING = "walks by itself"
    AS_LEAD = "a lead that nobody has submitted"
    BY_PERSON = "a person has not acted"
    BY_REFUSAL = "a party outside refused"
    BY_PAUSE = "its module is paused"
    BY_UNDO = "canceled, and its undo was refused"
    AT_END = "complete"


@dataclass(frozen=True)
class Stand:
    """`action`: the one that waits. `path`: what the party outside refuses once. `then_canceled`: after the deployment."""

    queue: Queue
    step: Step
    held: Held
    action: Action | None = None
    path: str = ""
    then_canceled: bool = False

    @property
    def is_canceled(self) -> bool:
        return self.then_canceled or self.held is Held.BY_UNDO

    @property
    def scene(self) -> Scene:
        """What is ordered, by card in every queue, so that money is at stake."""
        is_unpaid = self.held is Held.BY_UNDO and self.action is not None and self.action.module == _INVOICE
        return replace(scene_of(self.queue), payment=_CAPTURE_FAILS if is_unpaid else CARD)


def scene_of(queue: Queue) -> Scene:
    known = SCENES.get(
        queue.key, Scene(packs={"pack1": {"plan_id": "1"}, "pack2": {"plan_id": "3", "desserv": "a.example"}})
    )
    return replace(known, payment=CARD, fails=("", "", ""), cancel_at="")


def stands_of(queue: Queue) -> Iterator[Stand]:
    """One for each step, and one order that is canceled after the deployment."""
    yield Stand(queue, queue.leads, Held.AS_LEAD)
    for step in queue.ordinary_steps:
        stand = _stand_in(queue, step)
        yield stand
        if step is queue.ordinary_steps[-1] or stand.held is Held.BY_REFUSAL:
            yield replace(stand, then_canceled=True)
    yield Stand(queue, queue.complete, Held.AT_END)
    if undone := next((action for action in queue.actions if action.config.get("undo_url")), None):
        yield Stand(queue, queue.canceled, Held.BY_UNDO, _after(queue, undone), _path_of(undone, "undo_url"))


def _after(queue: Queue, undone: Action) -> Action:
    """Where an order is canceled that shall have something to take back: a person's work, or an invoice that nobody pays."""
    later = queue.actions[queue.actions.index(undone) + 1 :]
    by_hand = [action for action in later if action.module in _BY_HAND and not action.optional]
    return next(iter(by_hand), None) or next(action for action in later if action.module == _INVOICE)


def _stand_in(queue: Queue, step: Step) -> Stand:
    """Before something that takes time as people and others do; in a step without such, before its first action."""
    required = [action for action in step.actions if not action.optional]
    if by_hand := next((action for action in required if action.module in _BY_HAND), None):
        return Stand(queue, step, Held.BY_PERSON, by_hand)
    if outside := next((action for action in required if action.module == "call_webhook"), None):
        return Stand(queue, step, Held.BY_REFUSAL, outside, _path_of(outside, "url"))
    return Stand(queue, step, Held.BY_PAUSE, required[0])


def _path_of(action: Action, setting: str) -> str:
    """`{panel}/accounts` -> `/accounts`."""
    return str(action.config[setting]).partition("}")[2]
