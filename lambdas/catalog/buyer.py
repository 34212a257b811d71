"""The place of a buyer, as far as taxes need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from lambdas.orders.contact.places import country_code, region_code
from lambdas.orders.contact.tax_number import tax_number
from lambdas.orders.contact.unfit import UnfitError


class Contact(Protocol):
    """The recipient of an invoice, as far as taxes and billing days need it."""

    @property
    def country(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def vat_id(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, str]: ...


class Contacts(Protocol):
    """Finds clients by id."""

    def get(self, client_id: str) -> Contact | None: ...


@dataclass(frozen=True)
class Buyer:
    """The country, state and VAT number of a client, by the codes of lambdas/orders/contact/places.py; empty if not known.

    A VAT number counts only if it is one of the country. A state that is on no list is in capitals, as it was given.
    """

    country: str
    state: str
    vat_id: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, country: str, state: str, vat_id: str) -> "Buyer":
        code = country_code(country)
        return cls(code, region_code(state, code) or state.strip().upper(), _counting(vat_id, code))


def _counting(vat_id: str, country: str) -> str:
    try:
        return tax_number(vat_id, country)
    except UnfitError:
        return ""
