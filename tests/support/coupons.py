"""Coupons in memory: the twin of the record table's, held to the same contract tests."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lambdas.catalog.buyer import Buyer
from lambdas.catalog.coupon import Coupon, Discount, normal_code
from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import TaxTable, load_taxes
from lambdas.orders.ports import Sale
from tests.support.build import NOW
from tests.support.fakes import FakeContacts

SALE = Sale(brand_id=1, client_id=None, now=NOW, currency="USD")


@dataclass
class InMemoryCoupons:
    coupons: dict[str, Coupon] = field(default_factory=dict)
    uses: set[tuple[str, str]] = field(default_factory=set)

    def find(self, class_id: int, coupon_code: str) -> Coupon | None:
        wanted = (class_id, normal_code(coupon_code))
        return next((found for found in self.coupons.values() if (found.class_id, found.coupon_code) == wanted), None)

    def redeem(self, coupon_id: str, order_id: str, *, now: int) -> bool:
        if (coupon_id, order_id) in self.uses:
            return True
        coupon = self.coupons[coupon_id]
        in_time = coupon.start <= now and (not coupon.expire or now <= coupon.expire)
        if not coupon.active or not in_time or coupon.is_used_up:
            return False
        self._count(coupon_id, 1)
        self.uses.add((coupon_id, order_id))
        return True

    def is_used_by(self, coupon_id: str, order_id: str) -> bool:
        return (coupon_id, order_id) in self.uses

    def give_back(self, order_id: str, *, keep: Iterable[str] = ()) -> tuple[str, ...]:
        kept = set(keep)
        given_back = {use for use in self.uses if use[1] == order_id and use[0] not in kept}
        for coupon_id, _ in given_back:
            self._count(coupon_id, -1)
        self.uses -= given_back
        return tuple(sorted(coupon_id for coupon_id, _ in given_back))

    def _count(self, coupon_id: str, more: int) -> None:
        coupon = self.coupons[coupon_id]
        self.coupons[coupon_id] = coupon.model_copy(update={"total_uses": coupon.total_uses + more})


def a_coupon(**changes: Any) -> Coupon:
    """Ten percent off the first period and nothing off set-up, for everybody, unless it is said otherwise."""
    fields: dict[str, Any] = {
        "coupon_id": "1",
        "coupon_code": "SAVE10",
        "class_id": 1,
        "description": "Ten percent",
        "discount": percent("10"),
    }
    return Coupon(**{**fields, **changes})


def percent(value: str) -> Discount:
    whole, _, fraction = value.partition(".")
    return Discount(value=int(whole) * 100 + int(fraction.ljust(2, "0") or 0))


def amount(cents: int) -> Discount:
    return Discount(value=cents, is_amount=True)


def pricing_with(
    *coupons: Coupon, taxes: TaxTable | None = None, clients: dict[str, Buyer] | None = None
) -> CatalogPricing:
    """The real plans, these coupons, the real taxes unless others are named, and these clients."""
    kept = InMemoryCoupons({coupon.coupon_id: coupon for coupon in coupons})
    return CatalogPricing(
        load_plans(), kept, kept, load_taxes() if taxes is None else taxes, FakeContacts(clients or {})
    )
