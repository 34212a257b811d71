"""Orders that match what staff typed: number, name, company, e-mail, telephone, domain, client or invoice (`order.search`)."""

from lambdas.desk.desk import Desk
from lambdas.desk.pages.order_list import OrderLine, line_of
from lambdas.orders.errors import InvalidOrderError
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.search.finding import OrderSearch
from lambdas.read_models.search.scope import scope_of
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.models import Frozen

_PAGE = 25


class FoundPage(Frozen):
    """`problem`: why the query cannot be searched for. `only`: the number of the order, if one is found and it is its number."""

    query: str
    orders: tuple[OrderLine, ...] = ()
    unreadable: tuple[str, ...] = ()
    next_cursor: str = ""
    incomplete: bool = False
    problem: str = ""

    @property
    def only(self) -> str:
        numbered = len(self.orders) == 1 and self.orders[0].order_id == self.query.strip().removeprefix("#")
        return self.orders[0].order_id if numbered and not self.next_cursor else ""


def find_orders(desk: Desk, user: ApiUser, query: str, cursor: str = "") -> FoundPage:
    """Nothing is searched for an empty query."""
    if not query.strip():
        return FoundPage(query="")
    search = OrderSearch(SearchEntries(desk.read_models), desk.service.orders, InvoiceRecords(desk.records))
    try:
        page = search.find(query, scope_of(user, desk.service.queues), limit=_PAGE, cursor=cursor or None)
    except InvalidOrderError as refused:
        return FoundPage(query=query, problem="; ".join(problem.text for problem in refused.problems))
    return FoundPage(
        query=query,
        orders=tuple(line_of(desk.seen(user, order)) for order in page.orders),
        unreadable=tuple(order.order_id for order in page.unreadable),
        next_cursor=page.next_cursor or "",
        incomplete=page.incomplete,
    )
