"""What must hold of an order, in every world and in those where nothing goes on by itself."""

from collections.abc import Callable

from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey, WaitKind
from tests.model.world import World


def broken(world: World, *, still: bool) -> str:
    """The first rule that the world breaks, in words; "" if none."""
    rules = EVERYWHERE | (AT_REST if still else {})
    return next((name for name, holds in rules.items() if not holds(world)), "")


def _nothing_twice(world: World) -> bool:
    return world.books.captured <= 1 and world.books.given_back <= 1


def _one_run_at_a_time(world: World) -> bool:
    claimed = [run.action_id for run in world.runs if run.claim and run.at in ("capture", "done", "waits", "failed")]
    return len(claimed) == len(set(claimed))


def _nothing_starts_late(world: World) -> bool:
    """No run was claimed after the cancel."""
    canceled = world.order.order.step_status is StepStatus.CANCELED
    return not canceled or all(run.gone or not run.claim for run in world.runs)


def _status_is_earned(world: World) -> bool:
    order = world.order.order
    required = (action for action in order.actions.values() if not action.optional)
    return order.step_status is not StepStatus.COMPLETE or all(action.met for action in required)


def _complete_is_whole(world: World) -> bool:
    """What is done was made, and no money is left in doubt: taken with an invoice, or let go because that was skipped."""
    order, books = world.order.order, world.books
    if order.step_status is not StepStatus.COMPLETE:
        return True
    done = {action.module for action in order.actions.values() if action.state is ActionState.DONE}
    whole = "add_services" not in done or books.services in ("pending", "active")
    activated = "activate_services" not in done or books.services == "active"
    invoiced = books.invoice == (books.money == "captured") or "generate_invoice" not in done
    return whole and activated and invoiced and books.money != "held" and _has_ended(world)


def _canceled_is_clean(world: World) -> bool:
    """No hold, no money kept, no service, nothing left with programs outside; or an undo that failed waits for somebody."""
    order, books = world.order.order, world.books
    if order.step_status is not StepStatus.CANCELED:
        return True
    if order.unwound_at is None:
        return _all_but_what_waits_is_taken_back(world)
    money = books.money in ("voided", "refunded") or (order.hold is None and order.attempt is None)
    services = books.services in ("none", "canceled")
    return money and services and not books.outside and not order.waits and _has_ended(world)


def _all_but_what_waits_is_taken_back(world: World) -> bool:
    """An undo that failed waits for somebody, and holds up only what was before it in a chain of prereqs."""
    order, books = world.order.order, world.books
    waiting = {
        order.actions[WaitKey(key).action_key].module
        for key in _live_waits(world)
        if WaitKey(key).kind is WaitKind.UNDO
    }
    money = books.money in ("voided", "refunded") or (order.hold is None and order.attempt is None)
    services = books.services in ("none", "canceled")
    return bool(waiting) and (money or "generate_invoice" in waiting) and (services or "add_services" in waiting)


def _somebody_is_asked(world: World) -> bool:
    """An order on its way rests only at a wait that wakes the machine, with an owner and a deadline."""
    order = world.order.order
    if order.is_final or (order.is_lead and order.lead_ends_at):
        return True
    asked = (order.waits[key] for key in _live_waits(world) if WaitKey(key).kind is not WaitKind.GATE)
    return any(wait.owner and wait.due_at is not None for wait in asked)


def _who_must_act_is_told_why(world: World) -> bool:
    """Whatever waits for a person, or failed, says why."""
    order = world.order.order
    asked = {
        WaitKey(key).action_key for key in order.waits if WaitKey(key).kind in (WaitKind.ACTION, WaitKind.UNDO)
    } & order.actions.keys()
    failed = {key for key, action in order.actions.items() if action.state in (ActionState.FAILED, ActionState.WAITING)}
    return all(order.actions[key].reason for key in asked | failed)


def _no_branch_sleeps(world: World) -> bool:
    """Each parked branch can be woken: its token is on the order."""
    tokens = {wait.token for wait in world.order.order.waits.values()}
    return all(place.token in tokens for place in (world.machine.places if world.machine else ()) if place.state)


def _live_waits(world: World) -> set[str]:
    parked = {place.token for place in (world.machine.places if world.machine else ())}
    return {key for key, wait in world.order.order.waits.items() if wait.token in parked}


def _has_ended(world: World) -> bool:
    """A lead that did nothing never had a machine."""
    if world.machine is None:
        return world.order.order.machine_run == 0
    return all(not place.state for place in world.machine.places)


Rule = Callable[[World], bool]
EVERYWHERE: dict[str, Rule] = {
    "nothing twice": _nothing_twice,
    "one run of an action at a time": _one_run_at_a_time,
    "nothing starts after a cancel": _nothing_starts_late,
    "status is earned": _status_is_earned,
    "who must act is told why": _who_must_act_is_told_why,
}
AT_REST: dict[str, Rule] = {
    "a complete order is whole": _complete_is_whole,
    "a canceled order is clean": _canceled_is_clean,
    "nothing is stuck without an owner": _somebody_is_asked,
    "no branch sleeps for ever": _no_branch_sleeps,
}


def is_end(world: World) -> bool:
    """Complete, or canceled and unwound."""
    order = world.order.order
    return order.step_status is StepStatus.COMPLETE or order.unwound_at is not None
