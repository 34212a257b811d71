"""Many orders in all queues at once, with the people who work on them: a walk each, and one stream."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lambdas.orders.decisions.open_work import open_work
from lambdas.orders.events import AS_IT_STANDS
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import order_item
from tests.support.build import CARD, CONTACT, Clock, a_draft, a_service
from tests.support.walks import Change, RecordingStore, Walk

STAFF = ("ada", "grace", "mary")
FIRST = ("Ada", "Ździsław", "Mary", "Zoë", "李")
LAST = ("Lovelace", "Müller", "O'Brien", "Adams", "Øster")


@dataclass
class Worked(Walk):
    """An order on which people work too: they take it, note, correct contact data, make it urgent, answer its client."""

    store: RecordingStore = field(kw_only=True)
    service: Any = field(kw_only=True)

    def __post_init__(self) -> None:
        self.store.author = self.dice.choice(STAFF)
        number = len(self.store.orders)
        info = {
            **CONTACT,
            **CARD,
            "first": self.dice.choice(FIRST),
            "last": f"{self.dice.choice(LAST)}{number}",
            "email": f"buyer{number}@shop{number % 50}.example",
            "phone": f"+44 20 7{number:03d} {number % 1000:04d}",
            "pack1": {"plan_id": "1", "price": "20", "desserv": f"host{number}.example"},
        }
        draft = a_draft(order_queue_id=self.queue.order_queue_id, info=info)
        self.order_id = self.service.create(draft, by=self.store.author).order_id

    def move(self) -> None:
        """One move; a refused one changes nothing."""
        self.go(1, pauses=(0,))

    def _verbs(self, order: Order, by: str) -> Iterator[Callable[[], object]]:
        yield from super()._verbs(order, by)
        service, work = self.service, open_work(order)
        name = f"{self.dice.choice(FIRST)} {self.dice.choice(LAST)}{self.dice.randrange(10**6)}"
        contact = {"info": {"last": name.split()[1], "email": f"b{self.dice.randrange(10**6)}@corrected.example"}}
        yield partial(service.correct_contact, order, contact, by=by, reason="it was misspelled")
        yield partial(service.prioritize, order, self.dice.randrange(4), by=by)
        yield lambda: service.writes_of_note(order, order.notes + 1, by=by)
        yield partial(service.mark_reply, order, order.reply_id + 1, by="")
        yield partial(service.mark_answered, order, order.reply_id, by=by)
        if work:
            taken = partial(service.assign, order, self.dice.choice(work).key, take_over=True, because="x")
            yield partial(taken, self.dice.choice((*STAFF, "")), by=by)
            yield partial(taken, by, by=by)


@dataclass
class Crowd:
    """`seconds`: the longest time between two moves."""

    seed: int
    seconds: int = 120
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.store, self.queues = RecordingStore(self.clock), load_queues()
        self.service = a_service(store=self.store, queues=self.queues, now=self.clock)
        self.walks: list[Worked] = []

    @property
    def orders(self) -> list[Order]:
        return list(self.store.orders.values())

    @property
    def changes(self) -> list[Change]:
        return self.store.changes

    def arrive(self, orders: int) -> None:
        for _ in range(orders):
            self._wait()
            queue = self.dice.choice(list(self.queues.values()))
            self.walks.append(Worked(self.dice, queue, self.clock, store=self.store, service=self.service))

    def work(self, changes: int) -> None:
        """Moves of orders by chance, until there are so many changes more."""
        until = len(self.changes) + changes
        while len(self.changes) < until:
            self._wait()
            self.dice.choice(self.walks).move()

    def _wait(self) -> None:
        self.clock.time += self.dice.randrange(self.seconds)


def stream_record(change: Change, sequence: int) -> dict[str, Any]:
    """The change as the table's stream tells it."""
    images = {"OldImage": change.old, "NewImage": change.new}
    told = {name: order_item(order) for name, order in images.items() if order is not None}
    return _record(change.new, sequence, told)


def record_as_it_stands(order: Order, sequence: int) -> dict[str, Any]:
    """The order as a redrive sends it when its changes can no longer be read."""
    return {**_record(order, sequence, {"NewImage": order_item(order)}), "eventName": AS_IT_STANDS}


def _record(order: Order, sequence: int, images: dict[str, Any]) -> dict[str, Any]:
    keys = {"pk": {"S": order.order_id}, "sk": {"S": "order"}}
    return {"dynamodb": {"SequenceNumber": f"{sequence:012d}", "Keys": keys, **images}}
