"""All that was signed, wherever it is signed: in the contract itself, or on the quote it names."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from lambdas.contracts.contract import ContractService, ContractSigned
from lambdas.contracts.errors import ContractMalformedError, ContractRefusedError
from lambdas.orders.errors import Problem
from lambdas.orders.model.money import MoneyError
from lambdas.orders.model.queue import Queue
from lambdas.records.quotes.contract import SignedContract, contract_digest
from lambdas.records.quotes.errors import QuoteTotalError
from lambdas.records.quotes.quote import Quote, QuoteSignature
from lambdas.records.quotes.service import QuotedService
from lambdas.runtime.validation_messages import message_of


def contract_in_full(
    signed: ContractSigned, queues: Mapping[int, Queue], currency_of: Callable[[int], str]
) -> SignedContract:
    """Of a contract that says everything. `currency_of`: what a brand sells in.

    Raises ContractMalformedError, ContractRefusedError, QuoteTotalError.
    """
    queue = _queue(signed, queues)
    brand_id = signed.brand_id or queue.brand_id
    currency = currency_of(brand_id)
    services = tuple(_quoted(service, number, currency) for number, service in enumerate(signed.services))
    total_cents, agreed_cents = sum(service.first_charge_cents for service in services), _agreed_cents(signed, currency)
    if agreed_cents not in (None, total_cents):
        raise QuoteTotalError("the contract", agreed_cents, total_cents, currency)
    return SignedContract.model_validate(
        {
            "contract_id": signed.contract_id,
            "order_queue_id": queue.order_queue_id,
            "brand_id": brand_id,
            "currency": currency,
            "client_id": signed.client_id,
            "services": services,
            "owner": signed.owner,
            "opportunity_id": signed.opportunity_id,
            "persistent": signed.persistent,
            "term_months": signed.term_months,
            **_of_the_signature(signed),
        }
    )


def _queue(signed: ContractSigned, queues: Mapping[int, Queue]) -> Queue:
    if queue := queues.get(signed.order_queue_id or 0):
        return queue
    known = ", ".join(str(number) for number, each in sorted(queues.items()) if each.allow_quotes)
    problem = Problem("order_queue_id", f"no such queue; the queues that take quotes are {known or 'none'}")
    raise ContractRefusedError(problem)


def contract_of_quote(signed: ContractSigned, quote: Quote) -> SignedContract:
    """Of a contract that names this quote."""
    return SignedContract.model_validate(
        {
            "contract_id": quote.contract_id,
            "order_queue_id": quote.order_queue_id,
            "brand_id": quote.brand_id,
            "currency": quote.currency,
            "client_id": quote.client_id,
            "services": tuple(quote.services[number] for number in sorted(quote.services, key=int)),
            "owner": quote.owner,
            "opportunity_id": quote.opportunity_id,
            "persistent": quote.contract_persists,
            "term_months": quote.term_months,
            "quote_id": quote.quote_id,
            **_of_the_signature(signed),
        }
    )


def signature_of(signed: ContractSigned, quote: Quote) -> QuoteSignature:
    return QuoteSignature(
        digest=contract_digest(quote.contract_id, signed.signature_id),
        signed_at=int(signed.signed_at.timestamp()),
        signer=signed.signer.name,
        total_cents=_agreed_cents(signed, quote.currency),
    )


def _agreed_cents(signed: ContractSigned, currency: str) -> int | None:
    try:
        return signed.total_cents(currency)
    except MoneyError as error:
        raise ContractMalformedError(Problem("total", str(error))) from None


def _of_the_signature(signed: ContractSigned) -> dict[str, Any]:
    return {
        "signature_id": signed.signature_id,
        "signed_at": int(signed.signed_at.timestamp()),
        "signer": signed.signer.model_dump(),
        "contact": signed.contact.model_dump(exclude_defaults=True) if signed.contact else {},
        "payment": signed.payment.info(),
        "document": signed.document.model_dump(),
    }


def _quoted(service: ContractService, number: int, currency: str) -> QuotedService:
    try:
        return service.quoted(currency)
    except MoneyError as error:
        raise ContractMalformedError(Problem(f"services.{number}", f"an amount {error}")) from None
    except ValidationError as error:
        texts = {message_of(found) for found in error.errors(include_input=False)}
        raise ContractMalformedError(
            *(Problem(f"services.{number}", f"{text}; correct the amounts") for text in sorted(texts))
        ) from None
