"""How far an order is still what was signed (reference/order-systems.md D17). Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.records.quotes.contract import SignedContract
from lambdas.records.quotes.service import QuotedService, facts_of
from lambdas.runtime.models import Frozen

_NOT_SHOWN = "(not shown)"
_FIELD = re.compile(r"[a-z_]*|options\.[0-9]{1,18}")
_NUMBERS = re.compile(r"[0-9]+ x plan [0-9]+ at [0-9.]+ for [0-9]+ months|[0-9.]*( at [0-9.]+ and [0-9.]+ set-up)?")


class Difference(Frozen):
    """`line`: the order's pack. `field`: of a changed line, what differs; `signed`, `ordered`: as it was and as it is."""

    line: str
    kind: Literal["added", "removed", "changed"]
    field: str = ""
    signed: str = ""
    ordered: str = ""

    def __str__(self) -> str:
        if self.kind == "added":
            return f"{self.line} was not signed: {self.ordered}"
        if self.kind == "removed":
            return f"{self.line} was signed and is not on the order: {self.signed}"
        return f"{self.line} {self.field}: signed {self.signed or 'none'}, ordered {self.ordered or 'none'}"


def differences(contract: SignedContract, order: Order) -> tuple[Difference, ...]:
    """By the packs' numbers; empty: the order is what was signed.

    Packs are compared as they are sold: at the prices the order has, whatever `info` says.
    """
    signed, ordered = contract.lines(), {pack.pack: pack for pack in order.priced}
    return tuple(
        found
        for line in sorted({*signed, *ordered}, key=lambda name: int(name.removeprefix("pack")))
        for found in _of_line(line, signed, ordered, order.currency)
    )


def without_person(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """The same, with numbers only: what services are called, and what else somebody typed, is not shown."""
    return tuple(
        one.changed(
            field=one.field if _FIELD.fullmatch(one.field) else _NOT_SHOWN,
            signed=one.signed if _NUMBERS.fullmatch(one.signed) else _NOT_SHOWN,
            ordered=one.ordered if _NUMBERS.fullmatch(one.ordered) else _NOT_SHOWN,
        )
        for one in found
    )


def _of_line(
    line: str, signed: Mapping[str, QuotedService], ordered: Mapping[str, PricedPack], currency: str
) -> Iterator[Difference]:
    service, pack = signed.get(line), ordered.get(line)
    if service is None:
        yield Difference(line=line, kind="added", ordered=_named(facts_of(ordered[line], currency)))
    elif pack is None:
        yield Difference(line=line, kind="removed", signed=_named(service.facts(currency)))
    else:
        was, now = service.facts(currency), facts_of(pack, currency)
        for field in {**was, **now}:
            if was.get(field, "") != now.get(field, ""):
                yield Difference(
                    line=line, kind="changed", field=field, signed=was.get(field, ""), ordered=now.get(field, "")
                )


def _named(facts: Mapping[str, str]) -> str:
    what = facts["desserv"] or f"plan {facts['plan_id']}"
    return f"{facts['quantity']} x {what} at {facts['price']} for {facts['period']} months"
