"""Sellers: the legal entity behind each brand, as its invoices name it. The fields are explained in sellers.toml.

What needs a library is checked before a deployment (statemachines/catalog_checks.py), not at each start of a function.
"""

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from lambdas.runtime.models import Frozen

SELLERS_FILE = Path(__file__).with_name("sellers.toml")

_Line = Annotated[str, Field(max_length=250, pattern=r"^[^\r\n\t]*$")]
_Note = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\r\n\t]*$")]
_Prefix = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9/.-]{0,14}[/.-]$")]


class Seller(Frozen):
    """The seller of one brand. `invoices`, `credit_notes`: what the numbers of these documents begin with.

    `untaxed`: what a line without a tax is to VAT, by UNTDID 5305; `untaxed_note`: why, as it stands below such documents.
    """

    model_config = ConfigDict(extra="forbid")

    brand_id: int
    name: Annotated[_Line, Field(min_length=1)]
    address: Annotated[_Line, Field(min_length=1)]
    city: Annotated[_Line, Field(min_length=1)]
    state: _Line = ""
    zip: _Line = ""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    vat_id: _Line = ""
    registration: _Line = ""
    email: _Line = ""
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
    invoices: _Prefix = "INV-"
    credit_notes: _Prefix = "CN-"
    reverse_charge_note: _Note = "Reverse charge: the customer is liable for the tax."
    untaxed: Literal["E", "O", "Z"] = "O"
    untaxed_note: Annotated[str, Field(max_length=500, pattern=r"^[^\r\n\t]*$")] = ""
    notes: Annotated[tuple[_Note, ...], Field(max_length=5)] = ()

    @model_validator(mode="after")
    def _says_why_it_is_exempt(self) -> Self:
        if self.untaxed == "E" and not self.untaxed_note:
            raise ValueError(f"brand {self.brand_id}: untaxed_note is missing: say why what bears no tax is exempt")
        return self


class Sellers(Frozen):
    """All sellers. `sample`: they are nobody, and a stage that keeps its data refuses them."""

    model_config = ConfigDict(extra="forbid")

    sample: bool = False
    brands: tuple[Seller, ...] = ()

    @model_validator(mode="after")
    def _are_different(self) -> "Sellers":
        ids = Counter(seller.brand_id for seller in self.brands)
        prefixes = Counter(prefix for seller in self.brands for prefix in (seller.invoices, seller.credit_notes))
        for brand_id, uses in ids.items():
            if uses > 1:
                raise ValueError(f"brand {brand_id} has {uses} sellers; leave one")
        for prefix, uses in prefixes.items():
            if uses > 1:
                raise ValueError(
                    f"{uses} series begin with {prefix!r}, so their numbers would be alike; give each its own"
                )
        return self

    def of(self, brand_id: int) -> Seller | None:
        return next((seller for seller in self.brands if seller.brand_id == brand_id), None)


@cache
def load_sellers(file: Path = SELLERS_FILE) -> Sellers:
    return Sellers.model_validate(tomllib.loads(file.read_text("utf-8")))
