"""Domain names that a plan needs, one for each unit."""

from collections.abc import Collection, Iterator

from lambdas.catalog.plan import Plan
from lambdas.orders.contact.hosts import hosts, in_letters
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.errors import Problem
from lambdas.orders.parsing.requested_pack import Pack


def as_registered(pack: Pack, plan: Plan | None) -> Pack:
    """The pack with its domain names as their registry writes them."""
    names = _domains(pack) if plan and _needs_domain(plan) else ()
    return pack.model_copy(update={"description": ", ".join(names)}) if names else pack


def unsaid(pack: Pack, plan: Plan | None) -> Iterator[Problem]:
    """Problems of data that the plan needs and the pack lacks."""
    if not plan:
        return
    yield from _of_code(pack, plan)
    if not _needs_domain(plan):
        return
    names, field = _domains(pack), f"info.{pack.name}.desserv"
    if len(set(names)) != pack.quantity or len(names) != pack.quantity:
        each = "a domain name" if pack.quantity == 1 else f"{pack.quantity} different domain names"
        yield Problem(field, f"{plan.title} needs {each}, such as example.com")
    elif plan.endings and (strange := [name for name in names if registrable(name, plan.endings) != name]):
        sold = ", ".join(map(in_letters, plan.endings))
        yield Problem(field, f"{plan.title} is for names directly below {sold}, and {', '.join(strange)} is none")


def registrable(name: str, endings: Collection[str]) -> str:
    """The part of a name in ASCII that is registered, directly below the longest of these endings that fits; empty if none does.

    `example.co.uk` of `www.example.co.uk`.
    """
    labels = name.split(".")
    found = (at for at in range(1, len(labels)) if ".".join(labels[at:]) in endings)
    return next((".".join(labels[at - 1 :]) for at in found), "")


def _of_code(pack: Pack, plan: Plan) -> Iterator[Problem]:
    where = f"info.{pack.name}"
    if plan.is_transfer and pack.quantity != 1:
        yield Problem(f"{where}.quantity", "each transfer has a code of its own, so order it as a pack of its own")
    if plan.is_transfer and not pack.auth_code:
        yield Problem(f"{where}.auth_code", f"{plan.title} needs the authorisation code of the present registrar")
    if pack.auth_code and not plan.is_transfer:
        yield Problem(f"{where}.auth_code", f"is for transfers of domains, and {plan.title} is none; leave it out")


def _needs_domain(plan: Plan) -> bool:
    return "domain" in plan.needs


def _domains(pack: Pack) -> tuple[str, ...]:
    """The domain names of the pack; empty if one of them is not a domain name."""
    try:
        return hosts(pack.description, most=pack.quantity)
    except UnfitError:
        return ()
