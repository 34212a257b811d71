"""Reads the packs of an order from whatever a caller sent, or says everything that is wrong with them."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.money import MoneyError, parse_cents, parse_percent
from lambdas.orders.model.packs import MAX_PACKS, MAX_QUANTITY, MAX_TITLE, PERIODS
from lambdas.orders.parsing.info_keys import is_pack
from lambdas.orders.parsing.pack_keys import REFUSED, asks_for_something
from lambdas.orders.parsing.requested_pack import WHOLE, Pack, PackDiscount

_LAST_SECOND = 253_402_300_799  # of the year 9999, the last one that dates are written for
_WITH_FRACTION = re.compile(r"\A([0-9]{1,12})\.[0-9]{1,24}")
_OF_NOTHING = re.compile(r"(?<=[0-9])\.0{0,24}\Z")
_SWITCH = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def coupon_code(stated: Any) -> str:
    """The code of a coupon as callers say it: the code itself, or the object that was read back."""
    code = stated.get("coupon_code") if isinstance(stated, Mapping) else stated
    return "" if code is None or isinstance(code, Mapping | list) else str(code).strip()


def parse_packs(info: Mapping[str, Any], currency: str) -> tuple[Pack, ...]:
    """All packs in their number's order, with amounts in this currency.

    Raises InvalidOrderError naming every wrong field; absent fields are fine.

    An empty pack is none: `info` is merged and loses no key, so emptying it is how a pack is taken off an order.
    """
    there = (name for name, raw in info.items() if is_pack(name) and raw not in ("", None))
    names = sorted(there, key=lambda name: int(name[4:]))
    if len(names) > MAX_PACKS:
        text = f"an order takes at most {MAX_PACKS} packs, this one has {len(names)}; split it into several orders"
        raise InvalidOrderError((Problem("info", text),))
    reader = _Reader(currency)
    packs = tuple(reader.pack(name, info[name]) for name in names)
    if reader.problems:
        raise InvalidOrderError(tuple(reader.problems))
    return packs


class _Reader:
    """Reads fields and gathers what is wrong, so that a caller learns of everything at once."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self.problems: list[Problem] = []

    def pack(self, name: str, raw: Any) -> Pack:
        """One pack. Longer than 30 lines, because each of its fields is a line."""
        where = f"info.{name}"
        if not isinstance(raw, Mapping):
            self._wrong(where, "must be a map such as {plan_id, quantity, period}")
            return Pack(name=name)
        self._refuse(where, raw)
        start_at, renew_at = (self._time(f"{where}.{key}", raw.get(key)) for key in ("start", "renewdate"))
        if start_at and renew_at and renew_at <= start_at:
            self._wrong(f"{where}.renewdate", "must be later than start")
        return Pack(
            name=name,
            plan_id=self._plan_id(f"{where}.plan_id", raw.get("plan_id")),
            quantity=self._whole(f"{where}.quantity", raw.get("quantity"), 1, MAX_QUANTITY) or 1,
            period=self._whole(f"{where}.period", raw.get("period"), PERIODS.start, PERIODS.stop - 1),
            options=self._options(f"{where}.options", raw.get("options")),
            price_cents=self._cents(f"{where}.price", raw.get("price")),
            setup_cents=self._cents(f"{where}.setup", raw.get("setup")),
            option_price_cents=self._cents_map(f"{where}.monthly_fee", raw.get("monthly_fee")),
            option_setup_cents=self._cents_map(f"{where}.setup_fee", raw.get("setup_fee")),
            setup_per_unit=self._switch(f"{where}.setup_qs", raw.get("setup_qs")) or False,
            price_is_monthly=self._switch(f"{where}.bill_type", raw.get("bill_type")) or False,
            title=self._title(f"{where}.title", raw.get("title")),
            description=self._text(f"{where}.desserv", raw.get("desserv")),
            auth_code=self._text(f"{where}.auth_code", raw.get("auth_code")),
            status=self._whole(f"{where}.status", raw.get("status"), 1, 2),
            coupon=coupon_code(raw.get("coupon")),
            auto_bill=self._switch(f"{where}.auto_bill", raw.get("auto_bill")),
            start_at=start_at,
            last_renewed_at=self._time(f"{where}.lastrenewed", raw.get("lastrenewed")),
            renew_at=renew_at,
            prorate_at=self._prorate_at(where, raw, start_at, renew_at),
            is_prorated=self._switch(f"{where}.prorated", raw.get("prorated")),
            discount=self._discount(where, raw, "discount"),
            setup_discount=self._discount(where, raw, "setup_discount"),
        )

    def _prorate_at(self, where: str, raw: Mapping[str, Any], start_at: int | None, renew_at: int | None) -> int | None:
        """Until when the first period goes; the renewal that is stated beside it must be that day or later."""
        prorate_at = self._time(f"{where}.prorate_date", raw.get("prorate_date"))
        if prorate_at and start_at and prorate_at <= start_at:
            self._wrong(f"{where}.prorate_date", "must be later than start")
        elif prorate_at and renew_at and renew_at < prorate_at:
            self._wrong(f"{where}.renewdate", "must not be before prorate_date")
        return prorate_at

    def _discount(self, where: str, raw: Mapping[str, Any], name: str) -> PackDiscount:
        """A percentage, or an amount off the whole quantity where its type is 1 (Ubersmith's `client.service_add`)."""
        stated, is_amount = raw.get(name), self._switch(f"{where}.{name}_type", raw.get(f"{name}_type")) or False
        if stated is None or stated == "":
            return PackDiscount()
        if is_amount:
            return PackDiscount(value=self._cents(f"{where}.{name}", stated) or 0, is_amount=True)
        try:
            percent = parse_percent(stated)
        except MoneyError as error:
            self._wrong(f"{where}.{name}", str(error))
            return PackDiscount()
        if percent > WHOLE:
            self._wrong(f"{where}.{name}", f"is a percentage, so it must be at most 100; an amount has {name}_type 1")
        return PackDiscount(value=percent)

    def _wrong(self, field: str, text: str) -> None:
        self.problems.append(Problem(field, text))

    def _refuse(self, where: str, raw: Mapping[str, Any]) -> None:
        for key in sorted(REFUSED.keys() & raw.keys()):
            if asks_for_something(raw[key]):
                self._wrong(f"{where}.{key}", REFUSED[key])

    def _text(self, field: str, raw: Any) -> str:
        if isinstance(raw, Mapping | list | bool):
            self._wrong(field, "must be text")
            return ""
        return "" if raw is None else str(raw).strip()

    def _title(self, field: str, raw: Any) -> str:
        stated = self._text(field, raw)
        if len(stated) > MAX_TITLE:
            self._wrong(field, f"has more than {MAX_TITLE} characters; what is longer goes into desserv")
        return stated

    def _plan_id(self, field: str, raw: Any) -> str:
        """Ubersmith writes 0 for a service in no catalogue."""
        stated = self._text(field, raw)
        return "" if stated == "0" else stated

    def _switch(self, field: str, raw: Any) -> bool | None:
        if raw is None or raw == "":
            return None
        stated = _SWITCH.get(str(raw).strip().lower())
        if stated is None:
            self._wrong(field, "must be 1 or 0")
        return stated

    def _time(self, field: str, raw: Any) -> int | None:
        """0 is no time. What programs take from a clock has fractions of a second."""
        stated = str(raw).strip() if isinstance(raw, str | Decimal) else ""
        seconds = _WITH_FRACTION.fullmatch(stated)
        return self._whole(field, seconds[1] if seconds else raw, 0, _LAST_SECOND) or None

    def _whole(self, field: str, raw: Any, least: int, most: int) -> int | None:
        if raw is None or raw == "":
            return None
        number = _OF_NOTHING.sub("", str(raw).strip())
        if isinstance(raw, bool) or not re.fullmatch(r"-?\d{1,12}", number) or not least <= int(number) <= most:
            self._wrong(field, f"must be a whole number from {least} to {most}")
            return None
        return int(number)

    def _cents(self, field: str, raw: Any) -> int | None:
        if raw is None or raw == "":
            return None
        try:
            return parse_cents(raw, self._currency)
        except MoneyError as error:
            self._wrong(field, str(error))
            return None

    def _options(self, field: str, raw: Any) -> dict[str, str]:
        """An empty one is none chosen."""
        chosen = {key: self._option(f"{field}.{key}", value) for key, value in self._map(field, raw).items()}
        return {key: value for key, value in chosen.items() if value}

    def _option(self, field: str, raw: Any) -> str:
        if isinstance(raw, Mapping | list | bool):
            self._wrong(field, "must be the option's id; what it costs goes into monthly_fee and setup_fee")
            return ""
        return "" if raw is None else str(raw).strip()

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
