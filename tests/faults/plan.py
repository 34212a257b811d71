"""The orders that meet the faults: each meets at most one fault of every kind, as many kinds as there are in its life.

A kind is what one process does: one module, one call of the API, one thing the relay does. Every point is met by an exit in
every queue that has it; some are met by a time-out too, which takes seconds, in the first of the queues that have them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle, zip_longest

from infra.local.play.order import CARD
from infra.local.play.scenes import SCENES, Scene
from lambdas.orders.model.queue import Action, Queue
from tests.faults.dying import EXIT, REFUSED, TIMEOUT, TWICE
from tests.faults.places import (
    ALSO_TIMEOUT,
    ANSWERED,
    CANCEL,
    THEN_CANCELED,
    UNDO_EFFECTS,
    Fault,
    Life,
    api_points,
    both,
    refused_undo_writes,
    refused_writes,
    relay_moments,
    run_points,
    slow_webhooks,
    undo_points,
    written,
)

AGAIN = "all of its records once more"
_INVOICE = "generate_invoice"
_CAPTURE_FAILS = {**CARD, "cc_token": "tok_capture_fails"}
_NONE_FREE = ("Reserve Server", "/servers/reserve", "none is free; one is ordered")
_OF_THE_STREAM = (TWICE, AGAIN)


@dataclass(frozen=True)
class Plan:
    """One order: its queue, what becomes of it, and what it meets on the way. `cancel_at`: the action it waits for then."""

    queue: Queue
    scene: Scene
    life: Life
    faults: tuple[Fault, ...]
    cancel_at: str = ""

    @property
    def packs(self) -> int:
        return len(self.scene.packs)

    @property
    def is_told_again(self) -> bool:
        return any(fault.point == AGAIN for fault in self.faults)


@dataclass
class Planner:
    """`slow`: the places that have their time-out already."""

    slow: set[tuple[str, str]] = field(default_factory=set)

    def plans(self, queues: Iterable[Queue]) -> list[Plan]:
        """Of all queues, the simplest first: it is the one where time-outs cost least."""
        return [plan for queue in sorted(queues, key=lambda queue: queue.order_queue_id) for plan in self._of(queue)]

    def _of(self, queue: Queue) -> Iterator[Plan]:
        scene = _scene(queue)
        for faults in _together(self._on_the_way(queue, scene)):
            yield Plan(queue, scene, Life.COMPLETE, faults)
        late, cancel_at = _canceled_late(queue, scene)
        for faults in _together(self._unwinding(queue, late, cancel_at)):
            yield Plan(queue, late, Life.CANCELED, faults, cancel_at.name)
        smooth = replace(scene, fails=("", "", ""))
        for module, points in THEN_CANCELED.items():
            places = _undone(queue, module) if module in UNDO_EFFECTS else _run(queue, smooth, module)
            for point, action in zip(points if places else (), cycle(places), strict=False):
                fault = Fault(queue.key, module, point, EXIT, Life.CANCELED_AT_ONCE, action.id)
                yield Plan(queue, smooth, Life.CANCELED_AT_ONCE, (fault,))

    def _on_the_way(self, queue: Queue, scene: Scene) -> Iterator[list[Fault]]:
        for module in dict.fromkeys(action.module for action in queue.actions):
            yield self._faults(queue, module, run_points(module), _run(queue, scene, module))
            yield self._refused(queue, module, refused_writes(module, len(scene.packs)), _run(queue, scene, module))
        if slow := slow_webhooks(queue):
            yield self._faults(queue, "call_webhook", ANSWERED, slow)
        for points in api_points(queue, scene):
            yield self._faults(queue, "api", points)
        for moment in relay_moments(queue, scene):
            yield self._faults(queue, "relay", both(moment))
        yield self._faults(queue, "announcer", both("the events"))
        yield [Fault(queue.key, "relay", point, "told") for point in _OF_THE_STREAM]

    def _unwinding(self, queue: Queue, scene: Scene, cancel_at: Action) -> Iterator[list[Fault]]:
        life = Life.CANCELED
        for module in UNDO_EFFECTS:
            places = _undone(queue, module, up_to=cancel_at)
            yield self._faults(queue, module, undo_points(module), places, life=life)
            yield self._refused(queue, module, refused_undo_writes(module, len(scene.packs)), places, life=life)
        yield self._faults(queue, "relay", both(CANCEL), life=life)
        yield self._faults(queue, "api", written("order.cancel"), life=life)

    def _refused(
        self, queue: Queue, module: str, points: tuple[str, ...], actions: list[Action], *, life: Life = Life.COMPLETE
    ) -> list[Fault]:
        """The store refuses one write of a run: whatever was done before it, nothing of that is done again, or lost."""
        if not actions:
            return []
        return [
            Fault(queue.key, module, point, REFUSED, life, action.id)
            for point, action in zip(points, cycle(actions), strict=False)
        ]

    def _faults(
        self,
        queue: Queue,
        function: str,
        points: tuple[str, ...],
        actions: list[Action] | None = None,
        *,
        life: Life = Life.COMPLETE,
    ) -> list[Fault]:
        """One kind of fault at each of its points, in the actions in turn."""
        if actions is not None and not actions:
            return []
        places = cycle([action.id for action in actions] if actions else [0])
        slow = [point for point in points if point in ALSO_TIMEOUT and (function, point) not in self.slow]
        self.slow |= {(function, point) for point in slow}
        ends = [*((point, EXIT) for point in points), *((point, TIMEOUT) for point in slow)]
        return [Fault(queue.key, function, point, manner, life, next(places)) for point, manner in ends]


def _together(kinds: Iterable[list[Fault]]) -> Iterator[tuple[Fault, ...]]:
    for faults in zip_longest(*kinds):
        yield tuple(fault for fault in faults if fault is not None)


def _scene(queue: Queue) -> Scene:
    """What is ordered, by card in every queue, so that money is at stake; and what people and the outside do."""
    known = SCENES.get(
        queue.key, Scene(packs={"pack1": {"plan_id": "1"}, "pack2": {"plan_id": "3", "desserv": "a.example"}})
    )
    none_free = any(action.name == _NONE_FREE[0] for action in queue.actions)
    return replace(known, payment=CARD, fails=_NONE_FREE if none_free else known.fails, cancel_at="")


def _canceled_late(queue: Queue, scene: Scene) -> tuple[Scene, Action]:
    """Canceled with the money taken, while a person is waited for; where nobody is after that, because capturing failed."""
    names = [action.name for action in queue.actions]
    invoice = next(action for action in queue.actions if action.module == _INVOICE)
    after = queue.actions[names.index(invoice.name) + 1 :]
    by_hand = [
        action for action in after if not action.automatic and not action.optional and action.name not in scene.skips
    ]
    if by_hand:
        return scene, by_hand[0]
    return replace(scene, payment=_CAPTURE_FAILS), invoice


def _run(queue: Queue, scene: Scene, module: str) -> list[Action]:
    """The actions of the module that an order runs to their end by itself, or when it is asked to."""
    left_out = {*scene.skips, scene.fails[0]}
    return [action for action in queue.actions if action.module == module and action.name not in left_out]


def _undone(queue: Queue, module: str, up_to: Action | None = None) -> list[Action]:
    """The required actions of the module that a cancel takes back, of those up to where it comes."""
    end = len(queue.actions) if up_to is None else queue.actions.index(up_to) + 1
    return [
        action
        for action in queue.actions[:end]
        if action.module == module
        and not action.optional
        and (module != "call_webhook" or action.config.get("undo_url"))
    ]
