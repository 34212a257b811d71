"""The rules that plans and taxes must keep before they are deployed. Each refusal names the file, the place and the reason."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from lambdas.catalog.plan import Plan, load_plans
from lambdas.catalog.tax import TaxTable, load_taxes
from lambdas.orders.model.queue import Queue

_Read = TypeVar("_Read")


class CatalogError(ValueError):
    """Plans or taxes that cannot be deployed; the text lists everything that is wrong with them."""

    def __init__(self, file: Path, problems: list[str]) -> None:
        super().__init__(f"{file}:" + "".join(f"\n  - {problem}" for problem in problems))


def check_catalog(queues: Mapping[int, Queue], plans_file: Path, taxes_file: Path) -> Mapping[str, Plan]:
    """The plans by id, if every rule holds. Raises CatalogError."""
    plans = _read(plans_file, load_plans)
    taxes = _read(taxes_file, load_taxes)
    if problems := [*_brands(queues, taxes), *_plans(plans, taxes)]:
        raise CatalogError(taxes_file, problems)
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
