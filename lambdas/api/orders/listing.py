"""Lists orders by queue, step or client: by time, and for API 2.0 also in another order."""

from lambdas.api.auth.caller import Caller
from lambdas.api.auth.redaction import redacted
from lambdas.api.auth.visibility import visible_queues
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.call import Door
from lambdas.api.http.responses import MOST_BYTES, bytes_of
from lambdas.api.orders import records_2_0 as answers
from lambdas.api.orders import views
from lambdas.api.orders.requests import ListRequest
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.queue import DEFAULT_BRAND_ID
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.table.list_filters import MAX_LIMIT, OrderFilter
from lambdas.orders.table.pages import OrderPage, PageRoom

PAGE_LIMIT = 50
_OTHERWISE = {"order_by", "direction", "step_status", "brand_id", "limit"}


def list_orders(backend: Backend, request: ListRequest, caller: Caller) -> OrderPage:
    if request.cursor and request.offset:
        raise MalformedRequestError(Problem("offset", "cannot be set together with cursor"))
    old_door, field = caller.call.door is Door.API_2_0, request.order_by or "ts"
    if field != "ts" and not old_door:
        raise MalformedRequestError(Problem("order_by", "must be ts: pages are sorted by when an order was received"))
    by_time = field == "ts"
    wanted = OrderFilter(
        **request.model_dump(exclude_none=True, exclude=_OTHERWISE if by_time else {*_OTHERWISE, "offset"}),
        brand_id=DEFAULT_BRAND_ID if request.brand_id is None else request.brand_id,
        step_status=None if request.step_status is None else StepStatus(request.step_status),
        descending=request.direction == "desc" and by_time,
        limit=(request.limit or (MAX_LIMIT if old_door else PAGE_LIMIT)) if by_time else MAX_LIMIT,
        queues=visible_queues(backend, caller),
    )
    view = answers.record if old_door else views.order_view
    page = backend.service.list(wanted, PageRoom(lambda order: bytes_of(view(order)), MOST_BYTES))
    if not by_time:
        return _sort_page(page, request, field, backend, caller)
    if page.full and old_door:
        text = (
            f"these orders are too large for one answer: ask for {len(page.orders)} at most, and continue with offset"
        )
        raise InvalidOrderError((Problem("limit", text),))
    if page.cut_short and old_door:  # which knows no cursor, and would take the part for the whole
        field = "opportunity_id" if request.opportunity_id else "client_id"
        text = "has too many orders in other steps to look through in one call; narrow the list with min_ts and max_ts"
        raise InvalidOrderError((Problem(field, text),))
    return page


def _sort_page(page: OrderPage, request: ListRequest, field: str, backend: Backend, caller: Caller) -> OrderPage:
    """Sort by what the caller may see, because the order of names reveals names."""
    from lambdas.api.orders.sorting import sorted_page

    seen: OrderPage = redacted(page, caller, backend.plans)
    limit = request.limit or MAX_LIMIT
    descending = request.direction == "desc"
    return sorted_page(seen, field, descending=descending, offset=request.offset or 0, limit=limit)
