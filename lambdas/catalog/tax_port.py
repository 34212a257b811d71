"""The port of taxes: what a sale is taxed. The table of taxes.toml is its first adapter (lambdas/catalog/tax.py).

An adapter is asked once for all packs of an order, for some taxes are rounded over the whole, or depend on it. It answers with
taxes and nothing else, so that it can change no price. Its answer is kept with the order (`PricedPack.taxes`), and the invoice is
made of that; nobody asks it again.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from lambdas.catalog.buyer import Buyer
from lambdas.orders.model.packs import AppliedTax, PricedPack
from lambdas.orders.ports import Sale


class Taxes(Protocol):
    """Taxes of sales. An adapter that asks others raises an OrderError with `Again.LATER` while it gets no answer."""

    def concern(self, sale: Sale) -> bool:
        """Whether sales of this brand are taxed at all; if not, nobody looks up where its buyers are."""
        ...

    def on(self, packs: Sequence[PricedPack], sale: Sale, buyer: Buyer) -> Sequence[tuple[AppliedTax, ...]]:
        """The taxes on the first charge of each pack, after its discounts, in the packs' order.

        Amounts are whole cents of the sale's currency, and never negative. The same packs, sale and buyer are taxed the same.
        """
        ...

    def place_problems(self, sale: Sale, country: str, state: str, vat_id: str) -> Iterator[tuple[str, str]]:
        """Which of these fields says nothing that taxes could go by, and what is wrong with it."""
        ...
