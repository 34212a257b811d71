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

LOOK = "look"  # name of the button that looks names up
TICKED = "1"


class DomainsField(PackField):
    """Names are typed or pasted into an area, looked up by a button, and ticked. Each that is ticked is a pack, from number
    `pack` on, at most `most` of them.

    `plans`: which sell them, by the ending; `period`: for how many months.
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
        """The plan of each ending."""
        plans = [given.plans[plan_id] for plan_id in self.plans if plan_id in given.plans]
        return {ending: plan for plan in plans if self.period in plan.pricing for ending in plan.endings}

    def tick(self, name: str) -> str:
        """The input by which a name is ordered."""
        return f"{self.name}-{name}"

    def ticked(self, typed: Typed) -> list[str]:
        """Names that are ticked, in the page's order."""
        start = self.tick("")
        return [key.removeprefix(start) for key, value in typed.items() if key.startswith(start) and value == TICKED]

    def ordered(self, info: Mapping[str, Any]) -> dict[str, str]:
        """The pack of each name that the order has."""
        packs = ((key, info.get(key)) for key in self.keys)
        return {
            text(pack, "desserv"): key for key, pack in packs if isinstance(pack, Mapping) and text(pack, "desserv")
        }

    def typed(self, given: Given) -> dict[str, str]:
        names = self.ordered(given.info)
        return {self.name: "\n".join(map(in_letters, names)), **{self.tick(name): TICKED for name in names}}

    def read(self, typed: Typed, given: Given) -> Info:
        sold, names = self.sold(given), self.ticked(typed)
        if strange := [name for name in names if not is_sold(name, sold)]:
            raise InputRefusedError(
                self.name, _("{name} is not sold here. Select other names", name=in_letters(strange[0]))
            )
        if len(names) > self.most:
            raise InputRefusedError(self.name, self.too_many())
        if not names and self.required:
            raise InputRefusedError(self.name, self._nothing_ticked(typed.get(self.name, ""), sold))
        return self._packs(names, sold, given)

    def cleared(self, info: Info) -> Info:
        return dict.fromkeys(self.ordered(info).values(), "")

    def too_many(self) -> str:
        return _("{label} must be {most} names or fewer", label=bare(self.label), most=formats.number(self.most))

    def _packs(self, names: list[str], sold: Mapping[str, Plan], given: Given) -> Info:
        """The packs of these names, each under the number it has, and the others taken off."""
        before = self.ordered(given.info)
        kept = {key for name, key in before.items() if name in names}
        room = (key for key in self.keys if key not in kept)
        changes: Info = {key: "" for key in before.values() if key not in kept}
        for name in names:
            plan = sold[name.partition(".")[2]]
            pack = {"plan_id": plan.plan_id, "period": self.period, "desserv": name}
            changes[before.get(name) or next(room)] = pack
        return changes

    def _nothing_ticked(self, typed: str, sold: Mapping[str, Plan]) -> str:
        try:
            found = named(typed, sold)
        except UnfitError as unfit:
            return advice(unfit, self.label)
        return _("Select at least one of the names below") if found else self.when_missing
