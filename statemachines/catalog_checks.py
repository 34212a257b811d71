"""The rules that plans, taxes, sellers and brands must keep before they are deployed. A refusal names file, place and reason."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import available_timezones

from pydantic import ValidationError

from lambdas.catalog.brands.brand import Brand, load_brands
from lambdas.catalog.plan import Plan, load_plans
from lambdas.catalog.seller import Seller, load_sellers
from lambdas.catalog.tax import TaxTable, load_taxes
from lambdas.languages.language import known_languages
from lambdas.orders.contact.email import email
from lambdas.orders.contact.places import country
from lambdas.orders.contact.tax_number import tax_number
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.queue import Queue

_Read = TypeVar("_Read")
_MOST_DIGITS = (
    "CLF"  # Which currency counts, only a stage knows, and it reads the plans again (infra/stages/readiness.py).
)


class CatalogError(ValueError):
    """Plans, taxes, sellers or brands that cannot be deployed; the text lists everything that is wrong with them."""

    def __init__(self, file: Path, problems: list[str]) -> None:
        super().__init__(f"{file}:" + "".join(f"\n  - {problem}" for problem in problems))


def check_catalog(
    queues: Mapping[int, Queue], plans_file: Path, taxes_file: Path, sellers_file: Path, brands_file: Path
) -> Mapping[str, Plan]:
    """The plans by id, if every rule holds. Raises CatalogError."""
    plans = _read(plans_file, partial(load_plans, currency=_MOST_DIGITS))
    taxes = _read(taxes_file, load_taxes)
    if problems := [*_brands(queues, taxes), *_plans(plans, taxes)]:
        raise CatalogError(taxes_file, problems)
    if problems := [*_sellers(queues, _read(sellers_file, load_sellers).brands)]:
        raise CatalogError(sellers_file, problems)
    if problems := [*_looks(queues, _read(brands_file, load_brands).brands)]:
        raise CatalogError(brands_file, problems)
    return plans


def _read(file: Path, load: Callable[[Path], _Read]) -> _Read:
    try:
        return load(file)
    except FileNotFoundError:
        raise CatalogError(file, ["is missing"]) from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(file, [f"is not TOML: {error}"]) from None
    except KeyError as absent:
        raise CatalogError(file, [f"has no [[{absent.args[0]}]]"]) from None
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise CatalogError(file, [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found]) from None
    except ValueError as refused:
        raise CatalogError(file, [str(refused)]) from None


def _brands(queues: Mapping[int, Queue], taxes: TaxTable) -> Iterator[str]:
    """A sale of a brand that the table does not have is refused: taxes that nobody stated are not no taxes."""
    for queue in queues.values():
        if taxes.brand(queue.brand_id) is None:
            yield f"brand {queue.brand_id} of queue {queue.key} is missing: add it, with taxes = [] if it takes none"


def _plans(plans: Mapping[str, Plan], taxes: TaxTable) -> Iterator[str]:
    for brand in taxes.brands:
        for tax in brand.taxes:
            for plan_id in tax.plans:
                if plan_id not in plans:
                    yield f"tax {tax.tax_id} counts for plan {plan_id}, which does not exist: correct its plans"


def _looks(queues: Mapping[int, Queue], brands: Sequence[Brand]) -> Iterator[str]:
    """Every brand that sells has a name to sell under, and its texts are in languages that there are."""
    known, complete = {brand.brand_id for brand in brands}, known_languages()
    for queue in queues.values():
        if queue.brand_id not in known:
            yield f"brand {queue.brand_id} of queue {queue.key} is missing: add it with the name that buyers know"
    for brand in brands:
        for tag in sorted({*brand.i18n, *filter(None, [brand.language])} - set(complete)):
            among = ", ".join(complete)
            yield f"brand {brand.brand_id} names the language {tag}, which has no complete translation; take one of {among}"


def _sellers(queues: Mapping[int, Queue], sellers: Sequence[Seller]) -> Iterator[str]:
    """Every brand that sells has one, and what invoices say of it can be so."""
    known = {seller.brand_id for seller in sellers}
    for queue in queues.values():
        if queue.brand_id not in known:
            yield f"brand {queue.brand_id} of queue {queue.key} has no seller: add one, whom its invoices name"
    zones = available_timezones()
    for seller in sellers:
        if seller.time_zone not in zones:
            yield f"time_zone of brand {seller.brand_id} is {seller.time_zone}: name one such as Europe/Amsterdam"
        for name, rule in (
            ("country", country),
            ("email", email),
            ("vat_id", partial(tax_number, country=seller.country)),
        ):
            try:
                kept = rule(stated := str(getattr(seller, name)))
            except UnfitError as unfit:
                yield f"{name} of brand {seller.brand_id} {unfit}"
                continue
            if kept != stated:
                yield f"{name} of brand {seller.brand_id} must be written {kept}"
