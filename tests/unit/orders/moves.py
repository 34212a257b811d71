"""What may happen next to an order: by itself (relay, machine, runs), from outside (people, faults), or when somebody helps."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from lambdas.orders import hands, progress
from lambdas.orders.claims import is_busy
from lambdas.orders.errors import OrderError
from lambdas.orders.machine import Answer
from lambdas.orders.order import ActionState, Order, Wait
from lambdas.orders.progress import LEADS_WAIT
from lambdas.orders.queue import StepStatus
from tests.unit.orders.runs import answered, ended, run_on, undone
from tests.unit.orders.world import CHAIN, CLAIM_SECONDS, HOLD, UNDOABLE, Place, Run, Told, World


def first_world(lead: Order) -> World:
    return World(lead, stream=(Told(True, (), ()),))


def by_itself(world: World) -> Iterator[World]:
    """What goes on without anybody's help, each as one atomic move."""
    yield from _relay(world)
    yield from MOVES[world.machine[0]](world)
    for run in world.runs:
        yield from run_on(world, run)
    if "crash" not in world.may and not world.runs and _claims(world):
        yield replace(world, now=world.now + CLAIM_SECONDS + 1)  # a dead run's claim lapses


def from_outside(world: World) -> Iterator[World]:
    """What people do, and what goes wrong."""
    order = world.order
    if order.is_lead:
        yield world.wrote(progress.submitted(order, now=world.now, hold=HOLD))
    if "cancel" in world.may and not order.is_final:
        yield world.wrote(progress.canceled(order, now=world.now, because="a test")).without("cancel")
    if "again" in world.may and world.last:
        yield _told(world, world.last).without("again")
    if "crash" in world.may:
        yield from (answered(ended(world, run), run, "crashed").without("crash") for run in world.runs)
    if "ask" in world.may and not order.is_lead:
        yield from (asked.without("ask") for asked in helped(world))


def helped(world: World) -> Iterator[World]:
    """What somebody can do for an order that stands still."""
    if world.order.is_lead:
        yield world.wrote(progress.submitted(world.order, now=world.now, hold=HOLD))
    yield from (asked for action in CHAIN if (asked := _processed(world, action)) is not None)


def _processed(world: World, action_id: int) -> World | None:
    if world.order.is_lead:
        return None
    try:
        asked = hands.processed(world.order, action_id, by="Grace", given={}, now=world.now)
    except OrderError:
        return None
    return world.wrote(asked) if asked is not world.order else None


def _claims(world: World) -> bool:
    return any(one.claim and (one.claim_ends_at or 0) >= world.now for one in world.order.actions.values())


def _relay(world: World) -> Iterator[World]:
    if world.stream:
        told = world.stream[0]
        yield _told(replace(world, stream=world.stream[1:], last=told), told)


def _told(world: World, told: Told) -> World:
    if told.starts and world.machine[0] == "none":
        world = replace(world, machine=("leads", 0))
    for token, answer in told.answers:
        if world.machine == ("parked", token):
            world = replace(world, machine=_woken(token, answer))
    for action_id in told.runs:
        world = replace(world, runs=(*world.runs, Run(action_id, "claim", "", by_machine=False)))
    return world


def _woken(token: str, answer: Answer) -> Place:
    key = token.partition(":")[0]
    if key == LEADS_WAIT:
        return ("router", 0) if answer is Answer.CANCELED else ("run", CHAIN[0])
    if key.startswith(progress.UNDO):
        return ("undo", int(key.removeprefix(progress.UNDO)))
    return ("router", 0) if answer in (Answer.CANCELED, Answer.MOVED) else ("run", int(key))


def _leads(world: World) -> Iterator[World]:
    if world.order.is_lead:
        yield _parked(world, LEADS_WAIT)
    else:
        yield replace(world, machine=("run", CHAIN[0]))


def _parked(world: World, key: str) -> World:
    token = f"{key}:{world.count}"
    wait = Wait(token=token, since=world.now, owner="operations", due_at=world.now + 1)
    waits = {**world.order.waits, key: wait}
    return world.wrote(world.order.changed(waits=waits), machine=("parked", token), count=world.count + 1)


def _wait(world: World) -> Iterator[World]:
    """The condition of statemachines/waits.py."""
    action = world.order.actions[str(world.machine[1])]
    if world.order.step_id != action.step_id or action.met or action.requested_at is not None:
        yield replace(world, machine=("run", action.action_id))
        return
    waiting = world.order.with_action(action.changed(state=ActionState.WAITING))
    yield _parked(replace(world, order=waiting), str(action.action_id))


def _invoke(world: World) -> Iterator[World]:
    run = Run(int(world.machine[1]), "claim", "", by_machine=True)
    yield replace(world, machine=("invoked", run.action_id), runs=(*world.runs, run))


def _complete(world: World) -> Iterator[World]:
    order, step = world.order, world.order.checklist_steps[-2]
    if order.step_status is not StepStatus.ORDINARY or not progress.required_done(order, order.step_id):
        yield replace(world, machine=("router", 0))
        return
    yield world.wrote(order.changed(step_id=step.step_id, step_status=step.status), machine=("ended", 0))


def _router(world: World) -> Iterator[World]:
    goals: dict[StepStatus, Place] = {
        StepStatus.LEADS: ("leads", 0),
        StepStatus.ORDINARY: ("run", CHAIN[0]),
        StepStatus.COMPLETE: ("ended", 0),
        StepStatus.CANCELED: ("undo", UNDOABLE[0]),
    }
    yield replace(world, machine=goals[world.order.step_status])


def _undo(world: World) -> Iterator[World]:
    """The rule of lambdas/actions/_undo.py; a run that may still have an effect is waited for."""
    action_id = int(world.machine[1])
    action = world.order.actions[str(action_id)]
    if is_busy(action, world.now):
        return
    at = UNDOABLE.index(action_id) + 1
    onward: Place = ("undo", UNDOABLE[at]) if at < len(UNDOABLE) else ("unwound", 0)
    yield replace(undone(world, action_id), machine=onward)


def _unwound(world: World) -> Iterator[World]:
    yield world.wrote(world.order.changed(unwound_at=world.now), machine=("ended", 0))


def _none(_: World) -> Iterator[World]:
    return iter(())


MOVES: dict[str, Callable[[World], Iterator[World]]] = {
    "none": _none,
    "leads": _leads,
    "parked": _none,
    "run": _invoke,
    "invoked": _none,
    "wait": _wait,
    "complete": _complete,
    "router": _router,
    "undo": _undo,
    "unwound": _unwound,
    "ended": _none,
}
