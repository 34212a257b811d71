"""A payment as it is at the provider and as it is with us."""

from enum import StrEnum
from typing import NamedTuple

from lambdas.payments.effects.effect import Answered, Payment, invoice_of_key, subject_of


class Standing(StrEnum):
    """`only_there`: neither an order nor an invoice knows the payment. `only_here`: the provider does not know it."""

    AGREE = "agree"
    ONLY_THERE = "only there"
    ONLY_HERE = "only here"
    DIFFER = "differ"


class Compared(NamedTuple):
    """A payment on both sides. `there`: at the provider; `here`: as it is recorded, None from before the ledger.

    `place`: the order's number, or what else it is for. `what`: the difference, in words that follow the sum.
    """

    standing: Standing
    key: str
    place: str
    brand_id: int | None
    there: Payment | None
    here: Payment | None
    what: str = ""

    @property
    def seen(self) -> Payment:
        """The payment at the provider, or else as it is recorded."""
        if seen := self.there or self.here:
            return seen
        raise ValueError("a payment is on one side at least")


def only_here(recorded: Answered) -> Compared:
    charged, subject = invoice_of_key(recorded.key), subject_of(recorded.key)
    place = f"invoice {charged}" if charged else subject.partition("-")[0]
    what = "the payment provider does not know that payment"
    return Compared(Standing.ONLY_HERE, recorded.key, place, None, None, recorded.payment, what)
