"""Quotes (reference/ubersmith.md 3.1: client.quote_*): what a client is offered, and which signature took it.

A quote is `quote#<id>`; beside it `signature#<digest>` items say which quote each signature signed, and the client's
partition names its quotes. A persistent quote may be signed again: each signature after the first signs a duplicate.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any

from lambdas.records.quotes.errors import (
    QuoteBusyError,
    QuoteNotFoundError,
    QuoteNotOpenError,
    QuoteSignedError,
    QuoteTotalError,
)
from lambdas.records.quotes.service import QuotedService
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen


class QuoteStatus(IntEnum):
    """Ubersmith's bit values."""

    DRAFT = 1
    WAITING_APPROVAL = 2
    OPEN = 4
    SIGNED = 8
    CANCELLED = 16
    PERSISTENT = 32


SIGNABLE = frozenset({QuoteStatus.OPEN, QuoteStatus.PERSISTENT})


class QuoteSignature(Frozen):
    """`digest` names the signature among all contracts; `signed_at` in Unix seconds. `total_cents`: what the document that was
    signed says is charged first, before tax, if it says so."""

    digest: str
    signed_at: int
    signer: str
    total_cents: int | None = None


class Quote(Frozen):
    """`services` by their number on the quote, from 1. Times in Unix seconds. `duplicate_of`: signed in that quote's place.
    `currency`: of all amounts; empty in quotes of earlier releases, whose amounts have two digits."""

    quote_id: str = ""
    client_id: str
    brand_id: int
    order_queue_id: int
    currency: str = ""
    name: str
    owner: str
    status: QuoteStatus = QuoteStatus.DRAFT
    opportunity_id: int = 0
    term_months: int | None = None
    expires: int | None = None
    notes: str = ""
    services: dict[str, QuotedService] = {}
    created_at: int
    signature: QuoteSignature | None = None
    order_id: str | None = None
    duplicate_of: str | None = None
    revision: int = 1

    @property
    def total_cents(self) -> int:
        """The first charge, before tax."""
        return sum(service.first_charge_cents for service in self.services.values())

    @property
    def contract_id(self) -> str:
        """All signatures of a quote are of one contract."""
        return f"quote-{self.duplicate_of or self.quote_id}"

    @property
    def contract_persists(self) -> bool:
        """Whether it may be signed again, each time for a new order."""
        return self.status is QuoteStatus.PERSISTENT or self.duplicate_of is not None


class QuoteRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def get(self, quote_id: str) -> Quote:
        """Raises QuoteNotFoundError."""
        found = self._table.get(f"quote#{quote_id}", "quote")
        if found is None:
            raise QuoteNotFoundError(quote_id)
        return Quote.model_validate(found)

    def of_client(self, client_id: str) -> Iterator[Quote]:
        """By their number."""
        yield from (self.get(str(named["quote_id"])) for named in self._table.query(_of_client_pk(client_id), "quote#"))

    def add(self, quote: Quote) -> Quote:
        """The quote with its id."""
        added = self._numbered(quote)
        self._table.write_all(self._new(added))
        return added

    def update(self, quote_id: str, change: Callable[[Quote], Quote]) -> Quote:
        """Change the quote and return it; decide again if it changed meanwhile. Raises QuoteNotFoundError, QuoteBusyError."""
        patience = self._table.patience()
        while True:
            before = self.get(quote_id)
            after = change(before)
            if after is before:
                return before
            after = after.model_copy(update={"revision": before.revision + 1})
            try:
                self._table.write_all([self._rewritten(after, before.revision)])
                return after
            except ConditionFailedError:
                patience.wait_or_raise(lambda: QuoteBusyError(quote_id))

    def signed_by(self, quote_id: str, digest: str) -> Quote | None:
        """The quote that this signature signed: this one, or a duplicate of it."""
        found = self._table.get(f"quote#{quote_id}", f"signature#{digest}")
        return self.get(str(found["signed"])) if found else None

    def sign(self, quote_id: str, signature: QuoteSignature) -> Quote:
        """The signed quote; the same signature signs once, however often it comes.

        Raises QuoteNotFoundError, QuoteNotOpenError, QuoteSignedError, QuoteTotalError, QuoteBusyError.
        """
        patience = self._table.patience()
        while True:
            if signed := self.signed_by(quote_id, signature.digest):
                return signed
            before = self.get(quote_id)
            _refuse_unsignable(before, signature)
            after, writes = self._signing(before, signature)
            guard = {"pk": f"quote#{quote_id}", "sk": f"signature#{signature.digest}", "signed": after.quote_id}
            try:
                self._table.write_all([self._table.new(guard), *writes])
                return after
            except ConditionFailedError:
                patience.wait_or_raise(lambda: QuoteBusyError(quote_id))

    def ordered(self, quote_id: str, order_id: str) -> Quote:
        """The quote with the order that was made of it; the first one stays."""
        return self.update(
            quote_id, lambda quote: quote if quote.order_id else quote.model_copy(update={"order_id": order_id})
        )

    def _signing(self, before: Quote, signature: QuoteSignature) -> tuple[Quote, list[Any]]:
        signed = {"signature": signature, "status": QuoteStatus.SIGNED}
        if before.signature is None:
            if before.status is QuoteStatus.PERSISTENT:  # stays open for those who sign it next
                del signed["status"]
            after = before.model_copy(update={**signed, "revision": before.revision + 1})
            return after, [self._rewritten(after, before.revision)]
        copied = {**signed, "duplicate_of": before.quote_id, "order_id": None, "revision": 1}
        after = self._numbered(before.model_copy(update=copied))
        return after, self._new(after)

    def _numbered(self, quote: Quote) -> Quote:
        return quote.model_copy(update={"quote_id": str(self._table.next_number("quote_id", 0))})

    def _new(self, quote: Quote) -> list[Any]:
        named = {"pk": _of_client_pk(quote.client_id), "sk": f"quote#{int(quote.quote_id):010d}"}
        return [self._table.new(_record(quote)), self._table.new({**named, "quote_id": quote.quote_id})]

    def _rewritten(self, quote: Quote, revision: int) -> Any:
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": to_item(_record(quote)),
                "ConditionExpression": "revision = :read",
                "ExpressionAttributeValues": to_item({":read": revision}),
            }
        }


def _refuse_unsignable(quote: Quote, signature: QuoteSignature) -> None:
    if quote.status is QuoteStatus.SIGNED:
        raise QuoteSignedError(quote.quote_id, quote.order_id)
    if quote.status not in SIGNABLE:
        raise QuoteNotOpenError(quote.quote_id, quote.status.name.lower().replace("_", " "))
    if quote.expires is not None and signature.signed_at > quote.expires:
        raise QuoteNotOpenError(quote.quote_id, "expired")
    if not quote.services:
        raise QuoteNotOpenError(quote.quote_id, "without services")
    if (agreed_cents := signature.total_cents) is not None and agreed_cents != quote.total_cents:
        raise QuoteTotalError(f"quote {quote.quote_id}", agreed_cents, quote.total_cents, quote.currency)


def _of_client_pk(client_id: str) -> str:
    return f"quotes#{client_id}"


def _record(quote: Quote) -> dict[str, Any]:
    return {"pk": f"quote#{quote.quote_id}", "sk": "quote", **quote.model_dump(exclude_none=True)}
