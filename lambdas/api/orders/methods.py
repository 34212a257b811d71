"""Orders, from creating to restarting them."""

from collections.abc import Mapping
from typing import Any

from lambdas.access.permits import CallersPermit, admit_parties
from lambdas.api.amounts import asked_cents
from lambdas.api.auth.caller import Caller
from lambdas.api.auth.guesses import counting_codes, counting_login
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.call import Door
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method, Rights
from lambdas.api.orders import records_2_0 as answers
from lambdas.api.orders import views
from lambdas.api.orders.listing import list_orders
from lambdas.api.orders.requests import CreateRequest, GetRequest, ListRequest, UpdateRequest
from lambdas.api.orders.results import CreatedOrder
from lambdas.api.orders.submit_request import SubmitRequest
from lambdas.api.queues.lookup import queue_to_fill
from lambdas.orders.decisions.lead.parties import stored_method
from lambdas.orders.decisions.lead.shown_order import ShownOrder
from lambdas.orders.errors import Problem
from lambdas.orders.model.order import Order
from lambdas.orders.table.keys import IdempotencyKey
from lambdas.records.users.rights import Right


def _create(backend: Backend, request: CreateRequest, caller: Caller) -> CreatedOrder:
    queue = queue_to_fill(backend, request.order_queue_id, caller)
    admit_parties(caller, queue.order_queue_id, queue.brand_id, request.client_id, stored_method(request.info))
    if request.order_status and request.order_status != queue.leads.id:
        text = f"an order begins in {queue.leads.name} (step {queue.leads.id}) and leaves it by order.submit"
        raise MalformedRequestError(Problem("order_status", text))
    key = IdempotencyKey(caller.name, caller.call.idempotency_key) if caller.call.idempotency_key else None
    with counting_codes(backend, caller, queue.brand_id, request.info) as codes:
        return CreatedOrder(codes.uncount_hits(backend.service.create(request, key, by=caller.name)), queue)


_NO_DATA = {"order_id", "hash", "step_id", "step_name", "reason", "card_stored", "card_id", "ach_id"}


def _update(backend: Backend, request: UpdateRequest, caller: Caller) -> Order:
    changes = request.model_dump(exclude_unset=True, exclude=_NO_DATA)
    if stored := request.card_id or request.ach_id:
        changes["info"] = {**changes.get("info", {}), "billing_info_id": stored}
    if request.reason and not _moves(request) and caller.call.door is Door.METHOD_PATH:
        raise MalformedRequestError(Problem("reason", "goes with step_id or step_name: it says why the order is moved"))
    order = backend.order(request, caller)
    with counting_codes(backend, caller, order.brand_id, changes.get("info") or {}, order) as codes:
        updated = backend.service.update(
            order,
            changes,
            by=caller.name,
            step_id=request.step_id,
            step_name=request.step_name,
            expected_revision=caller.call.if_match,
            reason=(request.reason or "").strip(),
            permit=CallersPermit(caller),
        )
        return codes.uncount_hits(updated)


def _update_rights(request: UpdateRequest) -> Rights:
    """The rights that every update needs. Actions that a move leaves out need more: see CallersPermit."""
    moves = _moves(request)
    changes = request.model_fields_set - {"order_id", "hash", "step_id", "step_name", "reason", "card_stored"}
    return (*((Right.ACT,) if moves else ()), *((Right.CREATE,) if changes or not moves else ()))


def _moves(request: UpdateRequest) -> bool:
    return request.step_id is not None or request.step_name is not None


def _submit(backend: Backend, request: SubmitRequest, caller: Caller) -> Order:
    order, seen = backend.order(request, caller), ShownOrder(revision=caller.call.if_match)
    if request.total is not None:
        total_cents = asked_cents("total", request.total, order.currency)
        seen = seen.changed(total_cents=total_cents, currency=order.currency)
    permit = CallersPermit(caller)
    with counting_login(backend, caller, order):
        how: dict[str, Any] = {"reviewed": request.reviewed, "payer": request.payer}
        return backend.service.submit(order, by=caller.name, shown=seen, permit=permit, **how)


def _submit_rights(request: SubmitRequest) -> Rights:
    """A storefront's user needs no `act`, so that nothing tried there gets past the screen."""
    return (Right.ACT,) if request.reviewed else (Right.CREATE,)


def _get(backend: Backend, request: GetRequest, caller: Caller) -> Order:
    order = backend.order(request, caller)
    if not request.at:
        return order
    from lambdas.api.orders.history import reader_of

    return reader_of(backend).as_of(order, request.at, backend.service.now())


def _etag_and_location(created: CreatedOrder) -> Mapping[str, str]:
    return {**views.etag(created.order), "Location": f"/order.get?order_id={created.order_id}"}


_PERSON = {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB"}
_CARD = {"payment_type": "cc", "cc_token": "tok_approve"}
_ONE: dict[str, Any] = {"order_id": "1001"}

METHODS: dict[str, Method] = {
    "order.create": Method(
        title="Create an order",
        request=CreateRequest,
        rights=(Right.CREATE,),
        verb=_create,
        answer=answers.created,
        view=views.created_view,
        status=201,
        headers=_etag_and_location,
        keeps_key=True,
        example={"order_queue_id": 1, "info": {**_PERSON, **_CARD, "pack1": {"plan_id": "1", "period": 1}}},
    ),
    "order.update": Method(
        title="Change an order, or move it to another step",
        request=UpdateRequest,
        rights=_update_rights,
        verb=_update,
        answer=true,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        example={**_ONE, "info": {"phone": "+44 20 7946 0000"}},
    ),
    "order.submit": Method(
        title="Submit an order",
        request=SubmitRequest,
        rights=_submit_rights,
        verb=_submit,
        answer=answers.submitted,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        moves_on=True,
        example={**_ONE, "total": "9.95"},
    ),
    "order.get": Method(
        title="Get an order",
        request=GetRequest,
        rights=(Right.VIEW,),
        verb=_get,
        answer=answers.record,
        view=views.order_view,
        reads=True,
        headers=views.etag,
        example=_ONE,
    ),
    "order.list": Method(
        title="List orders",
        request=ListRequest,
        rights=(Right.VIEW,),
        verb=list_orders,
        answer=answers.records,
        view=views.orders_view,
        reads=True,
        example={"order_queue_id": 1, "step_status": 0, "limit": 50},
    ),
}
