"""Quotes, their signing, and how an order differs from what was signed."""

from typing import Any

from lambdas.access.permits import admit_parties
from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.clients.lookup import the_client
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method, Rights
from lambdas.api.queues.lookup import queue_to_fill
from lambdas.api.quotes import records_2_0 as answers
from lambdas.api.quotes import views
from lambdas.api.quotes.requests import (
    QuoteAddRequest,
    QuoteGetRequest,
    QuoteListRequest,
    QuoteRequest,
    QuoteServiceAddRequest,
    QuoteSignRequest,
    QuoteUpdateRequest,
)
from lambdas.api.quotes.results import AddedService
from lambdas.api.quotes.services import quoted_service
from lambdas.api.quotes.sign import sign, stored_method_of
from lambdas.catalog.plan import USUAL_CURRENCY, sold_in
from lambdas.contracts.acceptance import Accepted
from lambdas.contracts.errors import ContractRefusedError
from lambdas.contracts.fitness import queue_problems
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.packs import MAX_PACKS
from lambdas.records.quotes.errors import QuoteFixedError, QuoteNotFoundError
from lambdas.records.quotes.quote import Quote, QuoteRecords, QuoteStatus
from lambdas.records.users.rights import SEE_CLIENT, Right

_MONTHS = {"m": 1, "y": 12}
_FIXED = {QuoteStatus.SIGNED: "signed", QuoteStatus.CANCELLED: "cancelled"}


def _add(backend: Backend, request: QuoteAddRequest, caller: Caller) -> Quote:
    queue = queue_to_fill(backend, request.order_queue_id, caller)
    if problems := tuple(queue_problems(queue, queue.brand_id)):
        raise ContractRefusedError(*problems)
    client = the_client(backend, request.client_id, caller)
    if client.brand_id != queue.brand_id:
        text = f"the client belongs to brand {client.brand_id}, queue {queue.order_queue_id} to brand {queue.brand_id}"
        raise InvalidOrderError((Problem("order_queue_id", text),))
    quote = Quote(
        client_id=client.client_id,
        brand_id=queue.brand_id,
        currency=backend.service.currency_of(queue.brand_id),
        order_queue_id=queue.order_queue_id,
        name=request.name,
        owner=request.owner,
        status=QuoteStatus(request.status or QuoteStatus.DRAFT),
        opportunity_id=request.opportunity_id or 0,
        term_months=request.term * _MONTHS[request.term_type or "m"] if request.term else None,
        expires=request.expires,
        notes=request.notes or "",
        created_at=backend.service.now(),
    )
    return QuoteRecords(backend.records).add(quote)


def _service_add(backend: Backend, request: QuoteServiceAddRequest, caller: Caller) -> AddedService:
    quote = _quote(backend, request, caller)
    service = quoted_service(request, sold_in(backend.plans, quote.currency or USUAL_CURRENCY), quote.currency)

    def change(quote: Quote) -> Quote:
        _refuse_fixed(quote)
        if len(quote.services) >= MAX_PACKS:
            text = f"quote {quote.quote_id} has {MAX_PACKS} services, which is all an order takes; make another quote"
            raise InvalidOrderError((Problem("quote_id", text),))
        number = str(len(quote.services) + 1)
        return quote.model_copy(update={"services": {**quote.services, number: service}})

    changed = QuoteRecords(backend.records).update(request.quote_id, change)
    return AddedService(changed, str(len(changed.services)))


def _update(backend: Backend, request: QuoteUpdateRequest, caller: Caller) -> Quote:
    _quote(backend, request, caller)
    stated = request.model_dump(exclude_unset=True, exclude_none=True, exclude={"quote_id"})
    if "status" in stated:
        stated["status"] = QuoteStatus(stated["status"])

    def change(quote: Quote) -> Quote:
        if quote.status in _FIXED or (quote.signature and stated.get("status") not in (None, QuoteStatus.CANCELLED)):
            raise QuoteFixedError(quote.quote_id, _FIXED.get(quote.status, "signed"))
        return quote.model_copy(update=stated)

    return QuoteRecords(backend.records).update(request.quote_id, change)


