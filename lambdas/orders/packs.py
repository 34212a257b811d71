"""The services an order asks for: `info.pack1`, `info.pack2`, ... (reference ubersmith-orders 5.3)."""

import re
from collections.abc import Mapping
from typing import Any

from lambdas.orders.applied import AppliedCoupon, AppliedTax
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.money import MoneyError, parse_cents
from lambdas.runtime.models import Frozen

MAX_PACKS = 100
MAX_QUANTITY = 10_000
PERIODS = range(121)  # months; 0 is one-time


class PricedPack(Frozen):
    """A pack with its price as it stood when the order was last changed; what is sold and invoiced. Amounts in cents.

    `setup_cents` and `recurring_cents` are for the whole quantity and before the coupon; a period is `period` months (0:
    once). `price_cents`, `unit_setup_cents` and the options' amounts are those of one unit, an option's price per month.
    All are before tax; `taxes` are those on the first charge.
    """

    pack: str
    plan_id: str
    title: str
    description: str
    quantity: int
    period: int
    options: dict[str, str]
    setup_cents: int
    recurring_cents: int
    status: int | None = None
    price_cents: int = 0
    unit_setup_cents: int = 0
    option_price_cents: dict[str, int] = {}
    option_setup_cents: dict[str, int] = {}
    options_desc: dict[str, str] = {}
    groups_desc: dict[str, str] = {}
    coupon: AppliedCoupon | None = None
    recurring_discount_cents: int = 0
    setup_discount_cents: int = 0
    taxes: tuple[AppliedTax, ...] = ()

    @property
    def number(self) -> int:
        return int(self.pack.removeprefix("pack"))

    @property
    def first_recurring_cents(self) -> int:
        """The first period, after the coupon."""
        return self.recurring_cents - self.recurring_discount_cents

    @property
    def renewal_cents(self) -> int:
        """Each later period: the coupon counts there only if it recurs."""
        recurs = self.coupon is not None and self.coupon.recurring
        return self.first_recurring_cents if recurs else self.recurring_cents

    @property
    def net_setup_cents(self) -> int:
        return self.setup_cents - self.setup_discount_cents

    @property
    def tax_cents(self) -> int:
        return sum(tax.cents for tax in self.taxes)

    @property
    def first_charge_cents(self) -> int:
        """What is held and invoiced for it: set-up and the first period after the coupon, and their tax."""
        return self.net_setup_cents + self.first_recurring_cents + self.tax_cents

    @property
    def discount_cents(self) -> int:
        """What the coupon takes off the first charge."""
        return self.recurring_discount_cents + self.setup_discount_cents


_PACK = re.compile(r"pack([1-9][0-9]{0,2})")
_SWITCH = {"1": True, "true": True, "yes": True, "on": True}


class Pack(Frozen):
    """One requested service. Amounts are cents per unit, None where the caller named none; `period` is in months."""

    name: str
    plan_id: str = ""
    quantity: int = 1
    period: int | None = None
    options: dict[str, str] = {}
    price_cents: int | None = None
    setup_cents: int | None = None
    option_price_cents: dict[str, int] = {}
    option_setup_cents: dict[str, int] = {}
    setup_per_unit: bool = False
    description: str = ""
    status: int | None = None
    coupon: str = ""


def coupon_code(said: Any) -> str:
    """The code of a coupon as callers say it: the code itself, or the object that was read back."""
    code = said.get("coupon_code") if isinstance(said, Mapping) else said
    return "" if code is None or isinstance(code, Mapping | list) else str(code).strip()


def parse_packs(info: Mapping[str, Any]) -> tuple[Pack, ...]:
    """All packs in their number's order. Raises InvalidOrderError naming every wrong field; absent fields are fine.

    An empty pack is none: `info` is merged and loses no key, so emptying it is how a pack is taken off an order.
    """
    there = (name for name, raw in info.items() if _PACK.fullmatch(name) and raw not in ("", None))
    names = sorted(there, key=lambda name: int(name[4:]))
    if len(names) > MAX_PACKS:
        text = f"an order takes at most {MAX_PACKS} packs, this one has {len(names)}; split it into several orders"
        raise InvalidOrderError((Problem("info", text),))
    reader = _Reader()
    packs = tuple(reader.pack(name, info[name]) for name in names)
    if reader.problems:
        raise InvalidOrderError(tuple(reader.problems))
    return packs


class _Reader:
    """Reads fields and gathers what is wrong, so that a caller learns of everything at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def pack(self, name: str, raw: Any) -> Pack:
        if not isinstance(raw, Mapping):
            self._wrong(f"info.{name}", "must be a map such as {plan_id, quantity, period}")
            return Pack(name=name)
        where = f"info.{name}"
        return Pack(
            name=name,
            plan_id=str(raw.get("plan_id") or ""),
            quantity=self._whole(f"{where}.quantity", raw.get("quantity"), 1, MAX_QUANTITY) or 1,
            period=self._whole(f"{where}.period", raw.get("period"), PERIODS.start, PERIODS.stop - 1),
            options=self._options(f"{where}.options", raw.get("options")),
            price_cents=self._cents(f"{where}.price", raw.get("price")),
            setup_cents=self._cents(f"{where}.setup", raw.get("setup")),
            option_price_cents=self._cents_map(f"{where}.monthly_fee", raw.get("monthly_fee")),
            option_setup_cents=self._cents_map(f"{where}.setup_fee", raw.get("setup_fee")),
            setup_per_unit=_SWITCH.get(str(raw.get("setup_qs", "")).lower(), False),
            description=str(raw.get("desserv") or ""),
            status=self._whole(f"{where}.status", raw.get("status"), 1, 2),
            coupon=coupon_code(raw.get("coupon")),
        )

    def _wrong(self, field: str, text: str) -> None:
        self.problems.append(Problem(field, text))

    def _whole(self, field: str, raw: Any, least: int, most: int) -> int | None:
        if raw is None or raw == "":
            return None
        number = str(raw).strip()
        if isinstance(raw, bool) or not re.fullmatch(r"-?\d{1,12}", number) or not least <= int(number) <= most:
            self._wrong(field, f"must be a whole number from {least} to {most}")
            return None
        return int(number)

    def _cents(self, field: str, raw: Any) -> int | None:
        if raw is None or raw == "":
            return None
        try:
            return parse_cents(raw)
        except MoneyError as error:
            self._wrong(field, str(error))
            return None

    def _options(self, field: str, raw: Any) -> dict[str, str]:
        return {
            key: str(value) for key, value in self._map(field, raw).items() if not isinstance(value, Mapping | list)
        }

    def _cents_map(self, field: str, raw: Any) -> dict[str, int]:
        amounts = {key: self._cents(f"{field}.{key}", value) for key, value in self._map(field, raw).items()}
        return {key: cents for key, cents in amounts.items() if cents is not None}

    def _map(self, field: str, raw: Any) -> Mapping[str, Any]:
        if raw is None or raw in ("", []):
            return {}
        if isinstance(raw, list):
            raw = {str(index): value for index, value in enumerate(raw)}
        if not isinstance(raw, Mapping):
            self._wrong(field, "must be a map of upgrade id to value")
            return {}
        return {str(key): value for key, value in raw.items()}
