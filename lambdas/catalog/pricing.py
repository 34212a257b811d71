"""What packs cost: the caller's own price first, then the plan's (docs/decisions.md states the rule)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.catalog.plan import Option, Plan, Price
from lambdas.orders.errors import Problem
from lambdas.orders.packs import Pack, PricedPack, parse_packs

MONTHLY = 1


@dataclass(frozen=True)
class CatalogPricing:
    """Prices packs from the plans. An amount named by the caller replaces the plan's; an option's price is per month."""

    plans: Mapping[str, Plan]

    def price(self, info: Mapping[str, Any]) -> tuple[PricedPack, ...]:
        """Packs that cannot be priced are left out: a lead may be unfinished."""
        return tuple(self._priced(pack) for pack in parse_packs(info) if not list(self._missing(pack)))

    def missing(self, info: Mapping[str, Any]) -> tuple[Problem, ...]:
        return tuple(problem for pack in parse_packs(info) for problem in self._missing(pack))

    def _missing(self, pack: Pack) -> Iterator[Problem]:
        where = f"info.{pack.name}"
        plan = self.plans.get(pack.plan_id)
        if plan is None and pack.price_cents is None:
            known = ", ".join(self.plans)
            yield Problem(f"{where}.plan_id", f"neither a known plan ({known}) nor priced by {where}.price")
        elif plan and pack.price_cents is None and pack.period is not None and pack.period not in plan.pricing:
            periods = ", ".join(map(str, plan.pricing))
            yield Problem(f"{where}.period", f"{plan.title} is sold for {periods} months; name one, or a price")
        for upgrade_id in pack.options:
            if plan and _option(plan, pack, upgrade_id) is None and upgrade_id not in pack.option_price_cents:
                yield Problem(
                    f"{where}.options.{upgrade_id}", f"no such option of {plan.title}; choose a known one, or price it"
                )

    def _priced(self, pack: Pack) -> PricedPack:
        plan = self.plans.get(pack.plan_id)
        period = pack.period if pack.period is not None else _default_period(plan)
        listed = plan.pricing.get(period) if plan else None
        price = _said(pack.price_cents, listed.price if listed else 0)
        setup = _said(pack.setup_cents, listed.setup if listed else 0)
        for upgrade_id in {**pack.options, **pack.option_price_cents, **pack.option_setup_cents}:
            option: Price | None = _option(plan, pack, upgrade_id) if plan else None
            monthly = _said(pack.option_price_cents.get(upgrade_id), option.price if option else 0)
            price += monthly * max(period, 1)
            setup += _said(pack.option_setup_cents.get(upgrade_id), option.setup if option else 0)
        return PricedPack(
            pack=pack.name,
            plan_id=pack.plan_id,
            title=plan.title if plan else pack.description or f"Service {pack.name}",
            description=pack.description,
            quantity=pack.quantity,
            period=period,
            options=pack.options,
            setup_cents=setup * (pack.quantity if pack.setup_per_unit else 1),
            recurring_cents=price * pack.quantity,
            status=pack.status,
        )


def _option(plan: Plan, pack: Pack, upgrade_id: str) -> Option | None:
    upgrade = plan.upgrades.get(upgrade_id)
    return upgrade.options.get(pack.options.get(upgrade_id, "")) if upgrade else None


def _default_period(plan: Plan | None) -> int:
    return MONTHLY if plan is None or MONTHLY in plan.pricing else next(iter(plan.pricing))


def _said(cents: int | None, otherwise: int) -> int:
    return otherwise if cents is None else cents
