"""Fields for the items of an order: each writes a pack, `info.packN` (reference/ubersmith.md 5.3)."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from lambdas.catalog.domains import registrable
from lambdas.catalog.plan import Plan
from lambdas.forms.fields.field import FormField, Given, Input, InputRefusedError, Typed
from lambdas.forms.fields.wording import at_most, bare, in_sentence
from lambdas.languages import formats
from lambdas.languages.texts import _, n_
from lambdas.orders.contact.hosts import hosts, in_letters
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import Info, text

MAX_CODE = 64


class PackField(FormField):
    """A field of the order's pack of this number."""

    pack: int = Field(default=1, ge=1, le=100)

    @property
    def key(self) -> str:
        return f"pack{self.pack}"

    def of(self, info: Mapping[str, Any]) -> Mapping[str, Any]:
        """The pack; empty if none is chosen."""
        pack = info.get(self.key)
        return pack if isinstance(pack, Mapping) else {}

    def plan(self, given: Given) -> Plan | None:
        return given.plans.get(text(self.of(given.info), "plan_id"))

    def cleared(self, info: Info) -> Info:
        return {}


class QuantityField(PackField):
    """How many of the pack."""

    kind: Literal["quantity"]
    least: int = Field(default=1, ge=1)
    most: int = Field(default=10, ge=1, le=10_000)

    def inputs(self, given: Given) -> tuple[Input, ...]:
        limits = {"min": str(self.least), "max": str(self.most), "inputmode": "numeric"}
        return self.one("number", attributes=limits)

    def typed(self, given: Given) -> dict[str, str]:
        return {self.name: str(self.of(given.info).get("quantity") or self.least)}

    def read(self, typed: Typed, given: Given) -> Info:
        if not self.of(given.info):
            return {}
        value = self.line(typed)
        number = int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0
        if not self.least <= number <= self.most:
            raise InputRefusedError(self.name, self.missing or self._number_rule())
        return {self.key: {"quantity": number}}

    def _number_rule(self) -> str:
        least, most = formats.number(self.least), formats.number(self.most)
        return _(
            "Enter {label} as a whole number from {least} to {most}",
            label=in_sentence(self.label), least=least, most=most,
        )  # fmt: skip


class HostsField(PackField):
    """Host names, as many as the pack has units. They are the description of the service."""

    kind: Literal["hosts"]
    lines: int = Field(default=1, ge=1, le=20)

    def inputs(self, given: Given) -> tuple[Input, ...]:
        if self.lines == 1:
            return self.one("text", attributes={"maxlength": "500", "spellcheck": "false"})
        return self.one("textarea", attributes={"rows": str(self.lines), "spellcheck": "false"})

    def typed(self, given: Given) -> dict[str, str]:
        names = str(self.of(given.info).get("desserv") or "").split(", ")
        return {self.name: "\n".join(map(in_letters, names))}

    def read(self, typed: Typed, given: Given) -> Info:
        pack = self.of(given.info)
        if not pack:
            return {}
        try:
            names = hosts(typed.get(self.name, ""))
        except UnfitError:
            raise InputRefusedError(
                self.name, _("{label} must be in the correct format, like www.example.com", label=bare(self.label))
            ) from None
        if not names and not self.required:
            return {self.key: {"desserv": ""}} if pack.get("desserv") else {}
        if not names:
            raise InputRefusedError(self.name, self.when_missing)
        if len(names) != _units(pack) or len(set(names)) != len(names):
            raise InputRefusedError(self.name, self._names_rule(_units(pack)))
        endings = plan.endings if (plan := self.plan(given)) else ()
        if endings and any(registrable(name, endings) != name for name in names):
            sold = ", ".join(f".{in_letters(ending)}" for ending in endings)
            why = _(
                "{label} must end in one of {endings}, with one name before it", label=bare(self.label), endings=sold
            )
            raise InputRefusedError(self.name, why)
        return {self.key: {"desserv": ", ".join(names)}}

    def _names_rule(self, units: int) -> str:
        return n_(
            "{label} must be one name", "{label} must be {number} different names, one for each", units,
            label=bare(self.label), number=formats.number(units),
        )  # fmt: skip


class CouponField(FormField):
    """The order's coupon. One that gives no discount is refused, with the cause (reference/ubersmith.md 3.4)."""

    kind: Literal["coupon"]
    required: bool = False

    @property
    def key(self) -> str:
        return "coupon"

    def inputs(self, given: Given) -> tuple[Input, ...]:
        return self.one("text", attributes={"maxlength": str(MAX_CODE), "spellcheck": "false"})

    def accepted(self, value: str, given: Given) -> str:
        value = super().accepted(value, given)
        if len(value) > MAX_CODE:
            raise InputRefusedError(self.name, at_most(self.label, MAX_CODE))
        return value


def _units(pack: Mapping[str, Any]) -> int:
    return int(pack.get("quantity") or 1)
