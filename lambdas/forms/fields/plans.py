"""Fields for choosing a plan and its options."""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from lambdas.catalog.plan import Option, Plan
from lambdas.forms.fields.field import MOST_RADIOS, Card, Choice, Given, Input, InputRefusedError, Typed
from lambdas.forms.fields.packs import PackField
from lambdas.forms.fields.wording import to_select
from lambdas.forms.pages.amounts import amount, per_period
from lambdas.languages.texts import N_, _
from lambdas.orders.model.info import Info


class PlanField(PackField):
    """A plan with its billing period, as one choice: a card for each plan, and its periods in it with what each saves.

    If the field is optional, "none" is a choice too.

    `periods`: the only ones offered, in months; 0 means once. All are offered if none is named.
    """

    kind: Literal["plan"]
    plans: tuple[str, ...] = Field(min_length=1)
    periods: tuple[int, ...] = ()
    none_text: str = N_("No, thank you")

    def inputs(self, given: Given) -> tuple[Input, ...]:
        none = () if self.required else (Choice(value="", label=self.none_text),)
        choices = (*none, *(choice for choice, _, _ in self.offers(given)))
        return self.one("radio", choices=choices, cards=self._cards(none, given))

    def _cards(self, none: tuple[Choice, ...], given: Given) -> tuple[Card, ...]:
        """One for each plan, if a plan has features or several periods."""
        offers = self.offers(given)
        found = [
            Card(
                title=plan.title,
                features=plan.features,
                choices=tuple(each for each, of, _ in offers if of == plan.plan_id),
            )
            for plan in self._sold(given)
        ]
        if not any(card.features or len(card.choices) > 1 for card in found):
            return ()
        alone = (Card(title="", choices=none),) if none else ()
        return (*alone, *(card for card in found if card.choices))

    def typed(self, given: Given) -> dict[str, str]:
        pack = self.of(given.info)
        return {self.name: f"{pack['plan_id']}:{pack.get('period', '')}" if pack.get("plan_id") else ""}

    def read(self, typed: Typed, given: Given) -> Info:
        value = self.line(typed)
        if not value and not self.required:
            return self.cleared(given.info)
        for choice, plan_id, period in self.offers(given):
            if choice.value == value:
                return {self.key: {"plan_id": plan_id, "period": period}}
        raise InputRefusedError(self.name, self.missing or to_select(self.label, self.key))

    def cleared(self, info: Info) -> Info:
        return {self.key: ""} if self.of(info) else {}

    def offers(self, given: Given) -> list[tuple[Choice, str, int]]:
        """Each choice with its plan's id and its period in months."""
        return [
            (self._choice(plan, period, given), plan.plan_id, period)
            for plan in self._sold(given)
            for period in self._periods_of(plan)
        ]

    def _sold(self, given: Given) -> list[Plan]:
        return [given.plans[plan_id] for plan_id in self.plans if plan_id in given.plans]

    def _periods_of(self, plan: Plan) -> list[int]:
        return [period for period in plan.pricing if not self.periods or period in self.periods]

    def _choice(self, plan: Plan, period: int, given: Given) -> Choice:
        price = plan.pricing[period]
        detail = f"{amount(price.price, given.currency)} {per_period(period)}"
        if price.setup:
            setup = _("{amount} set-up", amount=amount(price.setup, given.currency))
            detail = f"{detail}, {setup}"
        percent = saved_percent(plan, period, self._periods_of(plan))
        note = _("Save {percent}%", percent=percent) if percent else ""
        return Choice(value=f"{plan.plan_id}:{period}", label=plan.title, detail=detail, note=note)


def saved_percent(plan: Plan, period: int, offered: Iterable[int]) -> int:
    """How much less a month costs in this period than in the shortest one that is offered, in whole percent, rounded down.

    0 if it is no less, or if the plan is paid once. Set-up is no part of it.
    """
    shortest = min((each for each in offered if each), default=0)
    if not period or not shortest or not (month := plan.pricing[shortest].price * period):
        return 0
    return max(0, 100 * (month - plan.pricing[period].price * shortest) // month)


class OptionsField(PackField):
    """The options of the pack's plan, one choice per upgrade: radio buttons up to six, a list if there are more.

    A plan without upgrades shows nothing.
    """

    kind: Literal["options"]

    def inputs(self, given: Given) -> tuple[Input, ...]:
        plan = self.plan(given)
        return tuple(
            Input(
                name=self._name(upgrade_id),
                label=upgrade.name,
                widget="radio" if len(upgrade.options) <= MOST_RADIOS else "select",
                required=True,
                choices=tuple(
                    Choice(value=option_id, label=option.name, detail=_extra(option, given.currency))
                    for option_id, option in upgrade.options.items()
                ),
            )
            for upgrade_id, upgrade in (plan.upgrades.items() if plan else ())
        )

    def typed(self, given: Given) -> dict[str, str]:
        chosen = self.of(given.info).get("options")
        chosen = chosen if isinstance(chosen, Mapping) else {}
        plan = self.plan(given)
        upgrades = plan.upgrades if plan else {}
        return {
            self._name(key): str(
                chosen.get(key) or upgrade.default
            )  # a choice that is no longer sold must be made again
            for key, upgrade in upgrades.items()
        }

    def read(self, typed: Typed, given: Given) -> Info:
        plan = self.plan(given)
        options: dict[str, str] = {}
        wrong: dict[str, str] = {}
        for upgrade_id, upgrade in (plan.upgrades if plan else {}).items():
            option_id = self.line(typed, self._name(upgrade_id)) or upgrade.default
            if option_id not in upgrade.options:
                wrong[self._name(upgrade_id)] = to_select(upgrade.name, self.key)
            options[upgrade_id] = option_id
        for name, why in wrong.items():
            raise InputRefusedError(name, why, wrong)
        return {self.key: {"options": options}} if options else {}

    def _name(self, upgrade_id: str) -> str:
        return f"{self.name}_{upgrade_id}"


def _extra(option: Option, currency: str) -> str:
    parts = (
        _("{amount} a month", amount="+" + amount(option.price, currency)) if option.price else "",
        _("{amount} set-up", amount="+" + amount(option.setup, currency)) if option.setup else "",
    )
    return ", ".join(part for part in parts if part) or _("included")
