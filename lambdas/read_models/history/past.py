"""An order as it was, made of its history. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import ValidationError

from lambdas.orders.errors import Nature, OrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.values import Values, changed_leaves, restored_order
from lambdas.read_models.history.words import iso


class PastOrder(Order):
    """An order as it was. `erased`: its personal values were erased since, so they are empty."""

    IMPERSONAL = Order.IMPERSONAL | {"erased"}

    erased: bool = False


class NotInHistoryError(OrderError):
    """The order was not there then, or what it was is not recorded."""

    kind = "not_in_history"
    nature = Nature.NOT_FOUND

    def __init__(self, order_id: str, why: str) -> None:
        super().__init__(f"order {order_id} {why}", order_id=order_id, problems=(Problem("at", why),))


@dataclass(frozen=True)
class Version:
    """One version of an order. `at`: from when it was so. `after`: the revision that came before, as far as is known."""

    revision: int
    at: int
    values: Values
    erased: bool
    is_bridged: bool = True


def version_of_revision(order: Order, items: Iterable[HistoryItem], revision: int) -> Version:
    """The version with this revision. Raises NotInHistoryError."""
    if revision > order.revision:
        raise NotInHistoryError(order.order_id, f"has no revision {revision} yet; it is at revision {order.revision}")
    if revision < 1:
        raise NotInHistoryError(order.order_id, "begins with revision 1")
    found = None
    for version in versions(items):
        if version.revision == revision:
            found = version
    if found is None:
        raise NotInHistoryError(
            order.order_id, f"has no record of revision {revision}: order.history lists those it has"
        )
    return found


def version_at(order: Order, items: Iterable[HistoryItem], at: int, now: int) -> Version:
    """The version that the order was in at this time, Unix seconds. Raises NotInHistoryError."""
    if at > now:
        raise NotInHistoryError(order.order_id, f"cannot be shown as of {iso(at)}: that is not yet")
    found, following = _around(versions(items), at)
    if found is None:
        if following is None or following.revision == 1:
            began = f"was created at {iso(order.ts if following is None else following.at)}"
        else:
            began = f"is recorded from revision {following.revision} on, {iso(following.at)}"
        raise NotInHistoryError(order.order_id, f"{began}: there is nothing of it as of {iso(at)}")
    if following is not None and not following.is_bridged:
        text = (
            f"has a gap in its record as of {iso(at)}; "
            f"ask for revision {found.revision}, or for a time from {iso(following.at)} on"
        )
        raise NotInHistoryError(order.order_id, text)
    if following is None and found.revision < order.revision:
        text = f"is recorded up to revision {found.revision} of {order.revision} so far; ask again in a moment"
        raise NotInHistoryError(order.order_id, text)
    return found


def _around(all_versions: Iterable[Version], at: int) -> tuple[Version | None, Version | None]:
    """The last version at this time, and the one that followed it. Clocks differ; the order of revisions is certain."""
    found, reached = None, 0
    for version in all_versions:
        reached = max(reached, version.at)
        if reached > at:
            return found, version
        found = version
    return found, None


def versions(items: Iterable[HistoryItem]) -> Iterator[Version]:
    """Each version that is recorded, the oldest first.

    A version that only the item after it tells of comes before that one. A version is not bridged if revisions before it are
    not recorded.
    """
    now: Version | None = None
    for item in items:
        before = _before(item, now)
        if before is None:
            continue  # an item before it is missing, so what it changed is not known
        is_bridged = now is None or item.plain.base is None or before.revision == now.revision
        if now is not None and before.revision > now.revision:
            yield replace(before, is_bridged=False)
            is_bridged = True
        personal = item.personal.changes if item.personal else {}
        values = Values(
            changed_leaves(before.values.plain, item.plain.changes), changed_leaves(before.values.personal, personal)
        )
        now = Version(item.revision, item.deed.at, values, before.erased or item.is_erased, is_bridged)
        yield now


def _before(item: HistoryItem, now: Version | None) -> Version | None:
    """The version that the item changed."""
    if item.plain.base is not None:
        known = item.personal.base if item.personal and item.personal.base else {}
        return Version(item.after, item.deed.at, Values(item.plain.base, known), item.is_erased)
    if item.after == 0:
        return Version(0, item.deed.at, Values(), erased=False)
    return now if now is not None and now.revision == item.after else None


def order_of(order: Order, version: Version) -> PastOrder:
    """The order as it was. `order`: as it is. Raises NotInHistoryError if this code cannot read the version."""
    try:
        past = restored_order(order.order_id, version.revision, order.hash, version.values)
    except (ValidationError, KeyError, ValueError, AttributeError, TypeError):
        raise NotInHistoryError(
            order.order_id, f"has a record of revision {version.revision} that cannot be read"
        ) from None
    return PastOrder.model_construct(
        **{name: getattr(past, name) for name in Order.model_fields}, erased=version.erased
    )
