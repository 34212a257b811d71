"""The ports of the domain: what the verbs need from outside. Each door passes the real ones in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lambdas.orders.errors import Problem
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.coupon_misfit import CouponMisfit
from lambdas.orders.model.executions import Execution, execution_name
from lambdas.orders.model.order import ListPosition, Order
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.table.entries import FoundOrder, OrderEntry
from lambdas.runtime.models import Frozen


@dataclass(frozen=True)
class Sale:
    """The brand, client and time of a sale, which decide the coupons; and the currency that is sold in.

    Empty `order_id`: the order has no number yet. `source`: the address that the order names; a caller may name any.
    """

    brand_id: int
    client_id: str | None
    now: int
    currency: str
    order_id: str = ""
    source: str = ""


class Pricing(Protocol):
    """Prices of the requested services, and their coupons."""

    def price(self, info: Mapping[str, Any], sale: Sale) -> tuple[PricedPack, ...]:
        """Every pack that can be priced, in the packs' order. Raises InvalidOrderError for malformed packs."""
        ...

    def missing(self, info: Mapping[str, Any], sale: Sale) -> tuple[Problem, ...]:
        """Problems that keep the packs from being sold: unknown or unpriced plans, options and periods, values that a plan
        needs, and a country without a known tax.
        """

    def with_default_options(self, info: Mapping[str, Any], currency: str) -> dict[str, Any]:
        """`info` with the default option of each upgrade of a pack's plan, where the caller chose none."""
        ...

    def coupon_misfit(self, order: Order, now: int) -> CouponMisfit | None:
        """Why the code in the order's `info.coupon` gives no discount on it as it is priced; None if it does, there is no code,
        or nothing is ordered yet that it could be for."""
        ...

    def redeem(self, order: Order, now: int) -> tuple[str, ...]:
        """Count the order's use of each coupon it is priced with, once. The codes of those that no longer count."""
        ...

    def give_back(self, order_id: str, *, keep: Order | None = None) -> None:
        """Uncount the order's uses of coupons, all but those this order is priced with. May be repeated."""


class Clients(Protocol):
    """Facts about clients that orders need."""

    def brand_of(self, client_id: str) -> int | None:
        """The brand a client belongs to; None: there is no such client."""
        ...

    def has_login(self, login: str, brand_id: int) -> bool:
        """Whether a client of the brand has this login name, in upper or lower case."""
        ...

    def in_good_standing(self, client_id: str, brand_id: int, now: int) -> bool:
        """Whether it is an active client of the brand (no lead) who has no unpaid invoice that is overdue."""
        ...


class CreationKey(Frozen):
    """Something that may make one order only. `field` is how the caller knows it; `content_hash` is what it was sent with.
    `is_new`: it was drawn for this order, and nobody else can know it."""

    field: str
    pk: str
    content_hash: str = ""
    keep_answer: bool = False
    is_new: bool = False
    expires_at: int | None = None


class KeyUsed(Exception):
    """A creation key was used before: by which order, with what content, and (if kept) the order as it was made then."""

    def __init__(self, key: CreationKey, order_id: str, content_hash: str, first: Order | None) -> None:
        super().__init__(f"{key.field} was used by order {order_id}")
        self.key, self.order_id, self.content_hash, self.first = key, order_id, content_hash, first


class TimeWindow(Frozen):
    """Orders received from `min_ts` to `max_ts`, both inclusive, in Unix seconds.

    `behind`: only those that come after this place, in the direction of the list. `page_size`: how many to read at first.
    """

    min_ts: int | None = None
    max_ts: int | None = None
    descending: bool = False
    behind: ListPosition | None = None
    page_size: int = 50


class Executions(Protocol):
    """Step Functions, as far as a verb asks it."""

    def execution(self, order: Order) -> Execution | None:
        """The order's present execution; None if there is none. Eventually consistent."""
        ...


class AssumedRunning:
    """For doors that start no execution."""

    def execution(self, order: Order) -> Execution | None:
        return Execution(name=execution_name(order), status="RUNNING", started_at=order.activity)


class OrderStore(Protocol):
    """Reads of one order are consistent; lists and `get_many` may be a moment behind.

    Every write raises instead of overwriting somebody else's.
    """

    def new_order_id(self) -> str: ...
    def create(self, order: Order, keys: Sequence[CreationKey], now: int) -> None: ...
    def get(self, order_id: str) -> Order: ...
    def order_id_of(self, key_pk: str) -> str | None: ...
    def claim(
        self, order_id: str, action_id: int, *, claim: str, now: int, ends_at: int, only_if_asked: bool = False
    ) -> Order | None: ...
    def save(self, order: Order) -> Order: ...
    def writes_of(self, order: Order) -> Sequence[Any]:
        """The write that `save` makes, for a transaction that writes something beside the order."""
        ...

    def unless_canceled(self, order_id: str) -> Sequence[Any]:
        """Conditions for a transaction that makes something for the order, which fail once it was canceled."""
        ...

    def get_many(self, order_ids: Sequence[str]) -> Sequence[FoundOrder]: ...
    def in_step(self, order_queue_id: int, step_id: int, window: TimeWindow) -> Iterator[OrderEntry]: ...
    def of_client(self, client_id: str, window: TimeWindow) -> Iterator[OrderEntry]: ...
    def of_opportunity(self, opportunity_id: int, window: TimeWindow) -> Iterator[OrderEntry]: ...
    def due(self, before: int) -> Iterator[FoundOrder]: ...


class Permit(Protocol):
    """Each method raises if this is not allowed. It is asked before anything that is named is looked up."""

    def change(self, order: Order, changes: Mapping[str, Any]) -> None:
        """Whether these changes of the order may be made."""

    def pay(self, order: Order) -> None:
        """Whether the order may be paid by what pays it."""

    def pass_over(self, order: Order, actions: Iterable[ChecklistAction]) -> None:
        """Whether these actions of the order, which are neither done nor skipped, may be left out."""


class _Unbound:
    def change(self, order: Order, changes: Mapping[str, Any]) -> None:
        """Everything may be changed."""

    def pay(self, order: Order) -> None:
        """Everything may pay."""

    def pass_over(self, order: Order, actions: Iterable[ChecklistAction]) -> None:
        """Every action may be left out."""


UNBOUND: Permit = _Unbound()
