"""Every order of events that can befall an order of a shipped queue, one by one, with what must hold meanwhile and at rest.

The machine is the compiled one, the decisions are the product's; claim, effects and settle of a run, a record of the stream, an
act of a person and the lapse of a dead run's claim are moves of their own. Disturbances (people.py) come at any moment: a
cancel, a move by one step, a skip, its undoing, an untimely process, a crash before or after an effect, a run that ends
without a word for good, a refusal or wrong answer, a record told twice, a wait that times out, a submit that
dies. What keeps the number of worlds
in bounds, and why nothing is lost by it:

* Each kind of disturbance comes once on a way; by `make thorough` any two together where the actions of a step are one chain.
  One alone where branches run at the same time (there the runs beside it are what disturbs), and on each run, as one is enough
  for every rule that is left out below. The default queue is also looked through with all of its faults together.
* An order is followed from one step through the next (a window; to its door only, where either has branches side by side),
  beginning wherever an undisturbed order can stand in the first: a decision reads the order's own step and, of earlier ones,
  whether prereqs are met. Cancels are followed to their end.
* Of checks that stand side by side without prereqs (Virtual hosting has three) one is looked at: they make nothing, and one
  action affects another only through a prereq.
* Worlds that cannot behave differently are one world (world.py), and moves that nobody else can notice are looked at in one
  order only (`only_move` in moves.py; claim and first effect in runs.py).
"""

import gc
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from itertools import pairwise

import pytest

from lambdas.orders.decisions import claims, outcomes, progress
from lambdas.orders.model.checklist import ChecklistAction, checklist_of
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.order import Order, without
from lambdas.orders.model.queue import Queue, Step, load_queues
from lambdas.orders.model.steps import StepStatus
from statemachines.graph import branches
from tests.model.moves import first_world
from tests.model.people import ALL_KINDS
from tests.model.rules import broken, is_end
from tests.model.search import Search
from tests.model.world import Model, World
from tests.support.build import an_order
from tests.support.thorough import is_thorough

MOST_WORLDS = 150_000
FAULTS = frozenset({"cancel", "crash", "refuse", "again", "ask"})
CHECKS = ("provision_lead", "email_blacklist", "avs_check")  # they make nothing that anything else reads


def with_one_of_alike(queue: Queue) -> Queue:
    """The queue with one of the checks that stand side by side without prereqs; prereqs on the others are its."""
    actions = [action for step in queue.steps for action in step.actions]
    alike = [action.id for action in actions if action.module in CHECKS and not action.prereqs]
    left_out = set(alike[1:])

    def slim(step: Step) -> Step:
        actions = (action for action in step.actions if action.id not in left_out)
        kept = (
            action.model_copy(update={"prereqs": tuple(sorted({*action.prereqs} - left_out))}) for action in actions
        )
        return step.model_copy(update={"actions": tuple(kept)})

    return queue.model_copy(update={"steps": tuple(map(slim, queue.steps))})


QUEUES = {queue.key: with_one_of_alike(queue) for queue in load_queues().values()}


@pytest.fixture(autouse=True, scope="module")
def no_garbage() -> Iterator[None]:
    """Worlds are kept to the end of a search and have no cycles: looking for garbage among them costs time for nothing."""
    gc.disable()
    yield
    gc.enable()


def windows(queue: Queue) -> Iterator[tuple[Step, Step]]:
    steps = queue.ordinary_steps
    yield from ((step, then if is_chain(step) and is_chain(then) else step) for step, then in pairwise(steps))
    yield steps[-1], steps[-1]


def is_chain(step: Step) -> bool:
    return len(branches(step)) <= 1


WINDOWS = [(queue, first.id, last.id) for queue in QUEUES.values() for first, last in windows(queue)]


def lead_of(queue: Queue) -> Order:
    steps, actions = checklist_of(queue, load_modules())
    return an_order(queue, checklist_steps=steps, actions=actions)


@cache
def undisturbed(queue_id: int) -> tuple[World, ...]:
    """Every world of an order that nothing befalls."""
    queue = next(queue for queue in QUEUES.values() if queue.order_queue_id == queue_id)
    search = Search(Model(queue, load_modules(), frozenset(), 0))
    search.go([first_world(search.model, lead_of(queue))], lambda _: None, most=MOST_WORLDS)
    return tuple(search.worlds)


def together(queue: Queue, *step_ids: int) -> int:
    """How many disturbances are looked at together in these steps."""
    if not is_thorough():
        return 1
    return 2 if all(is_chain(step) for step in queue.steps if step.id in step_ids) else 1


