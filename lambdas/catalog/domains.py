"""Domain names that a plan needs, one for each unit."""

from collections.abc import Iterator

from lambdas.catalog.plan import Plan
from lambdas.orders.contact.hosts import hosts
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.errors import Problem
from lambdas.orders.parsing.requested_pack import Pack


def as_registered(pack: Pack, plan: Plan | None) -> Pack:
    """The pack with its domain names as their registry writes them."""
    names = _domains(pack) if plan and _needs_domain(plan) else ()
    return pack.model_copy(update={"description": ", ".join(names)}) if names else pack


def unsaid(pack: Pack, plan: Plan | None) -> Iterator[Problem]:
    """Problems of data that the plan needs and the pack lacks."""
    if plan and _needs_domain(plan):
        names = _domains(pack)
        if len(set(names)) != pack.quantity or len(names) != pack.quantity:
            each = "a domain name" if pack.quantity == 1 else f"{pack.quantity} different domain names"
            yield Problem(f"info.{pack.name}.desserv", f"{plan.title} needs {each}, such as example.com")


def _needs_domain(plan: Plan) -> bool:
    return "domain" in plan.needs


def _domains(pack: Pack) -> tuple[str, ...]:
    """The domain names of the pack; empty if one of them is not a domain name."""
    try:
        return hosts(pack.description, most=pack.quantity)
    except UnfitError:
        return ()
