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
    ListRequest,
    OrderRequest,
    ProcessRequest,
    Request,
    RestartRequest,
    SubmitRequest,
    UpdateRequest,
)
from lambdas.orders.draft import OrderDraft
from lambdas.orders.errors import Problem
from lambdas.orders.lists import MAX_LIMIT, OrderFilter
from lambdas.orders.order import Order
from lambdas.orders.queue import StepStatus
from lambdas.orders.service import IdempotencyKey, OrderService


@dataclass(frozen=True)
class Caller:
    """Who calls, and under which idempotency key if any."""

    user: str
    key: str | None = None


Found = Order | tuple[Order, ...]
Verb = Callable[[OrderService, Any, Caller], Found]


@dataclass(frozen=True)
class Method:
    """`answer` is API 2.0's `data`; new callers get the order itself. `reads`: changes nothing, may be called with GET."""

    request: type[Request]
    verb: Verb
    answer: Callable[[Any, OrderService], Any]
    reads: bool = False
    creates: bool = False


def _create(service: OrderService, request: CreateRequest, caller: Caller) -> Order:
    queue = service.queues.get(request.order_queue_id)
    if request.order_status and queue and request.order_status != queue.leads.id:
        text = f"an order begins in {queue.leads.name} (step {queue.leads.id}) and leaves it by order.submit"
        raise MalformedRequestError(Problem("order_status", text))
    key = IdempotencyKey(caller.user, caller.key) if caller.key else None
    return service.create(
        OrderDraft(**request.model_dump(exclude_none=True, exclude={"order_status"})), key, by=caller.user
    )


def _update(service: OrderService, request: UpdateRequest, caller: Caller) -> Order:
    changes = request.model_dump(exclude_unset=True, exclude={"order_id", "hash", "step_id", "step_name"})
    order = _found(service, request)
    return service.update(order, changes, by=caller.user, step_id=request.step_id, step_name=request.step_name)


def _submit(service: OrderService, request: SubmitRequest, caller: Caller) -> Order:
    return service.submit(_found(service, request), by=caller.user)


def _get(service: OrderService, request: GetRequest, _: Caller) -> Order:
    return _found(service, request)


def _list(service: OrderService, request: ListRequest, _: Caller) -> tuple[Order, ...]:
    named = request.model_dump(exclude_none=True, exclude={"order_by", "direction", "step_status", "limit"})
    status = None if request.step_status is None else StepStatus(request.step_status)
    descending = request.direction == "desc"
    limit = request.limit or MAX_LIMIT
    return service.list(OrderFilter(**named, step_status=status, descending=descending, limit=limit))


def _process(service: OrderService, request: ProcessRequest, caller: Caller) -> Order:
    if request.skip and request.undo_skip:
        raise MalformedRequestError(Problem("undo_skip", "cannot be set together with skip"))
    order, action_id = _found(service, request), request.order_action_id
    if request.skip:
        return service.skip(order, action_id, by=caller.user, why=request.reason or "")
    if request.undo_skip:
        return service.undo_skip(order, action_id, by=caller.user)
    return service.process(order, action_id, by=caller.user, given=request.input)


def _cancel(service: OrderService, request: CancelRequest, caller: Caller) -> Order:
    return service.cancel(_found(service, request), request.reason or "", by=caller.user)


def _restart(service: OrderService, request: RestartRequest, caller: Caller) -> Order:
    return service.restart(_found(service, request), by=caller.user)


def _found(service: OrderService, request: OrderRequest) -> Order:
    return service.get(order_id=request.order_id, hash=request.hash)


METHODS: dict[str, Method] = {
    "order.create": Method(CreateRequest, _create, answers.created, creates=True),
    "order.update": Method(UpdateRequest, _update, answers.true),
    "order.submit": Method(SubmitRequest, _submit, answers.submitted),
    "order.get": Method(GetRequest, _get, answers.record, reads=True),
    "order.list": Method(ListRequest, _list, answers.records, reads=True),
    "order.process": Method(ProcessRequest, _process, answers.true),
    "order.cancel": Method(CancelRequest, _cancel, answers.true),
    "order.restart": Method(RestartRequest, _restart, answers.true),
}
