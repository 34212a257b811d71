"""The compiled machine's moves. Ways on that touch nothing but the machine itself belong to the move before them."""

from collections.abc import Iterator

from lambdas.orders.decisions import claims
from lambdas.orders.model.steps import StepStatus
from statemachines.asl import CONDITION_FAILED
from tests.model.compiled import TOP, State
from tests.model.undo import undo_refused, undone
from tests.model.world import Machine, Model, Place, Run, Told, World, unused
from tests.support.build import NOW

ENDED = Place("")
INVOKED = "invoked"


def started(model: Model, world: World) -> World:
    return _into(model, world, model.machine.start)


def machine_moves(model: Model, world: World) -> Iterator[World]:
    """What each branch may do next that others can notice. A parked one is woken by the relay."""
    if world.machine is None:
        return
    for at, place in enumerate(world.machine.places):
        if place.state and not place.token:
            yield from _acted(model, world, at, state_of(model, world, at))


def state_of(model: Model, world: World, at: int) -> State:
    assert world.machine is not None
    return model.machine.boxes[world.machine.box][world.machine.places[at].state]


def heard(model: Model, world: World, at: int, error: str) -> World:
    """A run, or a wait, has ended, with an error or without."""
    state = state_of(model, world, at)
    return _went(model, world, at, state.caught(error), error) if error else _onward(model, world, at, state)


def told(model: Model, world: World, record: Told) -> World:
    """What the relay does with a record. A token that nobody waits with, and a machine that was started, are left alone."""
    if record.starts and world.machine is None:
        world = started(model, world)
    for token, answer in record.answers:
        places = world.machine.places if world.machine else ()
        parked = next((at for at, place in enumerate(places) if place.token == token), None)
        world = world if parked is None else heard(model, world, parked, answer)
    return world.running(*(Run(action_id, "claim", beside=True) for action_id in record.runs))


def _acted(model: Model, world: World, at: int, state: State) -> Iterator[World]:
    if state.kind == "read":
        step_id = world.order.order.step_id
        yield _into(model, world, model.machine.steps[step_id])
    elif state.kind == "undo":
        yield from _undo(model, world, at, state)
    elif not model.look(world, state, lambda order: state.condition is None or state.condition(order)):
        yield heard(model, world, at, CONDITION_FAILED)
    elif state.kind == "write":
        yield heard(model, _written(model, world, state, ""), at, "")
    else:
        token = unused(state.key, *_tokens(world))
        yield _placed(_written(model, world, state, token), at, Place(state.name, token))


def _written(model: Model, world: World, state: State, token: str) -> World:
    update = state.update
    assert update is not None
    return model.write(world, (state, token), lambda order: update(order, token))


def _undo(model: Model, world: World, at: int, state: State) -> Iterator[World]:
    """A run that may still have an effect is waited for; after some tries somebody else waits for it."""
    order = world.order.order
    action = order.actions[str(state.action_id)]
    if order.step_status is StepStatus.CANCELED and claims.is_busy(action, NOW):
        yield heard(model, world, at, "ActionBusy")
        return
    after = undone(model, world, state.action_id)
    yield heard(model, after, at, "")
    if after is not world and model.may(world, "refuse"):
        yield heard(model, undo_refused(model, world, state.action_id), at, "PermanentError")
    if model.may(world, "silence"):
        yield heard(model, model.spend(world, "silence"), at, "Runtime.ExitError")


def _tokens(world: World) -> Iterator[str]:
    yield from (wait.token for wait in world.order.order.waits.values())
    yield from (place.token for place in (world.machine.places if world.machine else ()))
    for record in (*world.stream, *([world.last] if world.last else [])):
        yield from (token for token, _ in record.answers)


def _onward(model: Model, world: World, at: int, state: State) -> World:
    return _went(model, world, at, state.onward, "")


def _went(model: Model, world: World, at: int, goal: str | None, error: str) -> World:
    """The branch on its way: to the end of it, out of the box, or into the state where it acts."""
    machine = world.machine
    assert machine is not None
    if machine.box == TOP and goal is not None:
        return _into(model, world, goal)
    state = model.machine.boxes[machine.box][goal] if goal else None
    if state is not None and state.kind == "fail":
        return _left(model, world, model.machine.after[machine.box][1])
    if state is not None and state.kind != "end":
        return _entered(model, world, at, state)
    world = _placed(world, at, ENDED)
    assert world.machine is not None
    if all(place == ENDED for place in world.machine.places):
        return _left(model, world, model.machine.after[machine.box][0]) if machine.box != TOP else world
    return world


def _left(model: Model, world: World, goal: str | None) -> World:
    """Out of a box: its other branches are stopped, their runs go on unheard."""
    runs = tuple(sorted(run._replace(place=-1) for run in world.runs))
    return _into(model, world._replace(runs=runs), goal)


def _into(model: Model, world: World, goal: str | None) -> World:
    """Into a state of the top: a box begins all its branches."""
    if goal is None or (goal not in model.machine.branches and model.machine.boxes[TOP][goal].kind in ("end", "fail")):
        return world._replace(machine=Machine(TOP, (ENDED,)))
    if goal not in model.machine.branches:
        return _entered(model, world._replace(machine=Machine(TOP, (Place(goal),))), 0, model.machine.boxes[TOP][goal])
    starts = model.machine.branches[goal]
    world = world._replace(machine=Machine(goal, tuple(Place(start) for start in starts)))
    for at, start in enumerate(starts):
        world = _entered(model, world, at, model.machine.boxes[goal][start])
    return world


def _entered(model: Model, world: World, at: int, state: State) -> World:
    if state.kind != "run":
        return _placed(world, at, Place(state.name))
    run = Run(state.action_id, "claim", place=at)
    return _placed(world, at, Place(state.name, INVOKED)).running(run)


def _placed(world: World, at: int, place: Place) -> World:
    machine = world.machine
    assert machine is not None
    places = (*machine.places[:at], place, *machine.places[at + 1 :])
    return world._replace(machine=machine._replace(places=places))
