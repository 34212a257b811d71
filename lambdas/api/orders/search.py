"""`order.search`: finds orders by what people know of them. Users who may not see personal data find them by numbers alone."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from typing_extensions import Doc

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.http.call import Door
from lambdas.api.http.parameters import Absent, Request, Text
from lambdas.api.http.responses import MOST_BYTES, bytes_of
from lambdas.api.method import Method
from lambdas.api.orders import records_2_0 as answers
from lambdas.api.orders.views import OrdersView, order_view, orders_view
from lambdas.orders.table.pages import PageRoom
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.search.finding import FoundOrders, OrderSearch
from lambdas.read_models.search.scope import scope_of
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.users.rights import Right

PAGE_LIMIT = 50


def _with_words(query: str) -> str:
    if not query.strip():
        raise ValueError("parameter not supplied; name what to look for, in one or more words")
    return query


class SearchRequest(Request):
    """`order.search`, ours."""

    query: Annotated[str, AfterValidator(_with_words)] = Field(
        description="One or more words, all of which must match: the number of an order, client or invoice; the beginning of a "
        "name, company, e-mail address, domain or host, in any case, with or without accents; a telephone number, or its last "
        "digits, four or more.",
    )
    limit: Annotated[Annotated[int, Field(ge=1, le=100)] | None, Absent] = Field(
        default=None, description="How many orders at most, up to 100; 50 if left out."
    )
    cursor: Text = Field(
        default=None, description="next_cursor of the page before, to continue there. Send the same query with it."
    )


class FoundOrdersView(OrdersView):
    """A page of orders that match, the newest first. It may hold fewer than `limit`, and even none, while more follow."""

    incomplete: Annotated[
        bool, Doc("Whether so many names begin with a word that not all were looked at. More letters find the others.")
    ]


def _search(backend: Backend, request: SearchRequest, caller: Caller) -> FoundOrders:
    search = OrderSearch(SearchEntries(backend.desk), backend.service.orders, InvoiceRecords(backend.records))
    view = answers.record if caller.call.door is Door.API_2_0 else order_view
    room = PageRoom(lambda order: bytes_of(view(order)), MOST_BYTES)
    limit = request.limit or PAGE_LIMIT
    return search.find(
        request.query, scope_of(caller.user, backend.queues), limit=limit, cursor=request.cursor, room=room
    )


def _answer(page: FoundOrders) -> dict[str, Any]:
    more = {"next_cursor": page.next_cursor or "", "incomplete": "1" if page.incomplete else "0"}
    return {"orders": answers.records(page), **more}


def _view(page: FoundOrders) -> FoundOrdersView:
    return {**orders_view(page), "incomplete": page.incomplete}


METHODS: dict[str, Method] = {
    "order.search": Method(
        title="Find orders by number, name, company, e-mail address, telephone number, domain, client or invoice",
        request=SearchRequest,
        rights=(Right.VIEW,),
        verb=_search,
        answer=_answer,
        view=_view,
        reads=True,
        example={"query": "lovelace"},
    ),
}
