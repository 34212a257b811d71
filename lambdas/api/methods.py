"""The table of methods: name -> request model, verb, answers. Both doors serve it; a new method is one row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambdas.api import answers
from lambdas.api.errors import MalformedRequestError
from lambdas.api.requests import (
    CancelRequest,
    CreateRequest,
    GetRequest,
    OrderRequest,
    Request,
    SubmitRequest,
    UpdateRequest,
)
from lambdas.orders.draft import OrderDraft
from lambdas.orders.errors import Problem
from lambdas.orders.order import Order
from lambdas.orders.service import IdempotencyKey, OrderService

Verb = Callable[[OrderService, Any, IdempotencyKey | None], Order]


@dataclass(frozen=True)
class Method:
    """`answer` is API 2.0's `data`; new callers get the order itself. `reads`: changes nothing, may be called with GET."""

    request: type[Request]
    verb: Verb
    answer: Callable[[Order, OrderService], Any]
    reads: bool = False
    creates: bool = False


def _create(service: OrderService, request: CreateRequest, key: IdempotencyKey | None) -> Order:
    queue = service.queues.get(request.order_queue_id)
    if request.order_status and queue and request.order_status != queue.leads.id:
        text = f"an order begins in {queue.leads.name} (step {queue.leads.id}) and leaves it by order.submit"
        raise MalformedRequestError(Problem("order_status", text))
    return service.create(OrderDraft(**request.model_dump(exclude_none=True, exclude={"order_status"})), key)


def _update(service: OrderService, request: UpdateRequest, _: IdempotencyKey | None) -> Order:
    changes = request.model_dump(exclude_unset=True, exclude={"order_id", "hash"})
    return service.update(_found(service, request), changes)


def _submit(service: OrderService, request: SubmitRequest, _: IdempotencyKey | None) -> Order:
    return service.submit(_found(service, request))


def _get(service: OrderService, request: GetRequest, _: IdempotencyKey | None) -> Order:
    return _found(service, request)


def _cancel(service: OrderService, request: CancelRequest, _: IdempotencyKey | None) -> Order:
    return service.cancel(_found(service, request), request.reason or "")


def _found(service: OrderService, request: OrderRequest) -> Order:
    return service.get(order_id=request.order_id, hash=request.hash)


METHODS: dict[str, Method] = {
    "order.create": Method(CreateRequest, _create, answers.created, creates=True),
    "order.update": Method(UpdateRequest, _update, answers.true),
    "order.submit": Method(SubmitRequest, _submit, answers.submitted),
    "order.get": Method(GetRequest, _get, answers.record, reads=True),
    "order.cancel": Method(CancelRequest, _cancel, answers.true),
}
