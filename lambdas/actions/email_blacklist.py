"""Email Blacklist: stops an order whose e-mail address is of a listed domain (docs/reference/ubersmith.md, 2.1 no. 8).

A listed domain includes all domains below it: `example.com` blocks `mail.example.com` too.
"""

import re
from collections.abc import Iterator

from pydantic import Field, field_validator

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.contact.hosts import in_ascii
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order

_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")


class EmailBlacklistConfig(Config):
    """The list."""

    domains: tuple[str, ...] = Field(
        min_length=1,
        max_length=2000,
        description="Blocked domains, such as example.com; those below them are blocked too.",
    )

    @field_validator("domains")
    @classmethod
    def _are_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(_plain(domain.strip().removeprefix("@")) for domain in domains)
        if not all(_DOMAIN.fullmatch(domain) for domain in plain):
            raise ValueError("every entry must be a domain such as example.com")
        return plain


def run(order: Order, config: EmailBlacklistConfig, tools: Tools) -> Done:
    addresses = re.split(r"[\s,;]+", text(order.info, "email"))
    domains = [_plain(address.rpartition("@")[2].rstrip(">")) for address in addresses if "@" in address]
    if not domains and not order.client_id:
        raise PermanentError(
            "the order has no e-mail address; set info.email with order.update and process this action again"
        )
    rules = set(config.domains)
    broken = next((rule for domain in domains for rule in _with_parents(domain) if rule in rules), None)
    if broken:
        raise PermanentError(
            f"the order's e-mail address is of a blocked domain (rule {broken}); skip this action to take the order all the"
            " same, or cancel it"
        )
    return Done(
        "not on the list" if domains else "an existing client's order without an e-mail address; nothing to check"
    )


def _with_parents(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _plain(domain: str) -> str:
    """The domain as the DNS knows it: lower case, international names in their ASCII form."""
    plain = domain.strip(".")
    try:
        return plain.lower() if plain.isascii() else in_ascii(plain)
    except UnfitError:
        return plain.casefold()


module = Module("email_blacklist", EmailBlacklistConfig, run, label="Email Blacklist")
handler = action_handler(module)