def looked_through(model: Model, first: int, last: int) -> Search:
    """The window from one step to another. Raises on the first world that breaks a rule, with the way to it."""
    search = Search(model)
    steps = [step.id for step in model.queue.ordinary_steps]
    begin = (
        {first} | ({model.queue.leads.id} if first == steps[0] else set()) | ({last} if last == steps[-1] else set())
    )
    starts = [world for world in undisturbed(model.queue.order_queue_id) if world.order.order.step_id in begin]
    ours = (world._replace(order=model.seen(world.order.order)) for world in starts)
    search.go(ours, partial(must_keep, search, still=False), most=MOST_WORLDS, last_step=last)
    for number in search.still:
        must_keep(search, search.worlds[number], still=True)
    return search


def must_keep(search: Search, world: World, *, still: bool) -> None:
    rule = broken(world, still=still)
    assert not rule, f"{rule}: after {sorted(world.spent)} ...{search.way_to(world)[-6:]}"


@pytest.mark.parametrize(("queue", "first", "last"), WINDOWS, ids=lambda value: getattr(value, "key", str(value)))
def test_whatever_befalls_an_order_in_these_steps(queue: Queue, first: int, last: int) -> None:
    search = looked_through(Model(queue, load_modules(), ALL_KINDS, together(queue, first, last)), first, last)

    comes_to_rest = [*search.still, *search.left]
    ends = [number for number, world in enumerate(search.worlds) if is_end(world)]
    kinds = Counter(world.order.order.step_status for world in search.worlds)
    assert not search.never_reaching(comes_to_rest, helped=False), "it goes round in circles"
    assert not search.never_reaching([*ends, *search.left], helped=True), (
        "nobody who does what waits brings it to an end"
    )
    assert StepStatus.CANCELED in kinds
    assert search.left or StepStatus.COMPLETE in kinds


def test_the_default_queue_keeps_the_rules_with_all_its_faults_together() -> None:
    queue = QUEUES["new_accounts"]
    step = queue.ordinary_steps[0].id

    search = looked_through(Model(queue, load_modules(), FAULTS, len(FAULTS)), step, step)

    at_rest = Counter(search.worlds[number].order.order.step_status for number in search.still)
    assert at_rest.keys() == set(StepStatus)
    assert any(world.spent == FAULTS for world in search.worlds)


def nobody_is_busy(action: ChecklistAction, now: int) -> bool:
    """The claim without its guard against a run under way."""
    return False


def wherever_it_is(order: Order, action_id: int, now: int, *, claim: str = "", only_if_asked: bool = False) -> bool:
    """The claim without the fence: an order that is elsewhere, or canceled."""
    here = order.changed(step_id=order.actions[str(action_id)].step_id)
    return IS_CLAIMABLE(here, action_id, now, claim=claim, only_if_asked=only_if_asked)


def gates_stay(order: Order, action_id: int, **given: object) -> Order:
    """Settling that forgets the gates."""
    done = DONE(order, action_id, **given)  # type: ignore[arg-type]
    return done.changed(waits=without(order.waits, str(action_id)))


def cancel_wakes_nobody(order: Order, **given: object) -> Order:
    return CANCELED(order, **given).changed(waits=order.waits)  # type: ignore[arg-type]


IS_CLAIMABLE, DONE, CANCELED = claims.is_claimable, outcomes.done, progress.canceled


@pytest.mark.parametrize(
    ("key", "rule_of", "mutant", "found"),
    [
        ("new_accounts", "claims.is_busy", nobody_is_busy, "one run of an action at a time"),
        ("new_accounts", "claims.is_claimable", wherever_it_is, "nothing starts after a cancel"),
        ("dedicated_server", "claims.is_claimable", wherever_it_is, "nothing starts after a cancel"),
        ("colocation", "progress.canceled", cancel_wakes_nobody, "a canceled order is clean"),
        ("virtual_hosting", "outcomes.done", gates_stay, "nothing is stuck without an owner"),
    ],
)
def test_a_rule_that_is_left_out_is_found(
    key: str, rule_of: str, mutant: object, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = QUEUES[key]
    model = Model(queue, load_modules(), frozenset({"cancel", "ask"}), 1)
    first, last = next(windows(queue))
    undisturbed(queue.order_queue_id)  # by the rule as it is
    monkeypatch.setattr(f"lambdas.orders.decisions.{rule_of}", mutant)

    with pytest.raises(AssertionError, match=found):
        looked_through(model, first.id, last.id)
