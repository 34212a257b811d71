"""Electronic invoices need sellers that EN 16931 can name, and currencies that it can count in."""

from collections.abc import Iterator
from pathlib import Path

from infra.stages.owned_files import OwnedFiles, shown
from infra.stages.settings import StageSettings
from lambdas.catalog.seller import load_sellers
from lambdas.documents.electronic.parties import vat_number
from lambdas.documents.electronic.statement import MOST_DIGITS
from lambdas.orders.model.money import digits_of


def unstatable(settings: StageSettings, files: OwnedFiles, sources: Path) -> Iterator[str]:
    """Settings that keep every invoice of a brand from being stated as data."""
    if not settings.electronic_invoices:
        return
    file = shown(files.sellers, sources)
    for seller in load_sellers(files.sellers).brands:
        if not vat_number(seller.vat_id):
            yield f"{file}: vat_id of brand {seller.brand_id} is missing: electronic_invoices name the seller by it"
        own = settings.brand_currencies.get(seller.brand_id)
        currency, name = own or settings.currency, f"brand_currencies.{seller.brand_id}" if own else "currency"
        if digits_of(currency) > MOST_DIGITS:
            yield (
                f"{name} is {currency}, whose amounts have {digits_of(currency)} digits after the point: EN 16931 knows "
                f"{MOST_DIGITS}, and nothing is rounded; charge brand {seller.brand_id} in another one, or do without "
                "electronic_invoices"
            )
