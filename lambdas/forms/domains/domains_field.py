"""A field for several domain names, each a pack of its own with the plan that sells its ending."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from lambdas.catalog.plan import Plan, PlanId
from lambdas.forms.domains.names import is_sold, named
from lambdas.forms.fields.field import Given, Input, InputRefusedError, Typed
from lambdas.forms.fields.packs import PackField
from lambdas.forms.fields.wording import advice, bare
from lambdas.languages import formats
from lambdas.languages.texts import _
from lambdas.orders.contact.hosts import in_letters
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import Info, text
from lambdas.orders.parsing.transfer_code import KEY, MOST_CHARACTERS

LOOK = "look"  # name of the button that looks names up
TICKED = "1"


class DomainsField(PackField):
    """Names are typed or pasted into an area, looked up by a button, and ticked. Each that is ticked is a pack, from number
    `pack` on, at most `most` of them.

    `plans`: which register names, and which transfer them, by the ending; `period`: for how many months.
    """

    kind: Literal["domains"]
    plans: tuple[PlanId, ...] = Field(min_length=1)
    period: int = Field(default=12, ge=0)
    most: int = Field(default=20, ge=1, le=50)
    lines: int = Field(default=3, ge=2, le=20)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"pack{number}" for number in range(self.pack, self.pack + self.most))

    def inputs(self, given: Given) -> tuple[Input, ...]:
        return self.one(
            "textarea", attributes={"rows": str(self.lines), "spellcheck": "false", "autocapitalize": "none"}
        )

    def sold(self, given: Given) -> dict[str, Plan]:
        """The plan that registers names, by ending."""
        return self._by_ending(given, is_transfer=False)

    def moved(self, given: Given) -> dict[str, Plan]:
        """The plan that transfers names, by ending."""
        return self._by_ending(given, is_transfer=True)

    def _by_ending(self, given: Given, *, is_transfer: bool) -> dict[str, Plan]:
        plans = [given.plans[plan_id] for plan_id in self.plans if plan_id in given.plans]
        fit = [plan for plan in plans if self.period in plan.pricing and plan.is_transfer == is_transfer]
        return {ending: plan for plan in fit for ending in plan.endings}

    def tick(self, name: str) -> str:
        """The input by which a name is registered."""
        return f"{self.name}-{name}"

    def transfer(self, name: str) -> str:
        """The input by which a name is transferred."""
        return f"{self.name}_transfer-{name}"

    def code(self, name: str) -> str:
        """The input of the code that a transfer needs."""
        return f"{self.name}_code-{name}"

    def ticked(self, typed: Typed) -> list[str]:
        """Names that are ticked to be registered, in the page's order."""
        return _names(typed, self.tick(""))

    def transferred(self, typed: Typed) -> list[str]:
        return _names(typed, self.transfer(""))

    def ordered(self, info: Mapping[str, Any]) -> dict[str, str]:
        """The pack of each name that the order has."""
        packs = ((key, info.get(key)) for key in self.keys)
        return {
            text(pack, "desserv"): key for key, pack in packs if isinstance(pack, Mapping) and text(pack, "desserv")
        }

    def is_transfer(self, key: str, given: Given) -> bool:
        """Whether the pack is a transfer."""
        pack = given.info.get(key)
        plan = given.plans.get(text(pack, "plan_id")) if isinstance(pack, Mapping) else None
        return plan is not None and plan.is_transfer

    def typed(self, given: Given) -> dict[str, str]:
        names = self.ordered(given.info)
        ticks = {
            (self.transfer if self.is_transfer(key, given) else self.tick)(name): TICKED for name, key in names.items()
        }
        return {self.name: "\n".join(map(in_letters, names)), **ticks}

    def read(self, typed: Typed, given: Given) -> Info:
        """Codes are read and never shown: an empty one leaves the code that the order has."""
        plans = self._chosen(typed, given)
        if len(plans) > self.most:
            raise InputRefusedError(self.name, self.too_many())
        if not plans and self.required:
            raise InputRefusedError(self.name, self._nothing_ticked(typed.get(self.name, ""), self.sold(given)))
        codes = self._codes([name for name, plan in plans.items() if plan.is_transfer], typed, given)
        return self._packs(plans, codes, given)

    def cleared(self, info: Info) -> Info:
        return dict.fromkeys(self.ordered(info).values(), "")

    def too_many(self) -> str:
        return _("{label} must be {most} names or fewer", label=bare(self.label), most=formats.number(self.most))

    def _chosen(self, typed: Typed, given: Given) -> dict[str, Plan]:
        """The plan of each name that is ticked."""
        found: dict[str, Plan] = {}
        for names, plans in ((self.ticked(typed), self.sold(given)), (self.transferred(typed), self.moved(given))):
            for name in names:
                if not is_sold(name, plans):
                    why = _("{name} is not sold here. Select other names", name=in_letters(name))
                    raise InputRefusedError(self.name, why)
                if name in found:
                    why = _("{name} can be registered or transferred, not both", name=in_letters(name))
                    raise InputRefusedError(self.name, why)
                found[name] = plans[name.partition(".")[2]]
        return found

    def _codes(self, names: list[str], typed: Typed, given: Given) -> dict[str, str]:
        """The codes that are typed for these names. Raises InputRefusedError for each that is missing or cannot be one."""
        before, wrong, codes = self.ordered(given.info), dict[str, str](), dict[str, str]()
        for name in names:
            codes[name] = typed.get(self.code(name), "").strip()
            has_one = bool(text(given.info.get(before.get(name, "")) or {}, KEY))
            if not codes[name] and not has_one:
                wrong[self.code(name)] = _("Enter the authorisation code of {name}", name=in_letters(name))
            elif len(codes[name]) > MOST_CHARACTERS or not codes[name].isprintable():
                most = formats.number(MOST_CHARACTERS)
                wrong[self.code(name)] = _(
                    "The code of {name} must be {most} characters or fewer", name=in_letters(name), most=most
                )
        for input_name, why in wrong.items():
            raise InputRefusedError(input_name, why, wrong)
        return codes

    def _packs(self, plans: Mapping[str, Plan], codes: Mapping[str, str], given: Given) -> Info:
        """A pack for each name, under the number that it has, and the others taken off."""
        before = self.ordered(given.info)
        kept = {key for name, key in before.items() if name in plans}
        room = (key for key in self.keys if key not in kept)
        changes: Info = {key: "" for key in before.values() if key not in kept}
        for name, plan in plans.items():
            key = before.get(name) or next(room)
            pack = {"plan_id": plan.plan_id, "period": self.period, "desserv": name}
            forgotten = {KEY: ""} if text(given.info.get(key) or {}, KEY) else {}
            stays = plan.is_transfer and name in before and self.is_transfer(key, given)
            code = {KEY: codes[name]} if codes.get(name) else {} if stays else forgotten
            changes[key] = {**pack, **code}
        return changes

    def _nothing_ticked(self, typed: str, sold: Mapping[str, Plan]) -> str:
        try:
            found = named(typed, sold)
        except UnfitError as unfit:
            return advice(unfit, self.label)
        return _("Select at least one of the names below") if found else self.when_missing


def _names(typed: Typed, start: str) -> list[str]:
    return [key.removeprefix(start) for key, value in typed.items() if key.startswith(start) and value == TICKED]
