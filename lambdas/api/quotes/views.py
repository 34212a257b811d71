"""Quotes and contracts as new callers see them. Amounts are decimal text; times ISO 8601 in UTC."""

from typing import TypedDict

from lambdas.api.http.values import iso
from lambdas.api.quotes.found import AddedService, ContractDiff
from lambdas.contracts.acceptance import Accepted
from lambdas.orders.model.money import format_cents
from lambdas.records.quotes.quote import Quote
from lambdas.records.quotes.service import QuotedOption, QuotedService


class AmountsView(TypedDict):
    """Of one unit: the price each period (an option's: each month), the set-up once, and what is off both."""

    price: str
    setup: str
    discount: str
    setup_discount: str


class QuotedOptionView(TypedDict):
    option_id: str | None
    amounts: AmountsView


class QuotedServiceView(TypedDict):
    """`plan_id`: null for a service in no catalogue. `period` in months; 0: once."""

    plan_id: str | None
    description: str
    period: int
    quantity: int
    setup_per_unit: bool
    amounts: AmountsView
    options: dict[str, QuotedOptionView]
    notes: str


class QuoteView(TypedDict):
    """`status`: draft, waiting_approval, open, signed, cancelled or persistent. `total`: what it costs first, before tax.
    `duplicate_of`: the quote it was signed for."""

    quote_id: str
    client_id: str
    brand_id: int
    order_queue_id: int
    name: str
    owner: str
    status: str
    opportunity_id: int | None
    term_months: int | None
    expires_at: str | None
    notes: str
    created_at: str | None
    signer: str | None
    signed_at: str | None
    order_id: str | None
    duplicate_of: str | None
    total: str
    services: dict[str, QuotedServiceView]


class QuotesView(TypedDict):
    quotes: list[QuoteView]


class QuoteServiceView(TypedDict):
    """`number`: of the service that was added."""

    number: str
    quote: QuoteView


class ChallengeView(TypedDict):
    """What the card's bank asks of its holder."""

    challenge_id: str
    url: str
    expires_at: str | None


class SignedView(TypedDict):
    """`outcome`: submitted; lead, for the reason; or canceled. `repeated`: the signature was taken in before."""

    quote_id: str | None
    order_id: str
    outcome: str | None
    reason: str
    repeated: bool
    challenge: ChallengeView | None


class DifferenceView(TypedDict):
    """`line`: the order's pack. `kind`: added, removed or changed. `field`, `signed`, `ordered`: what differs, and how."""

    line: str
    kind: str
    field: str
    signed: str
    ordered: str


class ContractDiffView(TypedDict):
    order_id: str
    contract_id: str
    signature_id: str
    signed_at: str | None
    same: bool
    differences: list[DifferenceView]


def quote_view(quote: Quote) -> QuoteView:
    signature = quote.signature
    return {
        "quote_id": quote.quote_id,
        "client_id": quote.client_id,
        "brand_id": quote.brand_id,
        "order_queue_id": quote.order_queue_id,
        "name": quote.name,
        "owner": quote.owner,
        "status": quote.status.name.lower(),
        "opportunity_id": quote.opportunity_id or None,
        "term_months": quote.term_months,
        "expires_at": iso(quote.expires),
        "notes": quote.notes,
        "created_at": iso(quote.created_at),
        "signer": signature.signer if signature else None,
        "signed_at": iso(signature.signed_at) if signature else None,
        "order_id": quote.order_id,
        "duplicate_of": quote.duplicate_of,
        "total": format_cents(quote.total_cents),
        "services": {number: _service(service) for number, service in quote.services.items()},
    }


def quotes_view(quotes: tuple[Quote, ...]) -> QuotesView:
    return {"quotes": [quote_view(quote) for quote in quotes]}


def service_view(added: AddedService) -> QuoteServiceView:
    return {"number": added.number, "quote": quote_view(added.quote)}


def signed_view(accepted: Accepted) -> SignedView:
    contract = accepted.contract
    return {
        "quote_id": accepted.quote_id,
        "order_id": accepted.order.order_id,
        "outcome": contract.outcome.value if contract.outcome else None,
        "reason": contract.reason,
        "repeated": accepted.repeated,
        "challenge": _challenge(accepted),
    }


def diff_view(found: ContractDiff) -> ContractDiffView:
    contract = found.contract.content
    return {
        "order_id": found.order_id,
        "contract_id": contract.contract_id,
        "signature_id": contract.signature_id,
        "signed_at": iso(contract.signed_at),
        "same": not found.differences,
        "differences": [
            {"line": one.line, "kind": one.kind, "field": one.field, "signed": one.signed, "ordered": one.ordered}
            for one in found.differences
        ],
    }


def _challenge(accepted: Accepted) -> ChallengeView | None:
    facts = accepted.refusal.facts if accepted.refusal else {}
    if "challenge_id" not in facts:
        return None
    return {"challenge_id": facts["challenge_id"], "url": facts["url"], "expires_at": iso(facts["expires"])}


def _service(service: QuotedService) -> QuotedServiceView:
    return {
        "plan_id": service.plan_id or None,
        "description": service.description,
        "period": service.period,
        "quantity": service.quantity,
        "setup_per_unit": service.setup_per_unit,
        "amounts": _amounts(service),
        "options": {
            upgrade: {"option_id": option.option_id or None, "amounts": _amounts(option)}
            for upgrade, option in service.options.items()
        },
        "notes": service.notes,
    }


def _amounts(priced: QuotedService | QuotedOption) -> AmountsView:
    return {
        "price": format_cents(priced.price_cents),
        "setup": format_cents(priced.setup_cents),
        "discount": format_cents(priced.discount_cents),
        "setup_discount": format_cents(priced.setup_discount_cents),
    }
