"""Shortens the first period of a service so that it ends on a common billing day (docs/reference/order-systems.md, 4.10).

Pure: no store, no clock. The price of some days is their share of the whole period's, by the days there really are, rounded half
up once. Discounts of the period are shortened in the same way. Set-up is never prorated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from lambdas.orders.model.packs import PricedPack, Proration
from lambdas.orders.parsing.requested_pack import Pack
from lambdas.orders.periods import beginning_of, day_of, months_after, next_billing_day
from lambdas.runtime.models import Frozen

_MOST_MIN_DAYS = 366
_LAST_DAY = 31


class BillingDay(Frozen):
    """The day of the month on which services renew, and how short a first period may be."""

    day: int = Field(
        default=0,
        ge=0,
        le=_LAST_DAY,
        description="The day of the month; its last day, if it has no such day. 0: none is common, and nothing is prorated.",
    )
    min_days: int = Field(
        default=0,
        ge=0,
        le=_MOST_MIN_DAYS,
        description="Fewer days than these are not charged alone: the whole period that follows is charged with them.",
    )


def billing_day_of(settings: Mapping[str, str], otherwise: BillingDay) -> BillingDay:
    """A client's own, by the settings that Ubersmith names; what they leave open is the brand's."""
    day = _number(settings.get("default_renew", ""), _LAST_DAY)
    min_days = _number(settings.get("prorate_min_days", ""), _MOST_MIN_DAYS)
    return BillingDay(
        day=otherwise.day if day is None else day, min_days=otherwise.min_days if min_days is None else min_days
    )


@dataclass(frozen=True)
class FirstPeriod:
    """The days of the first period, from `start` to `end` (not included). `begin`: where the whole period would begin."""

    start: date
    end: date
    begin: date
    billing_day: int
    with_next: bool

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def of_days(self) -> int:
        return (self.end - self.begin).days

    def share(self, cents: int) -> int:
        """The part of a period's amount that these days have, rounded half up."""
        return (2 * cents * self.days + self.of_days) // (2 * self.of_days)


def first_period(pack: Pack, period: int, common: BillingDay, now: int) -> FirstPeriod | None:
    """None: nothing is prorated. A `prorate_date` of the pack wins; one that its caller renews or wants whole has none."""
    if not period or pack.is_prorated is False:
        return None
    start = day_of(pack.start_at or now)
    if pack.prorate_at:
        end, billing_day = day_of(pack.prorate_at), day_of(pack.prorate_at).day
    elif common.day and not pack.renew_at:
        end, billing_day = next_billing_day(start, common.day), common.day
    else:
        return None
    begin = months_after(end, -period, billing_day)
    found = FirstPeriod(start, end, begin, billing_day, with_next=(end - start).days < common.min_days)
    return found if start not in (end, begin) or pack.prorate_at else None


def out_of_place(found: FirstPeriod | None) -> str:
    """Why a `prorate_date` cannot be kept; empty if it can."""
    if found is None or found.begin <= found.start < found.end:
        return ""
    if found.start >= found.end:
        return f"must be later than the day the service begins, {found.start.isoformat()}"
    return f"must be at most one period after the day the service begins, {found.start.isoformat()}"


def prorated(pack: PricedPack, found: FirstPeriod | None) -> PricedPack:
    """The pack with its first period shortened. A whole period is none."""
    if found is None or found.start == found.begin:
        return pack
    renewal = months_after(found.end, pack.period, found.billing_day) if found.with_next else found.end
    proration = Proration(
        start_at=beginning_of(found.start),
        ends_at=beginning_of(found.end),
        renews_at=beginning_of(renewal),
        days=found.days,
        of_days=found.of_days,
        cents=found.share(pack.recurring_cents),
        discount_cents=found.share(pack.recurring_discount_cents),
        with_next=found.with_next,
    )
    return pack.model_copy(update={"proration": proration})


def _number(stated: str, most: int) -> int | None:
    stated = stated.strip()
    return int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 4 and int(stated) <= most else None
