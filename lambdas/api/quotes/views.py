"""Quotes and contracts as new callers see them. Amounts are decimal text; times ISO 8601 in UTC."""

from typing import Annotated, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.api.quotes.results import AddedService, ContractDiff
from lambdas.contracts.acceptance import Accepted
from lambdas.orders.model.money import format_cents
from lambdas.records.quotes.quote import Quote
from lambdas.records.quotes.service import QuotedOption, QuotedService


class AmountsView(TypedDict):
    price: Annotated[str, Doc("Price of one unit and period; an option's is for a month.")]
    setup: Annotated[str, Doc("Set-up of one unit, once.")]
    discount: Annotated[str, Doc("Off the price.")]
    setup_discount: Annotated[str, Doc("Off the set-up.")]


class QuotedOptionView(TypedDict):
    option_id: Annotated[str | None, Doc("The chosen option; null for one that is not in the catalog.")]
    amounts: Annotated[AmountsView, Doc("Its amounts.")]


class QuotedServiceView(TypedDict):
    plan_id: Annotated[str | None, Doc("The service plan; null for a service that is not in the catalog.")]
    description: Annotated[str, Doc("What is quoted.")]
    period: Annotated[int, Doc("Months in a billing period; 0: billed once.")]
    quantity: Annotated[int, Doc("How many units.")]
    setup_per_unit: Annotated[bool, Doc("Whether the set-up is charged for each unit.")]
    amounts: Annotated[AmountsView, Doc("The amounts of one unit.")]
    options: Annotated[dict[str, QuotedOptionView], Doc("The options, by upgrade id.")]
    notes: Annotated[str, Doc("Notes on this service.")]


class QuoteView(TypedDict):
    quote_id: Annotated[str, Doc("The quote's id.")]
    client_id: Annotated[str, Doc("The client it is for.")]
    brand_id: Annotated[int, Doc("The client's brand.")]
    order_queue_id: Annotated[int, Doc("The queue its order will run through.")]
    name: Annotated[str, Doc("The quote's name.")]
    owner: Annotated[str, Doc("The member of staff who looks after it.")]
    status: Annotated[str, Doc("draft, waiting_approval, open, signed, cancelled or persistent.")]
    opportunity_id: Annotated[int | None, Doc("The sales opportunity; null if none.")]
    term_months: Annotated[int | None, Doc("Term of the contract, in months.")]
    expires_at: Annotated[str | None, Doc("Until when it can be signed; null: without end.")]
    notes: Annotated[str, Doc("Notes for the client.")]
    created_at: Annotated[str | None, Doc("When it was created.")]
    signer: Annotated[str | None, Doc("Who signed it.")]
    signed_at: Annotated[str | None, Doc("When it was signed.")]
    order_id: Annotated[str | None, Doc("The order that its signature made.")]
    duplicate_of: Annotated[str | None, Doc("The persistent quote it is a signed copy of.")]
    total: Annotated[str, Doc("What is charged first, before tax.")]
    services: Annotated[dict[str, QuotedServiceView], Doc("The quoted services, by number.")]


class QuotesView(TypedDict):
    quotes: Annotated[list[QuoteView], Doc("The quotes.")]


class QuoteServiceView(TypedDict):
    number: Annotated[str, Doc("The number of the service that was added.")]
    quote: Annotated[QuoteView, Doc("The quote with all its services.")]


class ChallengeView(TypedDict):
    challenge_id: Annotated[str, Doc("The challenge's id.")]
    url: Annotated[str, Doc("Where the card holder confirms the payment.")]
    expires_at: Annotated[str | None, Doc("Until when they can confirm it.")]


class SignedView(TypedDict):
    quote_id: Annotated[str | None, Doc("The signed quote; null for a contract without one.")]
    order_id: Annotated[str, Doc("The order of the signature.")]
    outcome: Annotated[str | None, Doc("submitted, lead or canceled.")]
    reason: Annotated[str, Doc("Why the order is a lead or canceled, or empty.")]
    repeated: Annotated[bool, Doc("Whether this signature was accepted before.")]
    challenge: Annotated[ChallengeView | None, Doc("What the card's bank asks of the holder; null if nothing.")]


class DifferenceView(TypedDict):
    line: Annotated[str, Doc("The service's key in the order, such as pack1.")]
    kind: Annotated[str, Doc("added, removed or changed.")]
    field: Annotated[str, Doc("The field that differs.")]
    signed: Annotated[str, Doc("Its value in the contract.")]
    ordered: Annotated[str, Doc("Its value in the order.")]


class ContractDiffView(TypedDict):
    order_id: Annotated[str, Doc("The order's number.")]
    contract_id: Annotated[str, Doc("The contract's id.")]
    signature_id: Annotated[str, Doc("The signature's id.")]
    signed_at: Annotated[str | None, Doc("When it was signed.")]
    same: Annotated[bool, Doc("Whether the order is what was signed.")]
    differences: Annotated[list[DifferenceView], Doc("Where the order differs from the contract.")]


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
        "total": format_cents(quote.total_cents, quote.currency),
        "services": {number: _service(service, quote.currency) for number, service in quote.services.items()},
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


def _service(service: QuotedService, currency: str) -> QuotedServiceView:
    return {
        "plan_id": service.plan_id or None,
        "description": service.description,
        "period": service.period,
        "quantity": service.quantity,
        "setup_per_unit": service.setup_per_unit,
        "amounts": _amounts(service, currency),
        "options": {
            upgrade: {"option_id": option.option_id or None, "amounts": _amounts(option, currency)}
            for upgrade, option in service.options.items()
        },
        "notes": service.notes,
    }


def _amounts(priced: QuotedService | QuotedOption, currency: str) -> AmountsView:
    return {
        "price": format_cents(priced.price_cents, currency),
        "setup": format_cents(priced.setup_cents, currency),
        "discount": format_cents(priced.discount_cents, currency),
        "setup_discount": format_cents(priced.setup_discount_cents, currency),
    }
