"""Results of the quote methods, which both doors answer in their own form."""

from dataclasses import dataclass

from lambdas.contracts.diff import Difference
from lambdas.orders.errors import Nature, OrderError, Problem
from lambdas.records.quotes.contract import KeptContract
from lambdas.records.quotes.quote import Quote


@dataclass(frozen=True)
class AddedService:
    """A quote, and the number its newest service has."""

    quote: Quote
    number: str


@dataclass(frozen=True)
class ContractDiff:
    """No differences: the order is what was signed."""

    order_id: str
    contract: KeptContract
    differences: tuple[Difference, ...]


class NoContractError(OrderError):
    kind = "not_found"
    nature = Nature.NOT_FOUND

    def __init__(self, order_id: str) -> None:
        text = f"order {order_id} was not made from a signed contract, so there is nothing to compare it with"
        super().__init__(text, problems=(Problem("order_id", text),))
