"""All that was signed, wherever it is said: in the contract itself, or on the quote it names."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lambdas.contracts.contract import ContractService, ContractSigned
from lambdas.contracts.errors import ContractMalformedError, ContractRefusedError
from lambdas.orders.errors import Problem
from lambdas.orders.model.queue import Queue
from lambdas.records.quotes.contract import SignedContract, contract_digest
from lambdas.records.quotes.errors import QuoteTotalError
from lambdas.records.quotes.quote import Quote, QuoteSignature
from lambdas.records.quotes.service import QuotedService
from lambdas.runtime.validation_messages import message_of


def in_full(said: ContractSigned, queues: Mapping[int, Queue]) -> SignedContract:
    """Of a contract that says everything. Raises ContractMalformedError, ContractRefusedError, QuoteTotalError."""
    services = tuple(_quoted(service, number) for number, service in enumerate(said.services))
    total_cents = sum(service.first_charge_cents for service in services)
    if said.total_cents is not None and said.total_cents != total_cents:
        raise QuoteTotalError("the contract", said.total_cents, total_cents)
    queue = queues.get(said.order_queue_id or 0)
    if queue is None:
        known = ", ".join(str(number) for number, each in sorted(queues.items()) if each.allow_quotes)
        raise ContractRefusedError(
            Problem("order_queue_id", f"no such queue; the queues that take quotes are {known or 'none'}")
        )
    return SignedContract.model_validate(
        {
            "contract_id": said.contract_id,
            "order_queue_id": queue.order_queue_id,
            "brand_id": said.brand_id or queue.brand_id,
            "client_id": said.client_id,
            "services": services,
            "owner": said.owner,
            "opportunity_id": said.opportunity_id,
            "persistent": said.persistent,
            "term_months": said.term_months,
            **_of_the_signature(said),
        }
    )


def of_quote(said: ContractSigned, quote: Quote) -> SignedContract:
    """Of a contract that names this quote."""
    return SignedContract.model_validate(
        {
            "contract_id": quote.contract_id,
            "order_queue_id": quote.order_queue_id,
            "brand_id": quote.brand_id,
            "client_id": quote.client_id,
            "services": tuple(quote.services[number] for number in sorted(quote.services, key=int)),
            "owner": quote.owner,
            "opportunity_id": quote.opportunity_id,
            "persistent": quote.contract_persists,
            "term_months": quote.term_months,
            "quote_id": quote.quote_id,
            **_of_the_signature(said),
        }
    )


def signature_of(said: ContractSigned, quote: Quote) -> QuoteSignature:
    return QuoteSignature(
        digest=contract_digest(quote.contract_id, said.signature_id),
        signed_at=int(said.signed_at.timestamp()),
        signer=said.signer.name,
        total_cents=said.total_cents,
    )


def _of_the_signature(said: ContractSigned) -> dict[str, Any]:
    return {
        "signature_id": said.signature_id,
        "signed_at": int(said.signed_at.timestamp()),
        "signer": said.signer.model_dump(),
        "contact": said.contact.model_dump(exclude_defaults=True) if said.contact else {},
        "payment": said.payment.info(),
        "document": said.document.model_dump(),
    }


def _quoted(service: ContractService, number: int) -> QuotedService:
    try:
        return service.quoted()
    except ValidationError as error:
        texts = {message_of(found) for found in error.errors(include_input=False)}
        raise ContractMalformedError(
            *(Problem(f"services.{number}", f"{text}; correct the amounts") for text in sorted(texts))
        ) from None
