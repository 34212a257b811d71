"""Orders that walk at random, by the product's own decisions, and the change records that their walks leave in the stream."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from lambdas.orders.decisions import outcomes, progress
from lambdas.orders.decisions.claims import ActionBusy, ActionUnasked, OrderCanceled, OrderMoved
from lambdas.orders.decisions.deadlines import with_overdue_marked
from lambdas.orders.decisions.operator import restart
from lambdas.orders.errors import OrderError
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.queue import QUEUES_ROOT, Queue
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey
from lambdas.orders.service import OrderService
from tests.support.build import Clock, a_draft, a_service
from tests.support.fakes import InMemoryOrderStore

PEOPLE = ("ada", "grace", "form hosting", "contract:docusign")
MACHINE = "the machine"
_PAUSES = (1, 1, 60, 4_000, 90_000)
_REFUSED = (OrderError, OrderCanceled, OrderMoved, ActionBusy, ActionUnasked)


@dataclass(frozen=True)
class Change:
    """A record of the stream. `author`: who wrote it, as the walk knows. `at`: when."""

    old: Order | None
    new: Order
    author: str
    at: int


class RecordingStore(InMemoryOrderStore):
    """A table with a stream."""

    def __init__(self, now: Callable[[], int]) -> None:
        super().__init__()
        self._now = now
        self.changes: list[Change] = []
        self.author = MACHINE

    def create(self, order: Order, keys: object, now: int) -> None:
        super().create(order, keys, now)  # type: ignore[arg-type]
        self.changes.append(Change(None, order, self.author, self._now()))

    def save(self, order: Order) -> Order:
        old = self.get(order.order_id)
        written = super().save(order)
        self.changes.append(Change(old, written, self.author, self._now()))
        return written


@dataclass
class Walk:
    """One order that walks through a queue at random."""

    dice: random.Random
    queue: Queue
    clock: Clock = field(default_factory=Clock)
    store: RecordingStore = field(init=False)
    service: OrderService = field(init=False)
    order_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.store = RecordingStore(self.clock)
        queues = {self.queue.order_queue_id: self.queue}
        self.service = a_service(store=self.store, queues=queues, now=self.clock)
        self.store.author = self.dice.choice(PEOPLE)
        draft = a_draft(order_queue_id=self.queue.order_queue_id)
        self.order_id = self.service.create(draft, by=self.store.author).order_id

    @property
    def order(self) -> Order:
        return self.store.get(self.order_id)

    def go(self, moves: int, *, pauses: Sequence[int] = _PAUSES) -> list[Change]:
        for _ in range(moves):
            self.clock.time += self.dice.choice(pauses)
            move, author = self.dice.choice(list(self._moves()))
            self.store.author = author
            try:
                move()
            except _REFUSED:
                continue
        return self.store.changes

    def go_far(self, changes: int) -> list[Change]:
        """Go on until there are so many changes."""
        while len(self.go(10)) < changes:
            if self.order.is_final and self.order.unwound_at:
                raise AssertionError("the walk came to its end: begin another one")
        return self.store.changes

    def _moves(self) -> Iterator[tuple[Callable[[], object], str]]:
        order, by = self.order, self.dice.choice(PEOPLE)
        for verb in (*self._verbs(order, by), *([self._submit(order, by)] * 3 if order.is_lead else [])):
            yield verb, by
        for move in self._of_machine(order):
            yield move, MACHINE
            yield move, MACHINE

    def _submit(self, order: Order, by: str) -> Callable[[], object]:
        self.service.payments.outcome = self.dice.choice(("held", "held", "declined", "unclear"))  # type: ignore[attr-defined]
        return lambda: self.service.submit(order, by=by)

    def _verbs(self, order: Order, by: str) -> Iterator[Callable[[], object]]:
        action_id = int(self.dice.choice(list(order.actions)))
        step = self.dice.choice(order.checklist_steps).step_id
        said = self.dice.choice(_SAID)
        service = self.service
        yield lambda: service.update(order, {"info": said} if order.is_lead else {"priority": len(said)}, by=by)
        yield lambda: service.process(order, action_id, by=by, given=self.dice.choice(({}, {"answer": "Ada"})))
        yield lambda: service.skip(order, action_id, by=by, why="Ada asked for it")
        yield lambda: service.undo_skip(order, action_id, by=by)
        yield lambda: service.update(order, {}, by=by, step_id=step, reason="by telephone")
        yield lambda: service.restart(order, by=by)
        if self.dice.random() < 0.1:
            yield lambda: service.cancel(order, "Ada changed her mind", by=by)

    def _of_machine(self, order: Order) -> Iterator[Callable[[], object]]:
        now = self.clock()
        for action in order.actions_of(order.step_id):
            yield partial(self._run, action)
            yield partial(self._settle, action)
            if not action.met and action.claim is None:
                yield partial(self._park, action)
        yield lambda: self.store.save(with_overdue_marked(order, now))
        yield lambda: self._if_changed(order, progress.advanced(order, machine_went_on=True))
        stopped = restart.machine_stopped(order, execution=execution_name(order), because="stopped", at=now)
        yield lambda: self._if_changed(order, stopped)
        if order.step_status is StepStatus.ORDINARY and progress.required_done(order, order.step_id):
            end = order.checklist_steps[-2]
            ended = {"step_id": end.step_id, "step_status": end.status, "activity": now, "completed_at": now}
            yield lambda: self.store.save(order.changed(**ended))
        if order.canceled_at and not order.unwound_at:
            yield lambda: self.store.save(order.changed(unwound_at=now, activity=now, waits={}))

    def _run(self, action: ChecklistAction) -> None:
        now, claim = self.clock(), f"claim-{self.dice.random()}"
        self.store.claim(self.order_id, action.action_id, claim=claim, now=now, ends_at=now + 65)

    def _settle(self, action: ChecklistAction) -> None:
        order, now, action_id = self.order, self.clock(), action.action_id
        if order.actions[str(action_id)].claim is None:
            return
        ends = [
            outcomes.done(order, action_id, now=now, reason="done for Ada", result={"for": "Ada"}, client_id="7"),
            outcomes.done(order, action_id, now=now, reason="", result={}, info={"ip_address": "192.0.2.7"}),
            outcomes.failed(order, action_id, now=now, reason="Ada's card was declined"),
            outcomes.waiting(order, action_id, now=now, reason="ask Ada", result={"asked": ["Ada", {"n": Decimal("1.5")}]}),
        ]  # fmt: skip
        self.store.save(self.dice.choice(ends))

    def _park(self, action: ChecklistAction) -> None:
        """As the machine's update does."""
        order, key, now = self.order, str(action.action_id), self.clock()
        wait = Wait(token=f"token-{self.dice.random()}", since=now, due_at=now + 86_400, owner=action.owner)
        waiting = action.changed(state=ActionState.WAITING, reason=action.reason or "done by hand")
        self.store.save(
            order.changed(actions={**order.actions, key: waiting}, waits={**order.waits, WaitKey(key): wait})
        )

    def _if_changed(self, order: Order, changed: Order) -> None:
        if changed != order:
            self.store.save(changed)


_SAID: tuple[dict[str, object], ...] = (
    {"first": "Grace", "company": "Hopper & Söhne / ~1"},
    {"phone": None, "notes": ["a", {"b": [Decimal("1.50"), True, 1]}], "empty": {}},
    {"empty": {"now": "full"}, "payment_type": "cc"},
    {"payment_type": "barter", "/odd~key": "\x00dnot a number", "big": 10**30},
    {"pack1": {"quantity": "2", "notes": "for Ada", "options": {}}},
)


def a_long_walk(changes: int, first_seed: int = 0) -> Walk:
    """The first walk of at least so many changes."""
    for seed in range(first_seed, first_seed + 100):
        walk = a_walk(seed)
        try:
            walk.go_far(changes)
        except AssertionError:
            continue
        return walk
    raise AssertionError("no walk is as long as that")


def a_walk(seed: int, queue: str = "dedicated_server") -> Walk:
    return Walk(random.Random(seed), Queue.read(QUEUES_ROOT / queue))
