"""Quotes and contracts as API 2.0 answers them. The reference shows none of these answers; all values are text."""

from typing import Any

from lambdas.api.http.values_2_0 import as_text
from lambdas.api.quotes.results import AddedService, ContractDiff
from lambdas.contracts.acceptance import Accepted
from lambdas.orders.model.money import format_cents
from lambdas.records.quotes.contract import Outcome
from lambdas.records.quotes.quote import Quote
from lambdas.records.quotes.service import QuotedOption, QuotedService


def quote_id(quote: Quote) -> str:
    """The new quote's id."""
    return quote.quote_id


def service_id(added: AddedService) -> str:
    """The service's number on its quote."""
    return added.number


def record(quote: Quote) -> dict[str, Any]:
    """The quote with its services."""
    signature = quote.signature
    return {
        "quote_id": quote.quote_id,
        "client_id": quote.client_id,
        "class_id": str(quote.brand_id),
        "name": quote.name,
        "owner": quote.owner,
        "status": str(int(quote.status)),
        "order_queue_id": str(quote.order_queue_id),
        "opportunity_id": str(quote.opportunity_id),
        "term": str(quote.term_months or 0),
        "term_type": "m",
        "expires": str(quote.expires or 0),
        "notes": quote.notes,
        "created": str(quote.created_at),
        "signer": signature.signer if signature else "",
        "signed": str(signature.signed_at if signature else 0),
        "order_id": quote.order_id or "0",
        "duplicate_of": quote.duplicate_of or "0",
        "total": format_cents(quote.total_cents, quote.currency),
        "services": {number: _service(service, quote.currency) for number, service in quote.services.items()} or [],
    }


def records(quotes: tuple[Quote, ...]) -> Any:
    """Quotes by id; `[]` if there are none."""
    return {quote.quote_id: record(quote) for quote in quotes} or []


def signed(accepted: Accepted) -> dict[str, Any]:
    """The order of the signature; `submitted` is 0 while it is a lead, for the reason."""
    contract, refusal = accepted.contract, accepted.refusal
    return {
        "quote_id": accepted.quote_id,
        "order_id": accepted.order.order_id,
        "submitted": "1" if contract.outcome is Outcome.SUBMITTED else "0",
        "reason": contract.reason,
        **(as_text(refusal.facts) if refusal and refusal.facts else {}),
    }


def diff(found: ContractDiff) -> dict[str, Any]:
    """How the order differs from what was signed; `differences` by number, `[]` if there are none."""
    contract = found.contract.content
    return {
        "order_id": found.order_id,
        "contract_id": contract.contract_id,
        "signature_id": contract.signature_id,
        "same": "0" if found.differences else "1",
        "differences": {
            str(number): {**difference.model_dump(), "text": str(difference)}
            for number, difference in enumerate(found.differences, start=1)
        }
        or [],
    }


def _service(service: QuotedService, currency: str) -> dict[str, Any]:
    return {
        "plan_id": service.plan_id or "0",
        "desserv": service.description,
        "period": str(service.period),
        "quantity": str(service.quantity),
        "bill_type": "0",
        "setup_qs": as_text(service.setup_per_unit),
        "notes": service.notes,
        **_amounts(service, currency),
        "options": {
            upgrade: {"po_id": option.option_id, **_amounts(option, currency)}
            for upgrade, option in service.options.items()
        }
        or [],
    }


def _amounts(priced: QuotedService | QuotedOption, currency: str) -> dict[str, str]:
    return {
        "price": format_cents(priced.price_cents, currency),
        "setup": format_cents(priced.setup_cents, currency),
        "discount": format_cents(priced.discount_cents, currency),
        "discount_type": "1",
        "setup_discount": format_cents(priced.setup_discount_cents, currency),
        "setup_discount_type": "1",
    }
