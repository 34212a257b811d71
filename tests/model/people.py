"""What people do with an order, and what goes wrong with it.

What an order waits for is done sooner or later, rightly and as often as it takes (`served`); what fails for want of
something that was passed over is passed over too. All else is a disturbance
(`disturbed`): each kind is looked at once on a way, at every moment it can come.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lambdas.orders.decisions import progress
from lambdas.orders.decisions.lead import lead_expiry
from lambdas.orders.decisions.operator import manual_actions, moves
from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import WaitKey, WaitKind
from tests.model.machine import heard, told
from tests.model.runs import crashed, silent
from tests.model.world import ATTEMPT, HOLD, Model, World
from tests.support.build import NOW

ALL_KINDS = frozenset(
    {"cancel", "move", "skip", "unskip", "ask", "crash", "refuse", "silence", "again", "remind", "pay"}
)
FIRST, SECOND = "Grace", "Ada"
IN_WANT = ("add_services", "activate_services", "generate_invoice")  # they need what an earlier action made


def served(model: Model, world: World) -> Iterator[World]:
    """The lead is submitted; what waits is processed, by the right person with the right answer."""
    order = world.order.order
    if order.is_lead:
        yield model.write(world, "submit", partial(progress.submitted, now=NOW, hold=HOLD))
        return
    if (
        any(action.module == "provision_client" and action.met for action in order.actions.values())
        and not order.client_id
    ):
        yield model.write(world, "client named", lambda order: order.changed(client_id="1"))
    for key in map(WaitKey, order.waits):
        is_asked = key.kind in (WaitKind.ACTION, WaitKind.UNDO)
        action = order.actions.get(key.action_key) if is_asked else None
        for one in () if action is None else (action, *_missing(order, action)):
            named = key if one is action else str(one.action_id)
            yield from _decided(model, world, ("process", named), _processed(one, _right_person(one), _right(one)))
            if one.module in IN_WANT and world.spent & {"skip", "move"}:
                yield from _decided(model, world, ("skip", one.action_id), _skipped(one))


def _missing(order: Order, action: ChecklistAction) -> tuple[ChecklistAction, ...]:
    """What the action waits for, as its reason says, and nobody else is asked for."""
    return tuple(one for one in progress.unmet_prereqs(order, action) if str(one.action_id) not in order.waits)


def disturbed(model: Model, world: World) -> Iterator[World]:
    for kind, acts in KINDS.items():
        if model.may(world, kind):
            yield from (model.spend(after, kind) for after in acts(model, world) if after is not world)
    for run in world.runs:
        if model.may(world, "crash") and run.claim:
            yield from crashed(model, world, run)
        if model.may(world, "silence") and run.place >= 0:
            yield from silent(model, world, run)


def _decided(model: Model, world: World, key: object, decision: Callable[[Order], Order]) -> Iterator[World]:
    """The world after a decision, unless it is refused."""

    def allowed(order: Order) -> bool:
        try:
            return decision(order) is not order
        except OrderError:
            return False

    if model.look(world, ("allowed", key), allowed):
        yield model.write(world, key, decision)


def _processed(action: ChecklistAction, by: str, given: dict[str, Any]) -> Callable[[Order], Order]:
    return partial(manual_actions.processed, action_id=action.action_id, by=by, given=given, now=NOW)


def _skipped(action: ChecklistAction) -> Callable[[Order], Order]:
    return partial(manual_actions.skipped, action_id=action.action_id, by=FIRST, why="", now=NOW)


def _right_person(action: ChecklistAction) -> str:
    return SECOND if action.config.get("second_person_of") else FIRST


def _right(action: ChecklistAction) -> dict[str, Any]:
    """The answer that the module wants; a webhook that failed is called again."""
    if action.module == "simple_question":
        return {"answers": [question["answer"] for question in action.config["questions"]]}
    return {"status": "done"} if action.module == "call_webhook" and action.state is ActionState.WAITING else {}


def _wrong(action: ChecklistAction) -> dict[str, Any]:
    if action.module == "simple_question":
        return {"answers": ["no"] * len(action.config["questions"])}
    return {"status": "failed"} if action.module == "call_webhook" else {}


def _cancel(model: Model, world: World) -> Iterator[World]:
    if not world.order.order.is_final:
        yield model.write(world, "cancel", partial(progress.canceled, now=NOW, because=""))


def _move(model: Model, world: World) -> Iterator[World]:
    """One step forward or back: passing over more steps is the same rule for more actions."""
    order = world.order.order
    places = [step.step_id for step in order.checklist_steps]
    here = places.index(order.step_id)
    for step in order.checklist_steps[max(here - 1, 0) : here + 2]:
        yield from _decided(
            model,
            world,
            ("move", step.step_id),
            partial(moves.moved, step=step, by=FIRST, why="late", now=NOW),
        )


def _skip(model: Model, world: World) -> Iterator[World]:
    for action in _here(world):
        yield from _decided(model, world, ("skip", action.action_id), _skipped(action))


def _unskip(model: Model, world: World) -> Iterator[World]:
    for action in _here(world):
        decision = partial(manual_actions.unskipped, action_id=action.action_id, by=FIRST, now=NOW)
        yield from _decided(model, world, ("unskip", action.action_id), decision)


def _ask(model: Model, world: World) -> Iterator[World]:
    """Somebody processes what does not wait: too early, beside the machine, or once more."""
    for action in _here(world):
        if str(action.action_id) not in world.order.order.waits:
            decision = _processed(action, _right_person(action), _right(action))
            yield from _decided(model, world, ("process", str(action.action_id)), decision)


def _refuse(model: Model, world: World) -> Iterator[World]:
    """The wrong person processes what waits, or with the wrong answer."""
    for action in _here(world):
        wrong = (FIRST, _wrong(action))
        if str(action.action_id) in world.order.order.waits and wrong != (_right_person(action), _right(action)):
            yield from _decided(model, world, ("wrong", action.action_id), _processed(action, *wrong))


def _again(model: Model, world: World) -> Iterator[World]:
    if world.last is not None:
        yield told(model, world, world.last)


def _remind(model: Model, world: World) -> Iterator[World]:
    """A wait comes to its end without an answer, as it does weekly; or the time of a lead is over."""
    if world.order.order.is_lead:
        yield model.write(world, "expire", partial(lead_expiry.expired, now=NOW))
    waiting = {wait.token for wait in world.order.order.waits.values()}
    for at, place in enumerate(world.machine.places if world.machine else ()):
        if place.token in waiting:
            yield heard(model, world, at, "States.Timeout")


def _pay(model: Model, world: World) -> Iterator[World]:
    """A submit dies after it began to hold money."""
    if world.order.order.is_lead:
        yield model.write(world, "pay", lambda order: order.changed(attempt=ATTEMPT))


def _here(world: World) -> tuple[ChecklistAction, ...]:
    order = world.order.order
    return () if order.is_lead or order.is_final else order.actions_of(order.step_id)


KINDS: dict[str, Callable[[Model, World], Iterator[World]]] = {
    "cancel": _cancel,
    "move": _move,
    "skip": _skip,
    "unskip": _unskip,
    "ask": _ask,
    "refuse": _refuse,
    "again": _again,
    "remind": _remind,
    "pay": _pay,
}
