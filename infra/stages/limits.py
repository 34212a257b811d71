"""Limits of a stage's routes and functions."""

from typing import Annotated

from pydantic import Field

from lambdas.runtime.models import Frozen

Count = Annotated[int, Field(ge=1)]


class Throttle(Frozen):
    """Limits of one route, over all callers."""

    rate: Count = Field(description="Requests a second.")
    burst: Count = Field(description="Requests at once.")


class PublicThrottles(Frozen):
    """Limits of routes that need no login."""

    pages: Throttle = Field(Throttle(rate=20, burst=40), description="Of each page of the forms and the desk.")
    links: Throttle = Field(
        Throttle(rate=10, burst=20), description="Of each way into an order by a link, and of sign-ins to the desk."
    )
    webhooks: Throttle = Field(Throttle(rate=10, burst=20), description="Of webhooks of signed contracts.")


class ReservedConcurrency(Frozen):
    """Runs at a time that are kept for a function, and are all it gets. 0: it shares what nobody reserved."""

    readers: Annotated[int, Field(ge=0)] = Field(0, description="Of each reader of the order stream.")
    actions: Annotated[int, Field(ge=0)] = Field(0, description="Of the function of each action.")
