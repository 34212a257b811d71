"""The worklist, and taking what is on it."""

from lambdas.access.assignees import refuse_who_cannot_look
from lambdas.api.auth.caller import Caller
from lambdas.api.auth.visibility import visible_queues
from lambdas.api.backend import Backend
from lambdas.api.desk.worklist_requests import AssignRequest, WorklistRequest
from lambdas.api.desk.worklist_views import worklist_view
from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method
from lambdas.api.orders import views
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.orders.model.teams import load_teams
from lambdas.read_models.worklist.listing import WorklistPage, WorklistReader
from lambdas.read_models.worklist.pages import WorklistFilter
from lambdas.read_models.worklist.store import WorklistStore
from lambdas.read_models.worklist.violations import read_violations
from lambdas.records.broken_promises import BrokenPromises
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.rights import Right

_PAGE_LIMIT = 50


def _worklist(backend: Backend, request: WorklistRequest, caller: Caller) -> WorklistPage:
    criteria, now = _criteria(backend, request, caller), backend.service.now()
    if criteria is None:
        return WorklistPage()
    store = WorklistStore(backend.desk)
    page = WorklistReader(store, backend.service.orders, caller.user, backend.plans, now).read(criteria)
    violations = read_violations(
        BrokenPromises(backend.records),
        backend.service.orders,
        caller.user,
        criteria,
        of_all_queues=request.order_queue_id is None,
    )
    return page.changed(violations=violations)


def _criteria(backend: Backend, request: WorklistRequest, caller: Caller) -> WorklistFilter | None:
    """None: there is nothing that the caller could see."""
    _refuse_both(request)
    queues = visible_queues(backend, caller)
    if request.order_queue_id is not None:
        if request.order_queue_id not in queues:
            raise InvalidOrderError((Problem("order_queue_id", "there is no such queue"),))
        queues = frozenset({request.order_queue_id})
    teams = caller.user.teams if request.my_teams else (request.team,) if request.team else ()
    if request.team and request.team not in load_teams():
        known = ", ".join(sorted(load_teams()))
        raise InvalidOrderError((Problem("team", f"there is no such team; there are {known}"),))
    if not queues or (request.my_teams and not teams):
        return None
    return WorklistFilter(
        queues=queues,
        teams=teams,
        person=caller.name if request.mine else request.user or "",
        unassigned=request.unassigned,
        kind=request.kind,
        overdue_at=backend.service.now() if request.overdue else None,
        limit=request.limit or _PAGE_LIMIT,
        cursor=request.cursor,
    )


def _refuse_both(request: WorklistRequest) -> None:
    """Filters of which one says it all."""
    if request.team and request.my_teams:
        raise MalformedRequestError(Problem("my_teams", "cannot be set together with team"))
    if request.user and request.mine:
        raise MalformedRequestError(Problem("mine", "cannot be set together with user"))
    if request.unassigned and (request.user or request.mine):
        raise MalformedRequestError(Problem("unassigned", "cannot be set together with user or mine"))


def _assign(backend: Backend, request: AssignRequest, caller: Caller) -> Order:
    if request.give_back and request.user:
        raise MalformedRequestError(Problem("give_back", "cannot be set together with user"))
    order = backend.order(request, caller)
    to = "" if request.give_back else request.user or caller.name
    if to and to != caller.name:
        refuse_who_cannot_look(ApiUserRecords(backend.records), order, to)
    return backend.service.assign(
        order,
        request.wait or "",
        to,
        by=caller.name,
        take_over=request.take_over,
        because=request.reason or "",
        expected_revision=caller.call.if_match,
    )


METHODS: dict[str, Method] = {
    "order.worklist": Method(
        title="List what waits for somebody, most urgent first",
        request=WorklistRequest,
        rights=(Right.VIEW,),
        verb=_worklist,
        answer=worklist_view,
        view=worklist_view,
        reads=True,
        example={"my_teams": True, "limit": 20},
    ),
    "order.assign": Method(
        title="Take a wait of an order, give it to a user, or give it back",
        request=AssignRequest,
        rights=(Right.ACT,),
        verb=_assign,
        answer=true,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        example={"order_id": "1001", "wait": "3202"},
    ),
}