def _get(backend: Backend, request: QuoteGetRequest, caller: Caller) -> Quote:
    return _quote(backend, request, caller)


def _list(backend: Backend, request: QuoteListRequest, caller: Caller) -> tuple[Quote, ...]:
    client = the_client(backend, request.client_id, caller)
    found = QuoteRecords(backend.records).of_client(client.client_id)
    wanted = request.status or sum(QuoteStatus)
    return tuple(
        quote for quote in found if quote.status & wanted and caller.may_do(quote.order_queue_id, quote.brand_id)
    )


def _sign(backend: Backend, request: QuoteSignRequest, caller: Caller) -> Accepted:
    quote = _quote(backend, request, caller)
    if stored := stored_method_of(
        request
    ):  # which belongs to the client, whom a right in the quote's queue alone does not show
        admit_parties(caller, quote.order_queue_id, quote.brand_id, quote.client_id, stored)
    return sign(backend, request, caller, quote)


def _sign_rights(request: QuoteSignRequest) -> Rights:
    return (*_SOLD, Right.STORED_METHODS) if stored_method_of(request) else _SOLD


def _quote(backend: Backend, request: QuoteRequest, caller: Caller) -> Quote:
    """The quote, if the caller may do with it what they ask for."""
    try:
        quote = QuoteRecords(backend.records).get(request.quote_id)
    except QuoteNotFoundError as missing:
        raise caller.not_found(missing) from None
    caller.admit_to_record(quote.order_queue_id, quote.brand_id)
    return quote


def _refuse_fixed(quote: Quote) -> None:
    if quote.status in _FIXED or quote.signature:
        raise QuoteFixedError(quote.quote_id, _FIXED.get(quote.status, "signed"))


_ONE: dict[str, Any] = {"quote_id": "1"}
_SOLD = (*SEE_CLIENT, Right.CREATE)

METHODS: dict[str, Method] = {
    "client.quote_add": Method(
        title="Add a quote to a client",
        request=QuoteAddRequest,
        rights=_SOLD,
        verb=_add,
        answer=answers.quote_id,
        view=views.quote_view,
        status=201,
        example={"client_id": "101", "name": "Ten units", "owner": "sales", "order_queue_id": 5, "status": 4},
    ),
    "client.quote_service_add": Method(
        title="Add a service to a quote",
        request=QuoteServiceAddRequest,
        rights=_SOLD,
        verb=_service_add,
        answer=answers.service_id,
        view=views.service_view,
        status=201,
        example={**_ONE, "desserv": "Ten units, 2 x 16 A", "plan_id": "0", "period": 1, "price": "480.00"},
    ),
    "client.quote_update": Method(
        title="Change a quote that is not signed yet, open it, or cancel it",
        request=QuoteUpdateRequest,
        rights=_SOLD,
        verb=_update,
        answer=true,
        view=views.quote_view,
        example={**_ONE, "status": 4},
    ),
    "client.quote_get": Method(
        title="Get a quote",
        request=QuoteGetRequest,
        rights=SEE_CLIENT,
        verb=_get,
        answer=answers.record,
        view=views.quote_view,
        reads=True,
        example=_ONE,
    ),
    "client.quote_list": Method(
        title="List a client's quotes",
        request=QuoteListRequest,
        rights=SEE_CLIENT,
        verb=_list,
        answer=answers.records,
        view=views.quotes_view,
        reads=True,
        example={"client_id": "101", "status": 12},
    ),
    "client.quote_sign": Method(
        title="Sign a quote, which creates and submits its order",
        request=QuoteSignRequest,
        rights=_sign_rights,
        verb=_sign,
        answer=answers.signed,
        view=views.signed_view,
        status=201,
        example={**_ONE, "signer": "Ada Lovelace", "signer_ip": "192.0.2.1", "billing_info_id": "-1"},
    ),
}
