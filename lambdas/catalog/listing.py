"""The list price of one pack, less its own discount, before any coupon, and the parts it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lambdas.catalog.coupon import Charge
from lambdas.catalog.plan import Option, Plan, Price
from lambdas.catalog.spread import spread
from lambdas.orders.model.packs import MAX_TITLE, PricedPack
from lambdas.orders.parsing.requested_pack import Pack, PackDiscount

MONTHLY = 1


def listed(plan: Plan | None, pack: Pack) -> tuple[PricedPack, tuple[Charge, ...]]:
    """The pack at its list price, less its own discount.

    Parts that cost nothing are kept: a coupon may name them.
    """
    chosen = {key: option_of(plan, pack, key) for key in _upgrades(pack)}
    one = _unit(plan, pack, chosen)
    charges = _charges(one, pack, chosen)
    recurring, off = _less([charge.recurring_cents for charge in charges], pack.discount)
    setup, setup_off = _less([charge.setup_cents for charge in charges], pack.setup_discount)
    left = tuple(
        replace(charge, recurring_cents=recurring[place], setup_cents=setup[place])
        for place, charge in enumerate(charges)
    )
    sums = {
        "recurring_cents": sum(recurring),
        "setup_cents": sum(setup),
        "off_cents": off,
        "setup_off_cents": setup_off,
    }
    return one.model_copy(update=sums), left


def _less(cents: Sequence[int], discount: PackDiscount) -> tuple[Sequence[int], int]:
    """The parts less the pack's own discount, in proportion, so that they add up; and that discount."""
    whole = sum(cents)
    off = discount.off(whole)
    return (spread([part * (whole - off) for part in cents], whole) if off else cents), off


def option_of(plan: Plan | None, pack: Pack, upgrade_id: str) -> Option | None:
    """The plan's option that the pack chose in this upgrade."""
    upgrade = plan.upgrades.get(upgrade_id) if plan else None
    return upgrade.options.get(pack.options.get(upgrade_id, "")) if upgrade else None


def _upgrades(pack: Pack) -> tuple[str, ...]:
    """Every upgrade that is chosen or priced, once."""
    return tuple({**pack.options, **pack.option_price_cents, **pack.option_setup_cents})


def _unit(plan: Plan | None, pack: Pack, chosen: Mapping[str, Option | None]) -> PricedPack:
    """The price of one unit, part by part, without totals."""
    period = period_of(plan, pack)
    sold = plan.pricing.get(period) if plan else None
    monthly = {key: option.price if option else 0 for key, option in chosen.items()}
    setup = {key: option.setup if option else 0 for key, option in chosen.items()}
    return PricedPack(
        pack=pack.name,
        plan_id=pack.plan_id,
        title=pack.title or (plan.title if plan else pack.description[:MAX_TITLE] or f"Service {pack.name}"),
        description=pack.description,
        quantity=pack.quantity,
        period=period,
        options=pack.options,
        setup_cents=0,
        recurring_cents=0,
        status=pack.status,
        start_at=pack.start_at,
        last_renewed_at=pack.last_renewed_at,
        renew_at=pack.renew_at,
        auto_bill=pack.auto_bill,
        price_cents=_price(pack, period, sold),
        unit_setup_cents=_said(pack.setup_cents, sold.setup if sold else 0),
        option_price_cents={**monthly, **pack.option_price_cents},
        option_setup_cents={**setup, **pack.option_setup_cents},
        options_desc={key: option.name for key, option in chosen.items() if option},
        groups_desc={key: plan.upgrades[key].name for key in chosen if plan and key in plan.upgrades},
    )


def _charges(one: PricedPack, pack: Pack, chosen: Mapping[str, Option | None]) -> tuple[Charge, ...]:
    """The plan's part and each option's, for the whole quantity; set-up once per pack, or per unit with `setup_qs`."""
    setups = pack.quantity if pack.setup_per_unit else 1
    months = max(one.period, 1) * pack.quantity
    plan = Charge("", one.price_cents * pack.quantity, one.unit_setup_cents * setups)
    return (
        plan,
        *(
            Charge(
                spo_id=pack.options[key] if option else "",
                recurring_cents=one.option_price_cents[key] * months,
                setup_cents=one.option_setup_cents[key] * setups,
            )
            for key, option in chosen.items()
        ),
    )


def _price(pack: Pack, period: int, sold: Price | None) -> int:
    """Of one unit for the period; a caller's price may be for a month (`bill_type` 1)."""
    if pack.price_cents is None:
        return sold.price if sold else 0
    return pack.price_cents * max(period, 1) if pack.price_is_monthly else pack.price_cents


def period_of(plan: Plan | None, pack: Pack) -> int:
    """The billing period in months: the one that was chosen, else the plan's shortest but once."""
    return pack.period if pack.period is not None else _default_period(plan)


def _default_period(plan: Plan | None) -> int:
    return MONTHLY if plan is None or MONTHLY in plan.pricing else next(iter(plan.pricing))


def _said(cents: int | None, otherwise: int) -> int:
    return otherwise if cents is None else cents
