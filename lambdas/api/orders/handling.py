"""Staff say how urgent an order is, and correct its contact data."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.parameters import Absent, Info, OrderRequest, Text
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method
from lambdas.api.orders import views
from lambdas.orders.contact.text import lines
from lambdas.orders.errors import Problem
from lambdas.orders.model.order import Order
from lambdas.orders.service import BECAUSE_CHARACTERS
from lambdas.records.users.rights import Right

Reason = Annotated[Annotated[str, Field(max_length=BECAUSE_CHARACTERS), AfterValidator(lines)] | None, Absent]


class PriorityRequest(OrderRequest):
    """`order.priority`, ours."""

    priority: int = Field(ge=0, le=3, description="0 low, 1 normal, 2 high, 3 urgent.")
    reason: Reason = Field(default=None, description="Why, for those who look at the order later.")


class ContactUpdateRequest(OrderRequest):
    """`order.contact_update`, ours: contact data alone, of an order in any step."""

    info: Info = Field(
        default={},
        description="The contact fields to change: first, last, company, email, address, city, state, zip, country, phone, fax "
        "and vat_id. An empty one is taken off.",
    )
    listed_company: Text = Field(default=None, description="Name to list the order by.")
    reason: Reason = Field(default=None, description="Why, for those who look at the order later.")


def _prioritize(backend: Backend, request: PriorityRequest, caller: Caller) -> Order:
    order = backend.order(request, caller)
    reason, expected = request.reason or "", caller.call.if_match
    return backend.service.prioritize(
        order, request.priority, by=caller.name, reason=reason, expected_revision=expected
    )


def _correct_contact(backend: Backend, request: ContactUpdateRequest, caller: Caller) -> Order:
    changes: dict[str, Any] = {"info": request.info, "listed_company": request.listed_company}
    if not any(changes.values()):
        raise MalformedRequestError(Problem("info", "parameter not supplied; say which contact data is to be changed"))
    order = backend.order(request, caller)
    reason, expected = request.reason or "", caller.call.if_match
    return backend.service.correct_contact(order, changes, by=caller.name, reason=reason, expected_revision=expected)


METHODS: dict[str, Method] = {
    "order.priority": Method(
        title="Say how urgent an order is",
        request=PriorityRequest,
        rights=(Right.ACT,),
        verb=_prioritize,
        answer=true,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        example={"order_id": "1001", "priority": 3, "reason": "promised by Friday"},
    ),
    "order.contact_update": Method(
        title="Correct the contact data of an order, of a complete or canceled one too",
        request=ContactUpdateRequest,
        rights=(Right.ACT, Right.PERSONAL_DATA),
        verb=_correct_contact,
        answer=true,
        view=views.order_view,
        headers=views.etag,
        conditional=True,
        example={"order_id": "1001", "info": {"phone": "+44 20 7946 0000"}, "reason": "a digit was missing"},
    ),
}
