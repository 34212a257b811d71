"""What goes on without anybody's help: relay, machine, runs, and claims of dead runs that lapse. Each move is atomic."""

from collections.abc import Iterator
from functools import partial

from lambdas.orders.decisions import claims
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from tests.model.machine import machine_moves, told
from tests.model.runs import run_on
from tests.model.world import Books, Model, World
from tests.support.build import NOW


def first_world(model: Model, lead: Order) -> World:
    return World(model.seen(lead), None, (), (), None, Books())


def by_itself(model: Model, world: World) -> Iterator[World]:
    yield from relayed(model, world)
    yield from machine_moves(model, world)
    for run in dict.fromkeys(world.runs):
        yield from run_on(model, world, run)
    yield from _lapsed(model, world)


def only_move(model: Model, world: World) -> Iterator[World] | None:
    """The one move that is looked at first, where its order among the others makes no difference; None where it does.

    Waking a branch, or calling a run, is noticed by nobody before the branch or run acts. In a canceled order nothing of its
    steps writes any more: conditions fail, claims are refused, and what a run settles is looked at only by its undo.
    """
    if world.stream and not world.stream[0].leaves:
        return relayed(model, world)
    if world.order.order.step_status is not StepStatus.CANCELED:
        return None
    for run in world.runs:
        if run.at == "claim" or not model.modules[world.order.order.actions[str(run.action_id)].module].undoes:
            return run_on(model, world, run)
    if world.machine and world.machine.box not in ("", model.queue.canceled.name):
        moves = list(machine_moves(model, world))
        return iter(moves[:1]) if moves else relayed(model, world) if world.stream else None
    return None


def relayed(model: Model, world: World) -> Iterator[World]:
    """The stream's next record. It is kept as long as it may be told again."""
    if world.stream:
        record = world.stream[0]
        last = record if model.may(world, "again") else None
        yield told(model, world._replace(stream=world.stream[1:], last=last), record)


def _lapsed(model: Model, world: World) -> Iterator[World]:
    """A live run always ends before its claim does, so only a dead one's lapses."""
    if not world.spent & {"crash", "silence"}:
        return
    held = {run.claim for run in world.runs}
    for action in world.order.order.actions.values():
        if claims.is_busy(action, NOW) and action.claim not in held:
            yield model.write(world, ("lapse", action.action_id), partial(_past, key=str(action.action_id)))


def _past(order: Order, key: str) -> Order:
    return order.with_action(order.actions[key].changed(claim_ends_at=NOW - 1))
