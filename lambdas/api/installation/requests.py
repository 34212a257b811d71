"""Requests about the installation itself: names, types and defaults of reference/ubersmith.md 4.9
(`api-2.0-methods.json`)."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lambdas.api.http.parameters import MAX_TEXT, Absent, Count, Direction, Limit, Request, Text


class MethodGetRequest(Request):
    """`uber.method_get`."""

    method_name: str = Field(min_length=1, max_length=100, description="The method, as uber.method_list names it.")


class CheckLoginRequest(Request):
    """`uber.check_login`."""

    login: str = Field(min_length=1, max_length=MAX_TEXT, description="Login name, or id, of a client.")
    password: str = Field(alias="pass", min_length=1, max_length=MAX_TEXT, description="Password.")


class PlanGetRequest(Request):
    """`uber.service_plan_get`."""

    plan_id: str = Field(min_length=1, max_length=50, description="The service plan.")


def _active(value: object) -> object:
    return str(value) if value in (0, 1, 2, "0", "1", "2") else value


class PlanListRequest(Request):
    """`uber.service_plan_list`."""

    FILTERS = frozenset({"code", "brand_id", "active", "qblistid"})
    ZERO_FILTERS = frozenset({"code", "active"})
    SORTED_BY = frozenset({"plan_id", "title", "code"})

    code: Text = Field(default=None, description="Only plans with this code.")
    brand_id: Count = Field(default=None, description="Plans are sold under every brand, so this leaves nothing out.")
    active: Annotated[Literal["0", "1", "2"] | None, Absent, BeforeValidator(_active)] = Field(
        default="1", description="1: plans that are sold; 0: others, of which there are none; 2: both."
    )
    qblistid: Text = Field(
        default=None, description="Only plans with this QuickBooks id, which plans have none of here."
    )
    order_by: Annotated[Literal["plan_id", "title", "code"] | None, Absent] = Field(
        default=None, description="What to sort by: plan_id (if not stated), title or code."
    )
    direction: Direction = Field(default="asc", description="asc or desc.")
    offset: Count = Field(default=0, description="How many to leave out at the beginning.")
    limit: Limit = Field(default=None, description="How many at most.")
