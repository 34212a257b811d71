"""Taxes: which of `taxes.toml` count for a sale (docs/decisions.md states the rules).

Pure: no store, no clock. What they come to is worked out in taxation.py.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from lambdas.catalog.buyer import Buyer
from lambdas.catalog.taxation import DueTax, Taxation
from lambdas.orders.contact.places import countries, region_code, regions_of
from lambdas.orders.contact.tax_number import tax_number
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.packs import AppliedTax, PricedPack
from lambdas.orders.ports import Sale
from lambdas.runtime.models import Frozen

TAXES_FILE = Path(__file__).with_name("taxes.toml")

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


def _is_rate(rate: str) -> str:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", rate) or not 0 < Decimal(rate) <= 100:
        raise ValueError(
            'must be percent as text, above 0 and at most 100, such as "25.5"; leave out what is not taxed'
        )
    return rate


class Tax(Frozen):
    """One tax of a brand; the fields are explained in taxes.toml."""

    model_config = ConfigDict(extra="forbid")

    tax_id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    rate: Annotated[str, AfterValidator(_is_rate)]
    country: Country
    regions: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    valid_from: date = date.min
    valid_until: date = date.max

    def counts(self, buyer: Buyer, day: date) -> bool:
        if buyer.country != self.country:
            return False
        there = not self.regions or buyer.state in self._states
        return there and self.valid_from <= day <= self.valid_until

    @cached_property
    def _states(self) -> frozenset[str]:
        return frozenset(region_code(region, self.country) or region.upper() for region in self.regions)

    @property
    def due(self) -> DueTax:
        return DueTax(tax_id=self.tax_id, name=self.name, rate=self.rate, plans=self.plans)


class BrandTaxes(Frozen):
    """`country` is where the brand is established, `reverse_charge` the name of a group of countries, if it is in one."""

    model_config = ConfigDict(extra="forbid")

    brand_id: int
    country: Country
    reverse_charge: str = ""
    taxes: tuple[Tax, ...] = ()


class TaxTable(Frozen):
    """All taxes: the adapter of the port `Taxes` (tax_port.py) that needs nobody.

    `groups`: by name, each country with the form of its VAT numbers.

    `sample`: these are nobody's rates, and a stage that keeps its data refuses them.
    """

    model_config = ConfigDict(extra="forbid")

    sample: bool = False
    brands: tuple[BrandTaxes, ...] = ()
    groups: dict[str, dict[Country, re.Pattern[str]]] = {}

    @model_validator(mode="after")
    def _ids_are_unique_and_groups_known(self) -> "TaxTable":
        ids = [tax.tax_id for brand in self.brands for tax in brand.taxes]
        if len(ids) != len(set(ids)) or len(self.brands) != len({brand.brand_id for brand in self.brands}):
            raise ValueError("a brand_id or tax_id is used more than once; give each an id of its own")
        for brand in self.brands:
            if brand.reverse_charge and brand.country not in self.groups.get(brand.reverse_charge, ()):
                known = ", ".join(name for name, group in self.groups.items() if brand.country in group)
                raise ValueError(f"brand {brand.brand_id}: reverse_charge must be a group of its country ({known})")
        return self

    def brand(self, brand_id: int) -> BrandTaxes | None:
        return next((brand for brand in self.brands if brand.brand_id == brand_id), None)

    def concern(self, sale: Sale) -> bool:
        return self.brand(sale.brand_id) is not None

    def on(self, packs: Sequence[PricedPack], sale: Sale, buyer: Buyer) -> tuple[tuple[AppliedTax, ...], ...]:
        return tuple(pack.taxes for pack in self.of(sale, buyer).on(packs))

    def of(self, sale: Sale, buyer: Buyer) -> Taxation:
        """The taxes that count for this buyer, at the time of the sale."""
        brand = self.brand(sale.brand_id)
        if brand is None:
            return Taxation()
        day = datetime.fromtimestamp(sale.now, UTC).date()
        taxes = tuple(tax.due for tax in brand.taxes if tax.counts(buyer, day))
        return Taxation(taxes, self._is_reversed(brand, buyer))

    def place_problems(self, sale: Sale, country: str, state: str, vat_id: str) -> Iterator[tuple[str, str]]:
        """Which of these fields says nothing that the brand's taxes could go by, and what is wrong with it."""
        brand = self.brand(sale.brand_id)
        if brand is None or not country:
            return
        buyer = Buyer.of(country, state, vat_id)
        if not buyer.country:
            yield "country", "must be an ISO 3166-1 code such as GB, or the country's English name: taxes depend on it"
            return
        if why := self._number_problem(brand, buyer, vat_id):
            yield "vat_id", why
        depends = any(tax.regions and tax.country == buyer.country for tax in brand.taxes)
        if depends and regions_of(buyer.country) and not region_code(state, buyer.country):
            yield "state", f"must be one of {countries()[buyer.country]}, by its code or name: taxes depend on it"

    def _number_problem(self, brand: BrandTaxes, buyer: Buyer, vat_id: str) -> str:
        """Why a VAT number that could make a difference makes none; empty if it does, or none was given."""
        form = self.groups.get(brand.reverse_charge, {}).get(buyer.country)
        if form is None or buyer.country == brand.country or not vat_id.strip():
            return ""
        try:
            tax_number(vat_id, buyer.country)
        except UnfitError as unfit:
            return str(unfit)
        return (
            "" if form.fullmatch(buyer.vat_id) else "is not written as VAT numbers of its country are; see taxes.toml"
        )

    def _is_reversed(self, brand: BrandTaxes, buyer: Buyer) -> bool:
        """By the VAT number alone: whether it was given to this client, and still is, is not looked up."""
        form = self.groups.get(brand.reverse_charge, {}).get(buyer.country)
        return form is not None and buyer.country != brand.country and form.fullmatch(buyer.vat_id) is not None


@cache
def load_taxes(file: Path = TAXES_FILE) -> TaxTable:
    return TaxTable.model_validate(tomllib.loads(file.read_text("utf-8")))
