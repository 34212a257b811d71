"""Prices a service for a quote: at the prices sent, or at the catalog's current ones. Both are fixed from then on."""

from collections.abc import Mapping

from pydantic import ValidationError

from lambdas.api.quotes.requests import QuoteOptionRequest, QuoteServiceAddRequest
from lambdas.catalog.plan import Plan
from lambdas.contracts.fitness import unknown_parts
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.records.quotes.service import QuotedOption, QuotedService
from lambdas.runtime.validation_messages import message_of, path_of

_WHOLE = 10_000  # 100.00 percent, in hundredths
_NO_PLAN = "0"


def quoted_service(request: QuoteServiceAddRequest, plans: Mapping[str, Plan]) -> QuotedService:
    """Raises InvalidOrderError naming each field that is wrong or missing."""
    plan = plans.get(request.plan_id)
    months = max(request.period, 1) if request.bill_type else 1
    sold = plan.pricing.get(request.period) if plan else None
    price = request.price * months if request.price is not None else sold.price if sold else None
    setup = request.setup if request.setup is not None else sold.setup if sold else 0
    if price is None:
        raise InvalidOrderError((Problem("price", _no_price(request, plan)),))
    amounts = _amounts(price, setup, request, months)
    options = {upgrade: _option(upgrade, option, plan) for upgrade, option in request.options.items()}
    service = QuotedService.model_validate(
        {
            "plan_id": "" if request.plan_id == _NO_PLAN else request.plan_id,
            "description": request.desserv,
            "period": request.period,
            "quantity": request.quantity,
            "setup_per_unit": request.setup_qs,
            "options": options,
            "notes": request.notes or "",
            **_checked(amounts, ""),
        }
    )
    problems = tuple(unknown_parts("service", service, plans))
    if problems:
        raise InvalidOrderError(
            tuple(Problem(problem.field.removeprefix("service."), problem.text) for problem in problems)
        )
    return service


def _option(upgrade_id: str, stated: QuoteOptionRequest, plan: Plan | None) -> QuotedOption:
    upgrade = plan.upgrades.get(upgrade_id) if plan else None
    known = upgrade.options.get(stated.po_id or "") if upgrade else None
    price = stated.price if stated.price is not None else known.price if known else 0
    setup = stated.setup if stated.setup is not None else known.setup if known else 0
    amounts = _checked(_amounts(price, setup, stated, 1), f"options.{upgrade_id}.")
    return QuotedOption(option_id=stated.po_id or "", **amounts)


def _amounts(
    price: int, setup: int, stated: QuoteServiceAddRequest | QuoteOptionRequest, months: int
) -> dict[str, int]:
    """A percentage becomes the amount it is of, half a cent rounded up; an amount off a month's price is off each month."""
    off, setup_off = stated.discount or 0, stated.setup_discount or 0
    return {
        "price_cents": price,
        "setup_cents": setup,
        "discount_cents": _percent(price, off) if stated.discount_type == 0 else off * months,
        "setup_discount_cents": _percent(setup, setup_off) if stated.setup_discount_type == 0 else setup_off,
    }


def _percent(cents: int, hundredths: int) -> int:
    return (cents * hundredths + _WHOLE // 2) // _WHOLE


def _checked(amounts: dict[str, int], where: str) -> dict[str, int]:
    try:
        QuotedOption(**amounts)
    except ValidationError as error:
        stated = [(one, message_of(one).partition(": ")) for one in error.errors(include_input=False)]
        found = [(name, text) if text else (path_of(one), name) for one, (name, _, text) in stated]
        raise InvalidOrderError(tuple(Problem(f"{where}{name}", text) for name, text in found)) from None
    return amounts


def _no_price(request: QuoteServiceAddRequest, plan: Plan | None) -> str:
    if plan:
        periods = ", ".join(map(str, plan.pricing))
        return f"is needed: {plan.title} has list prices for {periods} months, not for {request.period}"
    return "is needed for a service that is in no catalogue"
