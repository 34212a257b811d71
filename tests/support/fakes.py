"""In-memory twins of what the domain needs from outside, held to the contracts of the real ones by tests/contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambdas.catalog.buyer import Buyer
from lambdas.orders.decisions import claims
from lambdas.orders.errors import OrderChangedError, OrderNotFoundError, Problem
from lambdas.orders.events import OrderEvent
from lambdas.orders.machine import Answer
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.model.executions import Execution, execution_name
from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.payment_ports import PRESENT, Payer, PaymentDeclined, PaymentDue, PaymentUnclear
from lambdas.orders.ports import CreationKey, KeyUsed, Sale, TimeWindow
from lambdas.orders.table.entries import FoundOrder, OrderEntry, entry_of
from lambdas.orders.table.indexes import index_attributes


class InMemoryOrderStore:
    def __init__(self) -> None:
        self._latest = 1000
        self.orders: dict[str, Order] = {}
        self._keys: dict[str, tuple[CreationKey, Order]] = {}

    def new_order_id(self) -> str:
        self._latest += 1
        return str(self._latest)

    def create(self, order: Order, keys: Sequence[CreationKey], now: int) -> None:
        for key in keys:
            if key.pk in self._keys:
                used, first = self._keys[key.pk]
                if used.expires_at is None or used.expires_at >= now:
                    raise KeyUsed(key, first.order_id, used.content_hash, first if used.keep_answer else None)
        if order.order_id in self.orders:
            raise OrderChangedError(order.order_id)
        self.orders[order.order_id] = order
        self._keys |= {key.pk: (key, order) for key in keys}

    def get(self, order_id: str) -> Order:
        if order_id not in self.orders:
            raise OrderNotFoundError(f"the id {order_id}")
        return self.orders[order_id]

    def order_id_of(self, key_pk: str) -> str | None:
        return self._keys[key_pk][1].order_id if key_pk in self._keys else None

    def claim(
        self, order_id: str, action_id: int, *, claim: str, now: int, ends_at: int, only_if_asked: bool = False
    ) -> Order | None:
        order = self.get(order_id)
        if str(action_id) not in order.actions or not claims.is_claimable(
            order, action_id, now, claim=claim, only_if_asked=only_if_asked
        ):
            claims.refuse_claim(order, action_id)
            return None
        return self.save(claims.claimed(order, action_id, claim=claim, now=now, ends_at=ends_at))

    def save(self, order: Order) -> Order:
        known = self.orders.get(order.order_id)
        if known is None or known.revision != order.revision:
            raise OrderChangedError(order.order_id)
        written = order.changed(revision=order.revision + 1)
        self.orders[order.order_id] = written
        return written

    def writes_of(self, order: Order) -> Sequence[Any]:
        self.save(order)
        return []

    def unless_canceled(self, order_id: str) -> Sequence[Any]:
        return []

    def get_many(self, order_ids: Sequence[str]) -> Sequence[FoundOrder]:
        return [self.orders[order_id] for order_id in order_ids if order_id in self.orders]

    def in_step(self, order_queue_id: int, step_id: int, window: TimeWindow) -> Iterator[OrderEntry]:
        place = (order_queue_id, step_id)
        return self._by_time((o for o in self.orders.values() if (o.order_queue_id, o.step_id) == place), window)

    def of_client(self, client_id: str, window: TimeWindow) -> Iterator[OrderEntry]:
        return self._by_time((o for o in self.orders.values() if o.client_id == client_id), window)

    def of_opportunity(self, opportunity_id: int, window: TimeWindow) -> Iterator[OrderEntry]:
        return self._by_time((o for o in self.orders.values() if o.opportunity_id == opportunity_id), window)

    def due(self, before: int) -> Iterator[FoundOrder]:
        dates = ((index_attributes(order)["due_at"], order) for order in list(self.orders.values()))
        return iter([order for due_at, order in dates if due_at is not None and due_at < before])

    def _by_time(self, orders: Iterable[Order], window: TimeWindow) -> Iterator[OrderEntry]:
        latest = float("inf") if window.max_ts is None else window.max_ts
        inside = (o for o in orders if (window.min_ts or 0) <= o.ts <= latest and _is_behind(o, window))
        return map(entry_of, sorted(inside, key=lambda order: order.list_position, reverse=window.descending))


def _is_behind(order: Order, window: TimeWindow) -> bool:
    if window.behind is None:
        return True
    return order.list_position < window.behind if window.descending else order.list_position > window.behind


@dataclass
class FakePayments:
    """Does what it is told; remembers what it holds by key."""

    outcome: str = "held"
    held: dict[str, int] = field(default_factory=dict)
    authorized: list[str] = field(default_factory=list)
    during: Any = None

    def problems(self, order: Order) -> tuple[Problem, ...]:
        return ()

    def stored_problems(self, order: Order) -> tuple[Problem, ...]:
        return ()

    def way_problems(self, order: Order) -> tuple[Problem, ...]:
        return ()

    def due(self, order: Order) -> PaymentDue:
        token = str(order.info.get("cc_token", ""))
        return PaymentDue(order.total_cents, token) if token else PaymentDue(0, "")

    def authorize(self, order: Order, attempt: PaymentAttempt, payer: Payer = PRESENT) -> Hold:
        self.authorized.append(attempt.key)
        if self.during:
            self.during(order)
        if self.outcome == "declined":
            raise PaymentDeclined("the card was declined by its bank")
        self.held.setdefault(attempt.key, attempt.amount_cents)
        if self.outcome == "unclear":
            raise PaymentUnclear
        return Hold(
            transaction_id=f"t-{attempt.key}",
            key=attempt.key,
            method="card",
            amount_cents=self.held[attempt.key],
            currency=attempt.currency,
        )

    def authenticate(self, order: Order, attempt: PaymentAttempt, proof: Mapping[str, Any]) -> Hold:
        return self.authorize(order, attempt)

    def release(self, attempt_or_hold: PaymentAttempt | Hold) -> None:
        self.held.pop(attempt_or_hold.key, None)

    def record_left_money(self, order: Order, action: ChecklistAction, now: int) -> bool:
        return False


@dataclass
class FakePricing:
    """Every pack costs its `price` in whole units; one without a price cannot be sold. There are no coupons."""

    def price(self, info: Mapping[str, Any], sale: Sale) -> tuple[PricedPack, ...]:
        return tuple(
            PricedPack(
                pack=name,
                plan_id=str(pack.get("plan_id", "")),
                title=f"Plan of {name}",
                description="",
                quantity=1,
                period=1,
                options={},
                setup_cents=0,
                recurring_cents=int(pack["price"]) * 100,
            )
            for name, pack in info.items()
            if name.startswith("pack") and "price" in pack
        )

    def missing(self, info: Mapping[str, Any], sale: Sale) -> tuple[Problem, ...]:
        return tuple(
            Problem(f"info.{name}.plan_id", "not priced")
            for name, pack in info.items()
            if name.startswith("pack") and "price" not in pack
        )

    def with_default_options(self, info: Mapping[str, Any], currency: str) -> dict[str, Any]:
        return dict(info)

    def coupon_misfit(self, order: Order, now: int) -> CouponMisfit | None:
        return None

    def redeem(self, order: Order, now: int) -> tuple[str, ...]:
        return ()

    def give_back(self, order_id: str, *, keep: Order | None = None) -> None:
        pass


@dataclass
class FakeClients:
    """By id, all of brand 1; by login, in lower case, of the same."""

    ids: set[str] = field(default_factory=set)
    logins: set[str] = field(default_factory=set)
    in_debt: set[str] = field(default_factory=set)

    def brand_of(self, client_id: str) -> int | None:
        return 1 if client_id in self.ids else None

    def has_login(self, login: str, brand_id: int) -> bool:
        return brand_id == 1 and login.casefold() in self.logins

    def in_good_standing(self, client_id: str, brand_id: int, now: int) -> bool:
        return client_id in self.ids - self.in_debt


@dataclass
class FakeContacts:
    """Clients by id, as far as taxes ask for them."""

    clients: dict[str, Buyer] = field(default_factory=dict)

    def get(self, client_id: str) -> Buyer | None:
        return self.clients.get(client_id)


@dataclass
class FakeMachine:
    """`ended`: executions by name that are no longer running, which wait for nothing; all others run once they are started."""

    started: list[str] = field(default_factory=list)
    answered: list[tuple[str, Answer]] = field(default_factory=list)
    fails_on: set[str] = field(default_factory=set)
    ran: list[tuple[str, int]] = field(default_factory=list)
    ended: dict[str, Execution] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def start(self, order: Order) -> bool:
        if order.order_id in self.fails_on:
            raise ConnectionError("the service could not be reached")
        if execution_name(order) in self.ended:
            return False
        self.started.append(order.order_id)
        return True

    def answer(self, token: str, answer: Answer) -> bool:
        self.answered.append((token, answer))
        return token not in self.gone

    def execution(self, order: Order) -> Execution | None:
        name = execution_name(order)
        if name in self.ended or order.order_id not in self.started:
            return self.ended.get(name)
        return Execution(name=name, status="RUNNING", started_at=order.activity)

    def run(self, order: Order, action: ChecklistAction) -> None:
        self.ran.append((order.order_id, action.action_id))


@dataclass
class FakeCounts:
    followed: list[tuple[int | None, int | None]] = field(default_factory=list)
    fails_on: set[str] = field(default_factory=set)

    def follow(self, old: Order | None, new: Order | None) -> None:
        if new and new.order_id in self.fails_on:
            raise ConnectionError("the table could not be reached")
        self.followed.append((old.step_id if old else None, new.step_id if new else None))


@dataclass
class FakeBus:
    accepted: list[OrderEvent] = field(default_factory=list)
    refuses: int | None = None

    def put(self, events: Sequence[OrderEvent]) -> list[OrderEvent]:
        taken = events if self.refuses is None else events[: self.refuses]
        self.accepted.extend(taken)
        return list(events[len(taken) :])


@dataclass
class FakeDeadLetters:
    """`letters`: order id and reason of each."""

    letters: list[tuple[str, str]] = field(default_factory=list)

    def send(self, record: dict[str, Any], why: str) -> None:
        self.letters.append((record["dynamodb"]["Keys"]["pk"]["S"], why))
