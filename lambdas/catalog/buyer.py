"""Where a buyer is, as far as taxes ask for it."""

from dataclasses import dataclass
from typing import Protocol

from lambdas.orders.contact.places import country_code, region_code
from lambdas.orders.contact.tax_number import tax_number
from lambdas.orders.contact.unfit import UnfitError


class Contact(Protocol):
    """Whom an invoice goes to, as far as taxes ask for it."""

    @property
    def country(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def vat_id(self) -> str: ...


class Contacts(Protocol):
    """Where clients are kept."""

    def get(self, client_id: str) -> Contact | None: ...


@dataclass(frozen=True)
class Buyer:
    """Where a client is, by the codes of lambdas/orders/contact/places.py, and their VAT number, if it is one of there; empty
    where it is not known. A state that is on no list is as it was said, in capitals."""

    country: str
    state: str
    vat_id: str

    @classmethod
    def of(cls, country: str, state: str, vat_id: str) -> "Buyer":
        code = country_code(country)
        return cls(code, region_code(state, code) or state.strip().upper(), _counting(vat_id, code))


def _counting(vat_id: str, country: str) -> str:
    try:
        return tax_number(vat_id, country)
    except UnfitError:
        return ""
