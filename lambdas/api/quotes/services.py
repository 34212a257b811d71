"""Prices a service for a quote: at the prices sent, or at the catalog's current ones. Both are fixed from then on."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from lambdas.api.amounts import asked_cents, asked_percent
from lambdas.api.quotes.requests import QuoteOptionRequest, QuoteServiceAddRequest
from lambdas.catalog.coupon import WHOLE
from lambdas.catalog.plan import Plan, Price
from lambdas.contracts.fitness import unknown_parts
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.records.quotes.service import QuotedOption, QuotedService
from lambdas.runtime.validation_messages import message_of, path_of

_NO_PLAN = "0"


def quoted_service(request: QuoteServiceAddRequest, plans: Mapping[str, Plan], currency: str) -> QuotedService:
    """The service with amounts in the quote's currency. Raises InvalidOrderError naming each field that is wrong or missing."""
    plan = plans.get(request.plan_id)
    months = max(request.period, 1) if request.bill_type else 1
    sold = plan.pricing.get(request.period) if plan else None
    if request.price is None and sold is None:
        raise InvalidOrderError((Problem("price", _no_price(request, plan)),))
    amounts = _amounts(_Stated(request, currency), sold, months)
    options = {upgrade: _option(upgrade, option, plan, currency) for upgrade, option in request.options.items()}
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


def _option(upgrade_id: str, stated: QuoteOptionRequest, plan: Plan | None, currency: str) -> QuotedOption:
    upgrade = plan.upgrades.get(upgrade_id) if plan else None
    known = upgrade.options.get(stated.po_id or "") if upgrade else None
    where = f"options.{upgrade_id}."
    amounts = _checked(_amounts(_Stated(stated, currency, where), known, 1), where)
    return QuotedOption(option_id=stated.po_id or "", **amounts)


@dataclass(frozen=True)
class _Stated:
    """The amounts of a request in cents of the currency. `where`: the field they are in, with its dot."""

    request: QuoteServiceAddRequest | QuoteOptionRequest
    currency: str
    where: str = ""

    def cents(self, name: str, otherwise: int) -> int:
        stated = getattr(self.request, name)
        return otherwise if stated is None else asked_cents(f"{self.where}{name}", stated, self.currency)

    def off(self, name: str, cents: int, months: int = 1) -> int:
        """A percentage becomes the amount it is of, half a cent rounded up; an amount is off each month."""
        stated = getattr(self.request, name)
        if getattr(self.request, f"{name}_type") == 0:
            return (cents * asked_percent(f"{self.where}{name}", stated or 0) + WHOLE // 2) // WHOLE
        return self.cents(name, 0) * months


def _amounts(stated: _Stated, listed: Price | None, months: int) -> dict[str, int]:
    """A price that is stated is that of a month, and the list's that of all months."""
    named = stated.request.price is not None
    price = stated.cents("price", 0) * months if named else listed.price if listed else 0
    setup = stated.cents("setup", listed.setup if listed else 0)
    return {
        "price_cents": price,
        "setup_cents": setup,
        "discount_cents": stated.off("discount", price, months),
        "setup_discount_cents": stated.off("setup_discount", setup),
    }


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
